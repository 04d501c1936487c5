"""A sheet as Markdown, for a page of notes, an issue or a README."""

from __future__ import annotations

from collections.abc import Iterable

from rich.text import Text

from nashbox.experiments.markdown import escaped, table
from nashbox.tables.sheet import Sheet, plain


def as_markdown(sheet: Sheet) -> str:
    """All that a terminal prints of a sheet with --verbose."""
    blocks = [f"**{escaped(sheet.headline)}**", _listed(sheet.lines)]
    for part, legend in sheet.tables:
        if part.title:
            blocks.append(f"*{escaped(plain(part.title))}*")
        names = [escaped(plain(column.header)) for column in part.columns]
        cells = ([escaped(plain(cell)) for cell in column.cells] for column in part.columns)
        right = [j for j, column in enumerate(part.columns) if column.justify == "right"]
        blocks.append(table(names, zip(*cells, strict=True), right))
        blocks += [escaped(line) for line in legend]
    blocks.append(_listed(sheet.notes))
    return "\n\n".join(filter(None, blocks)) + "\n"


def _listed(notes: Iterable[Text]) -> str:
    return "\n".join(f"- {escaped(note.plain)}" for note in notes)
