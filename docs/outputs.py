"""Outputs of commands as the site shows them: their tables are tables, made of the sheets.

Pages hold what a terminal prints; what the site shows in its place stands in `outputs.json`, by
the hash of the printed text.
"""

from __future__ import annotations

import contextlib
import hashlib
import html
import io
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("outputs.json")
TOP = "┏"  # what a table begins with that a terminal draws
NUMBER = re.compile(r"[-+]?(\d+(?:,\d+)*\.?\d*(e[-+]?\d+)?|inf)( %|%)?|-")
Printed = list[tuple[str, str]]  # what sheets printed, and what the site shows of them


def drawn(text: str) -> bool:
    """Whether a table is drawn in a text."""
    return any(line.startswith(TOP) for line in text.splitlines())


def key(text: str) -> str:
    """The name of a printed text."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def kept() -> dict[str, str]:
    """What the site shows, by the key of what is printed."""
    found: dict[str, str] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def keep(shown: dict[str, str]) -> None:
    """Write what the site shows."""
    text = json.dumps(dict(sorted(shown.items())), indent=1, ensure_ascii=False)
    FILE.write_text(f"{text}\n", encoding="utf-8")


def used(shown: dict[str, str], pages: Iterable[Path]) -> dict[str, str]:
    """What is shown in place of an output of one of the pages."""
    from pages import STEP

    texts = (page.read_text(encoding="utf-8") for page in pages)
    keys = {key(match["body"]) for text in texts for match in STEP.finditer(text)}
    return {name: value for name, value in shown.items() if name in keys}


@contextlib.contextmanager
def overheard() -> Iterator[Printed]:
    """What is printed of sheets within, with what the site shows of each."""
    from nashbox.tables import printing
    from nashbox.tables import sheet as sheets

    real = sheets.print_sheet
    heard: Printed = []

    def printed(sheet: Any, verbose: bool = True) -> None:
        with contextlib.redirect_stdout(io.StringIO()) as said:
            real(sheet, verbose)
        print(said.getvalue(), end="")
        heard.append((said.getvalue(), as_html(sheet, verbose)))

    sheets.print_sheet = printing.print_sheet = printed
    try:
        yield heard
    finally:
        sheets.print_sheet = printing.print_sheet = real


def shown_of(said: str, heard: Printed) -> str | None:
    """What the site shows of an output, None where it is more, or less, than sheets."""
    if not heard or "".join(text for text, _ in heard) != said:
        return None
    return "\n".join(['<div class="output">', *(shown for _, shown in heard), "</div>"])


def as_html(sheet: Any, verbose: bool) -> str:
    """The rows and notes of a sheet that a terminal shows, without an empty line in it."""
    from nashbox.problem.counts import several
    from nashbox.tables.sheet import MOST, ROWS, plain

    parts = [_line(sheet.headline), *(_line(line.plain) for line in sheet.lines)]
    for table, legend in sheet.tables:
        parts.append(_line(plain(table.title or "")))
        rows = len(table.rows) if verbose else min(ROWS, len(table.rows))
        parts.append(_table(table, rows))
        left = len(table.rows) - rows
        parts += [_line(f"{several(left, 'more row')}: --verbose, or --json PATH")] * bool(left)
        parts += [_line(words) for words in legend]
    notes = [note.plain for note in sheet.notes]
    shown = notes if verbose else notes[:MOST]
    parts += [_line(note) for note in shown]
    left = len(notes) - len(shown)
    parts += [_line(f"{several(left, 'more note')}: --verbose")] * bool(left)
    return "\n".join(filter(None, parts))


def _line(text: str) -> str:
    lines = [html.escape(line) for line in text.splitlines() if line.strip()]
    return f"<p>{' <br>'.join(lines)}</p>" if lines else ""


def _table(table: Any, rows: int) -> str:
    """A table; columns of numbers alone stand on the right."""
    from nashbox.tables.sheet import plain

    columns = [[" ".join(plain(cell).split()) for cell in c.cells][:rows] for c in table.columns]
    right = [bool(c) and all(not v or NUMBER.fullmatch(v) for v in c) for c in columns]

    def row(tag: str, cells: list[str]) -> str:
        scope = ' scope="col"' if tag == "th" else ""
        told = []
        for cell, aside in zip(cells, right, strict=True):
            side = ' class="number"' if aside else ""
            told.append(f"<{tag}{scope}{side}>{html.escape(cell)}</{tag}>")
        return f"<tr>{''.join(told)}</tr>"

    head = row("th", [plain(column.header) for column in table.columns])
    body = "\n".join(row("td", list(cells)) for cells in zip(*columns, strict=True))
    return f"<table><thead>{head}</thead>\n<tbody>{body}</tbody></table>"
