"""What authors of plug-ins read: names with their parameters, what is next, what checks found."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from nashbox.problem.counts import several
from nashbox.problem.errors import shown
from nashbox.tables.console import filled, new_table
from nashbox.tables.sheet import Sheet

if TYPE_CHECKING:
    from rich.table import Table

    from nashbox.experiments.check import CheckReport
    from nashbox.experiments.listing import Entry, Listing
    from nashbox.experiments.new_problem import Beginning
    from nashbox.experiments.skeletons import Skeleton


def listing_sheet(listing: Listing) -> Sheet:
    """Names, kind by kind, with what they do; a line for each parameter."""
    good = [entry for entry in listing.entries if entry.problem is None]
    plural = {"strategy": "strategies", "mechanism": "mechanisms"}
    setting = "set parameters with --mechanism 'cbl(alpha_factor=0.5)', or {name = ...} in files"
    games = [entry.name for entry in good if entry.kind == "game"]
    sheet = Sheet(
        setting if len(games) == 1 else f"{several(len(games), 'game')}: {', '.join(games)}"
    )
    if len(games) > 1:
        sheet.note("of one of them alone: nashbox list GAME")
        sheet.note(setting)
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
    more = "" if entry.source in ("nashbox", entry.game) else f" [{entry.source}]"
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
    sheet.notes.append(_next(made.next))
    return sheet


def _next(lines: Sequence[str]) -> Text:
    """What to type next, each on a line of its own that is never parted, to be copied.

    What a line ends with behind "    # " stands below it.
    """
    told = ["next:"]
    for line in lines:
        typed, _, why = line.partition("    # ")
        told += [f"  {typed}", *([f"      {why}"] if why else [])]
    return Text("\n".join(told), no_wrap=True, overflow="ignore")


def beginning_sheet(made: Beginning) -> Sheet:
    """What was written, what was read, and what to do next."""
    sheet = Sheet(f"wrote {made.file}")
    for line in made.warnings:
        sheet.note(f"warning: {line}", style="yellow")
    sheet.remark(*made.notes)
    sheet.notes.append(_next(made.next))
    return sheet


def saved_rules(sheet: Sheet, path: str, drawn: bool) -> Sheet:
    """The sheet with a first note on the rules that were written, and what to do with them.

    drawn: whether they are of whole numbers of points, which alone can be exchanged.
    """
    name = shown(path)
    file = shlex.quote(name)
    rehearsal = [f"nashbox exchange {file} --rehearse"] if drawn else []
    sheet.notes[:0] = [Text(f"wrote {name}"), _next([f"nashbox audit {file}", *rehearsal])]
    return sheet


MARKS = {
    True: Text("passed", style="green"),
    False: Text("FAILED", style="bold red"),
    None: Text("skipped", style="dim"),
}


def check_sheet(report: CheckReport) -> Sheet:
    """Every check with its reason."""
    failed = sum(row.passed is False for row in report.checks)
    skipped = sum(row.passed is None for row in report.checks)
    words = f"{report.target} keeps its contract" if report.passed else f"{report.target} fails"
    passed = len(report.checks) - failed - skipped
    sheet = Sheet(
        f"{words}: {several(passed, 'check')} passed, {failed} failed, {skipped} skipped",
        "green" if report.passed else "bold red",
    )
    table = filled(
        report.checks,
        ("check", lambda row: row.name),
        ("", lambda row: MARKS[row.passed]),
        ("reason", lambda row: row.reason),
        title="contract",
    )
    table.columns[2].justify = "left"
    sheet.add(table)
    return sheet
