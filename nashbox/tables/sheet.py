"""What a person reads of a result: one line, tables with their legends, then notes.

Commands print it and notebooks show it, as wide as there is room: a table that is too wide goes on
below with its first columns again, so that no number and no word is ever cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from nashbox.experiments import html
from nashbox.problem.counts import several
from nashbox.tables.console import ERRORS, errors_told, new_console

MOST = 5  # notes that are shown without being asked for
ROWS = 100  # of a table, likewise
WORD = 28  # letters of a word that is never broken
LINE = 30  # letters of a line of text that is parted once only, while there is room below
LEAST = 6  # columns of text that a cell keeps
INFINITE = "inf: infinite, as of who has nothing to estimate from"
INFINITY = re.compile(r"(?:^|[ \[])-?inf(?:$|[ \],])")  # among the numbers of a cell
WORDS = re.compile(r"\[\S+, \S+\]|\S+")


@dataclass
class Sheet:
    """The first line, tables, and what else there is to know, the most important first."""

    headline: str
    style: str = ""
    tables: list[tuple[Table, list[str]]] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    lines: list[Text] = field(default_factory=list)  # below the first, all of them always

    def add(self, table: Table, *legend: str) -> None:
        """Add a table that has its rows; its legend says what its words mean.

        What errors and infinite numbers are says the first of a sheet's tables that has some.
        """
        told = list(legend)
        before = [*(words for _, known in self.tables for words in known), *told]
        if not any(words.startswith(ERRORS) for words in before):
            told += errors_told([_cells(table)])
        if not any(words.startswith("inf: ") for words in before):
            told += [INFINITE] * any(map(INFINITY.search, _cells(table, "right")))
        self.tables.append((table, told))

    def note(self, text: str, style: str = "") -> None:
        """Add something to know."""
        self.notes.append(Text(text, style=style))

    def remark(self, *texts: str) -> None:
        """Add notes of the result's own."""
        for text in texts:
            self.note(f"note: {text}")

    def say(self, text: str, style: str = "") -> None:
        """Add a line that is part of the answer."""
        self.lines.append(Text(text, style=style))


def print_sheet(sheet: Sheet, verbose: bool = True) -> None:
    """Print it on standard output, with all rows and notes or the first ones."""
    console = new_console()
    _say(console, Text(sheet.headline, style=sheet.style))
    for line in sheet.lines:
        _say(console, line)
    for table, legend in sheet.tables:
        if table.title:
            _say(console, Text(plain(table.title), style="italic"))
        rows = len(table.rows) if verbose else min(ROWS, len(table.rows))
        for part in fitting(table, console.width, rows):
            console.print(part)
        if rows < len(table.rows):
            left = len(table.rows) - rows
            more = several(left, "more row")
            _say(console, Text(f"{more}: --verbose, or --json PATH", style="dim"))
        for words in legend:
            _say(console, Text(words))
    shown = sheet.notes if verbose else sheet.notes[:MOST]
    for note in shown:
        _say(console, note)
    if len(shown) < len(sheet.notes):
        _say(console, Text(f"{_more(sheet)}: --verbose", style="dim"))


def _say(console: Console, text: Text) -> None:
    """Print without blanks at the ends of lines."""
    for line in text.wrap(console, console.width):
        line.rstrip()
        console.print(line, soft_wrap=True)


def as_html(sheet: Sheet) -> str:
    """The sheet as a piece of a page."""
    parts: list[object] = [html.element("p", html.element("strong", sheet.headline))]
    parts.append(_listed(sheet.lines))
    for table, legend in sheet.tables:
        names = [column.header for column in table.columns]
        rows = zip(*(map(plain, column.cells) for column in table.columns), strict=True)
        parts.append(html.table(names, rows, plain(table.title or "")))
        parts += [html.element("p", line) for line in legend]
    parts.append(_listed(sheet.notes[:MOST]))
    if sheet.notes[MOST:]:
        more = html.element("summary", _more(sheet))
        parts.append(html.element("details", more, _listed(sheet.notes[MOST:])))
    return str(html.element("div", *parts))


def _more(sheet: Sheet) -> str:
    return several(len(sheet.notes) - MOST, "more note")


def _listed(notes: Iterable[Text]) -> object:
    lines = [html.element("li", note.plain) for note in notes]
    return html.element("ul", *lines) if lines else ""


