"""The verdicts of a reproduction as a table for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from nashbox.tables.console import new_table
from nashbox.tables.sheet import Sheet

if TYPE_CHECKING:
    from nashbox.papers.reproduction import Checked, Reproduction

STYLES = {"holds": "green", "holds if": "yellow", "fails": "bold red"}


def reproduction_sheet(result: Reproduction) -> Sheet:
    """A row per paper and verdict; then why, first of claims that do not plainly hold."""
    from nashbox.papers.report import verdict_counts

    sheet = Sheet(verdict_counts(result))
    table = new_table("paper", "verdict", "", "claims", keys=2)
    for column in (1, 3):
        table.columns[column].justify = "left"
    for paper in result.papers:
        name = paper
        for verdict, style in STYLES.items():
            ids = [claim.id for claim in _those(result, verdict) if claim.paper == paper]
            if ids:
                table.add_row(name, Text(verdict, style=style), str(len(ids)), ", ".join(ids))
                name = ""
        table.add_section()
    sheet.add(table)
    for broken in result.unchecked:
        sheet.say(f"{broken.paper}: {broken.id} could not be checked: {broken.error}")
    for verdict in reversed(STYLES):
        for claim in _those(result, verdict):
            sheet.note(f"{claim.id} {claim.finding.verdict_in_words}{_key(claim)}")
    return sheet


def _those(result: Reproduction, verdict: str) -> list[Checked]:
    return [claim for claim in result.claims if claim.finding.verdict == verdict]


def _key(claim: Checked) -> str:
    """The first number that a verdict rests on, in brackets."""
    from nashbox.experiments.html import shown

    return "".join(f" ({n.name}: {shown(n.value)})" for n in claim.finding.numbers[:1])
