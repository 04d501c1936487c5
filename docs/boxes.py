"""Tables that a terminal draws with lines, as HTML: `as_html` of what a command prints."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len

from nashbox.tables.sheet import WORDS

TOP, HEAD, SPLIT, BODY, END = "┏", "┃", "┡├", "│", "└"
NEWLINE = "\n"
NUMBER = re.compile(r"[-+]?(\d+(?:,\d+)*\.?\d*(e[-+]?\d+)?|inf)( %|%)?|-")


@dataclass
class Box:
    """A table. words: the header; rows: as many cells each; keys: columns that name a row."""

    words: list[str]
    rows: list[list[str]]


def drawn(text: str) -> bool:
    """Whether a table is drawn in a text."""
    return any(line.startswith(TOP) for line in text.splitlines())


def pieces(text: str, width: int) -> list[str | Box]:
    """Lines and tables in their order; what was parted for want of room is together again.

    width: columns of the terminal. Tables are whole; lines that may be one stay two, in one text.
    Raises ValueError where a table is open.
    """
    found: list[str | Box] = []
    above = ""  # the line before, as it was printed
    lines = iter(text.splitlines())
    for line in lines:
        last = found[-1] if found else None
        if not line.startswith(TOP):
            if isinstance(last, str) and _goes_over(above, line, width):
                found[-1] = f"{last}\n{line}"
            else:
                found.append(line)
            above = line
            continue
        box = _box(line, lines, last.rows if isinstance(last, Box) else [])
        if isinstance(last, Box) and (keys := _shared(last, box)):
            last.words += box.words[keys:]
            for row, more in zip(last.rows, box.rows, strict=True):
                row += more[keys:]
        else:
            found.append(box)
    return found


def _goes_over(line: str, more: str, width: int) -> bool:
    """Whether a line goes on with the next one: the first word there would not have fitted.

    Lines that stand for themselves are seldom as long as that.
    """
    return bool(line and more[:1].strip()) and cell_len(line) + 1 + len(more.split()[0]) > width


def _shared(box: Box, more: Box) -> int:
    """How many columns a table begins with that are those of the one above."""
    if len(box.rows) != len(more.rows):
        return 0
    columns = [list(zip(*[b.words, *b.rows], strict=True)) for b in (box, more)]
    pairs = zip(*columns, strict=False)
    return next((j for j, (a, b) in enumerate(pairs) if a != b), len(more.words))


def _box(top: str, lines: Iterator[str], above: Sequence[Sequence[str]]) -> Box:
    """Read a table behind its first line; its rows may be named as those of the one above."""
    widths = [len(part) - 2 for part in re.split("[┏┳┓]", top)[1:-1]]
    heads: list[list[str]] = []
    rows: list[list[list[str]]] = []  # of rows the lines, of lines the cells
    fresh = True
    for line in lines:
        sign = line[:1]
        if sign == END:
            return Box(_joined(heads, widths), [_joined(row, widths) for row in rows])
        if sign in SPLIT:
            fresh = True
            continue
        cells = [cell.strip() for cell in re.split(f"[{HEAD}{BODY}]", line)[1:-1]]
        if len(cells) != len(widths):
            raise ValueError(f"not a line of a table with {len(widths)} columns: {line}")
        if sign == HEAD:
            heads.append(cells)
        elif fresh or _named(rows, cells, above, widths) or not _goes_on(rows[-1], cells, widths):
            rows.append([cells])
            fresh = False
        else:
            rows[-1].append(cells)
    raise ValueError(f"a table has no end: {top}")


def _goes_on(row: Sequence[Sequence[str]], cells: Sequence[str], widths: Sequence[int]) -> bool:
    """Whether a line holds more words of a row's cells, and not the next row.

    Words are on the next line of their cell for want of room only, and a number never goes on with
    another one; a line that is full is a row of its own.
    """
    if all(cells):
        return False
    for j, (cell, width) in enumerate(zip(cells, widths, strict=True)):
        above = row[-1][j]
        if cell and (not above or (NUMBER.fullmatch(cell) and NUMBER.fullmatch(above))):
            return False
        if cell and cell_len(above) + 1 + cell_len(WORDS.findall(cell)[0]) <= width:
            return False
    return True


def _named(
    rows: Sequence[Sequence[Sequence[str]]],
    cells: Sequence[str],
    above: Sequence[Sequence[str]],
    widths: Sequence[int],
) -> bool:
    """Whether the last row has all of its name, and a line begins with the next one's."""
    if len(rows) >= len(above):
        return False
    pairs = enumerate(zip(_joined(rows[-1], widths), above[len(rows) - 1], strict=False))
    keys = next((j for j, (shown, name) in pairs if shown != name), 0)
    begun = zip(above[len(rows)][:keys], cells[:keys], strict=True)
    return any(cells[:keys]) and all(name.startswith(part) for name, part in begun)


def _joined(lines: Sequence[Sequence[str]], widths: Sequence[int]) -> list[str]:
    """The cells of a row or of the header from its lines; a word that was broken is one again."""
    found = list(lines[0])
    for before, cells in pairwise(lines):
        for j, cell in enumerate(cells):
            broken = cell and " " not in before[j] and cell_len(before[j]) == widths[j]
            close = broken or not found[j]  # the first line of a heading may be empty
            found[j] += f"{'' if close else ' '}{cell}" if cell else ""
    return found


def as_html(text: str, width: int) -> str:
    """What a command printed, its tables as tables, without an empty line in it."""
    parts = [_table(p) if isinstance(p, Box) else _line(p) for p in pieces(text, width)]
    return "\n".join(['<div class="output">', *filter(None, parts), "</div>"])


def _line(text: str) -> str:
    return f"<p>{html.escape(text).replace(NEWLINE, ' <br>')}</p>" if text.strip() else ""


def _table(box: Box) -> str:
    columns = list(zip(*box.rows, strict=True)) or [()] * len(box.words)
    right = [bool(c) and all(not v or NUMBER.fullmatch(v) for v in c) for c in columns]

    def row(tag: str, cells: Sequence[str]) -> str:
        sides = [' class="number"' if r else "" for r in right]
        scope = ' scope="col"' if tag == "th" else ""
        return "".join(
            f"<{tag}{scope}{side}>{html.escape(cell)}</{tag}>"
            for side, cell in zip(sides, cells, strict=True)
        )

    body = "\n".join(f"<tr>{row('td', cells)}</tr>" for cells in box.rows)
    return f"<table><thead><tr>{row('th', box.words)}</tr></thead>\n<tbody>{body}</tbody></table>"
