"""What a person reads of a result: one line, tables with their legends, then notes.

Commands print it and notebooks show it, as wide as there is room: a table that is too wide goes on
below with its first columns again, so that no number and no word is ever cut.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nashbox.experiments import html
from nashbox.tables.console import new_console

MOST = 5  # notes that are shown without being asked for
WORD = 28  # letters of a word that is never broken
LINE = 30  # letters of a line of text that is parted once only, while there is room below
LEAST = 6  # columns of text that a cell keeps


@dataclass
class Sheet:
    """The first line, tables, and what else there is to know, the most important first."""

    headline: str
    style: str = ""
    tables: list[tuple[Table, list[str]]] = field(default_factory=list)
    notes: list[Text] = field(default_factory=list)
    lines: list[Text] = field(default_factory=list)  # below the first, all of them always

    def add(self, table: Table, *legend: str) -> None:
        """Add a table; its legend says what its words mean."""
        self.tables.append((table, list(legend)))

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
    """Print it on standard output, with all notes or the first ones."""
    console = new_console()
    _say(console, Text(sheet.headline, style=sheet.style))
    for line in sheet.lines:
        _say(console, line)
    for table, legend in sheet.tables:
        if table.title:
            _say(console, Text(_plain(table.title), style="italic"))
        for part in fitting(table, console.width):
            console.print(part)
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
        rows = zip(*(map(_plain, column.cells) for column in table.columns), strict=True)
        parts.append(html.table(names, rows, _plain(table.title or "")))
        parts += [html.element("p", line) for line in legend]
    parts.append(_listed(sheet.notes[:MOST]))
    if sheet.notes[MOST:]:
        more = html.element("summary", _more(sheet))
        parts.append(html.element("details", more, _listed(sheet.notes[MOST:])))
    return str(html.element("div", *parts))


def _more(sheet: Sheet) -> str:
    left = len(sheet.notes) - MOST
    return "1 more note" if left == 1 else f"{left} more notes"


def _listed(notes: Iterable[Text]) -> object:
    lines = [html.element("li", note.plain) for note in notes]
    return html.element("ul", *lines) if lines else ""


def fitting(table: Table, width: int) -> list[Table]:
    """The table in parts that fit into a width; the first columns come again in each."""
    needs = [_needs(table, j) for j in range(len(table.columns))]
    keys = min(getattr(table, "keys", 1), len(needs))
    parts: list[Table] = []
    rest = list(range(keys, len(needs)))
    while rest or not parts:
        chosen = list(range(keys))
        while rest and (
            len(chosen) == keys or _room([_easy(*needs[j]) for j in (*chosen, rest[0])]) <= width
        ):
            chosen.append(rest.pop(0))
        parts.append(_part(table, chosen, _widths([needs[j] for j in chosen], width)))
    return parts


def _easy(word: int, line: int) -> int:
    """Columns in which the longest line takes two."""
    return max(word, min(LINE, line // 2 + 3) if line > word else 0)


def _needs(table: Table, j: int) -> tuple[int, int]:
    """Letters of the longest word and of the longest line of a column."""
    column = table.columns[j]
    texts = [_plain(cell) for cell in (column.header, *column.cells)]
    words = [cell_len(word) for text in texts for word in text.split()]
    lines = [cell_len(line) for text in texts for line in text.splitlines()]
    return min(max(words, default=0), WORD), max(lines, default=0)


def _plain(cell: object) -> str:
    return cell.plain if isinstance(cell, Text) else str(cell)


def _room(widths: Sequence[int]) -> int:
    """Columns of the terminal that a table takes: lines and blanks stand between cells."""
    return sum(widths) + 3 * len(widths) + 1


def _widths(needs: Sequence[tuple[int, int]], width: int) -> list[int]:
    """As wide as the longest lines; where there is no room, the widest give way first."""
    found = [most for _, most in needs]
    least = [low for low, _ in needs]
    while _room(found) > width:
        able = [j for j, w in enumerate(found) if w > least[j]]
        if not able:  # words are broken as the last resort
            able = [j for j, w in enumerate(found) if w > LEAST]
        if not able:
            break
        found[max(able, key=lambda j: found[j])] -= 1
    return found


def _part(table: Table, chosen: Sequence[int], widths: Sequence[int]) -> Table:
    """The chosen columns of a table, as wide as they are told."""
    part = Table(header_style="bold")
    for j, width in zip(chosen, widths, strict=True):
        column = table.columns[j]
        part.add_column(column.header, justify=column.justify, width=width, overflow="fold")
    cells = [list(table.columns[j].cells) for j in chosen]
    for i, row in enumerate(table.rows):
        part.add_row(*(column[i] for column in cells), style=row.style, end_section=row.end_section)
    return part
