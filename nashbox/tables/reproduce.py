"""The verdicts of a reproduction as a table for a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from rich.text import Text

from nashbox.tables.console import new_console, new_table

if TYPE_CHECKING:
    from nashbox.papers.reproduction import Reproduction

STYLES = {"holds": "green", "holds if": "yellow", "fails": "bold red"}
SHORT = 60  # letters of a statement


def reproduction_table(result: Reproduction) -> None:
    """Print a row per claim: verdict, and the first number it rests on."""
    from nashbox.experiments.html import shown
    from nashbox.papers.report import verdict_counts

    console = new_console()
    for paper in result.papers:
        table = new_table("claim", "statement", "verdict", "key number", title=paper)
        table.columns[1].justify = "left"
        for claim in result.claims:
            if claim.paper != paper:
                continue
            finding = claim.finding
            key = [f"{n.name}: {shown(n.value)}" for n in finding.numbers[:1]]
            table.add_row(
                claim.id,
                textwrap.shorten(claim.statement, SHORT, placeholder=" ..."),
                Text(finding.verdict, style=STYLES[finding.verdict]),
                *(key or ["-"]),
            )
        console.print(table)
    for claim in result.claims:
        if claim.finding.verdict != "holds":
            console.print(f"{claim.id} {claim.finding.verdict_in_words}")
    for broken in result.unchecked:
        console.print(f"{broken.paper}: {broken.id} could not be checked: {broken.error}")
    console.print(verdict_counts(result))