@dataclass(frozen=True)
class _Need:
    """Letters that a column takes: of its longest word, in two lines at most, in one line."""

    word: int
    two: int
    line: int


def fitting(table: Table, width: int, rows: int | None = None) -> list[Table]:
    """The table in parts that fit into a width; the first columns come again in each.

    rows: how many of its first rows are wanted; None: all.
    """
    needs = [_needs(table, j, rows) for j in range(len(table.columns))]
    keys = min(getattr(table, "keys", 1), len(needs))
    parts: list[Table] = []
    rest = list(range(keys, len(needs)))
    while rest or not parts:
        chosen = list(range(keys))
        while rest and (
            len(chosen) == keys or _room([needs[j].two for j in (*chosen, rest[0])]) <= width
        ):
            chosen.append(rest.pop(0))
        parts.append(_part(table, chosen, _widths([needs[j] for j in chosen], width), rows))
    return parts


def _needs(table: Table, j: int, rows: int | None) -> _Need:
    """What a column needs."""
    column = table.columns[j]
    texts = [plain(cell) for cell in (column.header, *islice(column.cells, rows))]
    lines = [line for text in texts for line in text.splitlines()]
    word = max((cell_len(word) for line in lines for word in _words(line)), default=0)
    word = min(word, WORD)
    two = min(max(map(_halved, lines), default=0), LINE)
    return _Need(word, max(word, two), max(map(cell_len, lines), default=0))


def _words(line: str) -> list[str]:
    """Where a line may be parted: between words, not within an interval."""
    return WORDS.findall(line)


def _cells(table: Table, *sides: str) -> Iterator[str]:
    """What stands in all columns, or in those that keep to a side: numbers do to the right."""
    chosen = (column for column in table.columns if not sides or column.justify in sides)
    return (plain(cell) for column in chosen for cell in column.cells)


def _halved(line: str) -> int:
    """Letters of the longer half of a line that is parted between words once.

    >>> _halved("collect 48, submit 48, pitman"), _halved("0.2 [0.1, 0.3]")
    (17, 10)
    """
    words = _words(line)
    parts = ((" ".join(words[:k]), " ".join(words[k:])) for k in range(len(words)))
    return min((max(map(cell_len, part)) for part in parts), default=0)


def _parted(cell: RenderableType, width: int) -> RenderableType:
    """A cell whose lines are at most so wide, if its words are."""
    told: list[str] = []
    for line in plain(cell).splitlines():
        told.append("")
        for word in _words(line):
            longer = f"{told[-1]} {word}" if told[-1] else word
            if cell_len(longer) <= width:
                told[-1] = longer
            else:
                told += [word] if told[-1] else []
                told[-1] = word
    text = "\n".join(told)
    return Text(text, style=cell.style) if isinstance(cell, Text) else text


def plain(cell: object) -> str:
    """The text of a cell or a heading."""
    return cell.plain if isinstance(cell, Text) else str(cell)


def _room(widths: Sequence[int]) -> int:
    """Columns of the terminal that a table takes: lines and blanks stand between cells."""
    return sum(widths) + 3 * len(widths) + 1


def _widths(needs: Sequence[_Need], width: int) -> list[int]:
    """As wide as the longest lines; where there is no room, the widest give way first.

    Lines are parted once before they are parted more often, and words as the last resort.
    """
    found = [need.line for need in needs]
    for least in ([n.two for n in needs], [n.word for n in needs], [LEAST] * len(needs)):
        while _room(found) > width:
            able = [j for j, w in enumerate(found) if w > least[j]]
            if not able:
                break
            found[max(able, key=lambda j: found[j])] -= 1
    return found


def _part(table: Table, chosen: Sequence[int], widths: Sequence[int], rows: int | None) -> Table:
    """The chosen columns of a table, as wide as they are told."""
    part = Table(header_style="bold")
    for j, width in zip(chosen, widths, strict=True):
        column = table.columns[j]
        part.add_column(column.header, justify=column.justify, width=width, overflow="fold")
    cells = [list(islice(table.columns[j].cells, rows)) for j in chosen]
    for i, row in enumerate(table.rows[:rows]):
        mine = [
            _parted(column[i], width) if cell_len(plain(column[i])) > width else column[i]
            for column, width in zip(cells, widths, strict=True)
        ]
        part.add_row(*mine, style=row.style, end_section=row.end_section)
    return part
