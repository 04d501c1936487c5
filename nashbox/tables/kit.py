"""Names with their parameters, and what a skeleton's author does next, for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nashbox.tables.console import new_console, new_table

if TYPE_CHECKING:
    from rich.table import Table

    from nashbox.experiments.beginning import Beginning
    from nashbox.experiments.listing import Entry, Listing
    from nashbox.experiments.skeletons import Skeleton


def listing_table(listing: Listing) -> None:
    """Print names, kind by kind, with what they do; a line for each parameter."""
    console = new_console()
    good = [entry for entry in listing.entries if entry.problem is None]
    plural = {"strategy": "strategies", "mechanism": "mechanisms"}
    for game, kind in dict.fromkeys((entry.game, entry.kind) for entry in good):
        title = f"the game {game}" if kind == "game" else f"{plural[kind]} of {game} games"
        table = new_table("name", "default", "", title=title)
        table.columns[1].justify = table.columns[2].justify = "left"
        mine = [entry for entry in good if (entry.game, entry.kind) == (game, kind)]
        for entry in mine:
            _add(table, entry, mine[0])
        console.print(table)
    for entry in listing.entries:
        if entry.problem is not None:
            console.print(
                f"not usable: {entry.kind} {entry.name} of {entry.source} {entry.problem}"
            )
    console.print(
        "set parameters with --mechanism 'cbl(alpha_factor=0.5)', or {name = ...} in files"
    )


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


def skeleton_text(made: Skeleton) -> None:
    """Print what was written and what to do next."""
    console = new_console()
    for path in made.files:
        console.print(f"wrote {path}", soft_wrap=True)
    console.print("next:")
    for line in made.next:
        console.print(f"  {line}", soft_wrap=True)


def beginning_text(made: Beginning) -> None:
    """Print what was written, what was read, and what to do next."""
    console = new_console()
    console.print(f"wrote {made.file}", soft_wrap=True)
    for line in made.warnings:
        console.print(f"warning: {line}", style="yellow")
    for line in made.notes:
        console.print(f"note: {line}")
    console.print("next:")
    for line in made.next:
        console.print(f"  {line}", soft_wrap=True)
