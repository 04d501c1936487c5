"""The verdicts of a reproduction as a table for a terminal."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from rich.text import Text

from nashbox.tables.console import new_table
from nashbox.tables.sheet import Sheet

if TYPE_CHECKING:
    from nashbox.papers.reproduction import Reproduction

STYLES = {"holds": "green", "holds if": "yellow", "fails": "bold red"}
SHORT = 60  # letters of a statement


def reproduction_sheet(result: Reproduction) -> Sheet:
    """A row per claim: verdict, and the first number it rests on."""
    from nashbox.experiments.html import shown
    from nashbox.papers.report import verdict_counts

    sheet = Sheet(verdict_counts(result))
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
                _short(claim.statement),
                Text(finding.verdict, style=STYLES[finding.verdict]),
                *(key or ["-"]),
            )
        sheet.add(table)
    for broken in result.unchecked:
        sheet.say(f"{broken.paper}: {broken.id} could not be checked: {broken.error}")
    for claim in result.claims:
        if claim.finding.verdict != "holds":
            sheet.note(f"{claim.id} {claim.finding.verdict_in_words}")
    return sheet


def _short(statement: str) -> str:
    """The beginning of a statement, up to where a clause ends if one does."""
    words = textwrap.shorten(statement, SHORT, placeholder="")
    clause = max(words.rfind(sign) for sign in ",;:.")
    return words[:clause] if len(words) < len(statement) and clause > SHORT // 3 else words
