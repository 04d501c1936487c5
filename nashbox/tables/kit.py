"""Names with their parameters, and what a skeleton's author does next, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nashbox.tables.console import new_table
from nashbox.tables.sheet import Sheet

if TYPE_CHECKING:
    from rich.table import Table

    from nashbox.experiments.listing import Entry, Listing
    from nashbox.experiments.new_problem import Beginning
    from nashbox.experiments.skeletons import Skeleton


def listing_sheet(listing: Listing) -> Sheet:
    """Names, kind by kind, with what they do; a line for each parameter."""
    good = [entry for entry in listing.entries if entry.problem is None]
    plural = {"strategy": "strategies", "mechanism": "mechanisms"}
    sheet = Sheet(
        "set parameters with --mechanism 'cbl(alpha_factor=0.5)', or {name = ...} in files"
    )
    for game, kind in dict.fromkeys((entry.game, entry.kind) for entry in good):
        title = f"the game {game}" if kind == "game" else f"{plural[kind]} of {game} games"
        table = new_table("name", "default", "", title=title)
        table.columns[1].justify = table.columns[2].justify = "left"
        mine = [entry for entry in good if (entry.game, entry.kind) == (game, kind)]
        for entry in mine:
            _add(table, entry, mine[0])
        sheet.add(table)
    for entry in listing.entries:
        if entry.problem is not None:
            sheet.note(f"not usable: {entry.kind} {entry.name} of {entry.source} {entry.problem}")
    return sheet


def _add(table: Table, entry: Entry, model: Entry) -> None:
    """A row for the name, and for every parameter that is not just `model`'s."""
    more = "" if entry.source == "nashbox" else f" [{entry.source}]"
    table.add_row(entry.name, "", entry.doc + more)
    same = [p for p in entry.parameters if entry is not model and p in model.parameters]
    for p in entry.parameters:
        default = "required" if p.required else "none" if p.default is None else str(p.default)
        if len(same) < 3 or p not in same:
            table.add_row(f"  {p.name}", default, p.doc or p.type)
    if len(same) >= 3:
        table.add_row("", "", f"and as {model.name}: {', '.join(p.name for p in same)}")


def skeleton_sheet(made: Skeleton) -> Sheet:
    """What was written and what to do next."""
    sheet = Sheet(f"wrote {', '.join(made.files)}")
    sheet.note("\n  ".join(["next:", *made.next]))
    return sheet


def beginning_sheet(made: Beginning) -> Sheet:
    """What was written, what was read, and what to do next."""
    sheet = Sheet(f"wrote {made.file}")
    for line in made.warnings:
        sheet.note(f"warning: {line}", style="yellow")
    for line in made.notes:
        sheet.note(f"note: {line}")
    sheet.note("next: " + ", ".join(made.next))
    return sheet
