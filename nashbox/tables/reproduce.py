"""The verdicts of a reproduction as a table for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from nashbox.experiments.digits import places_of
from nashbox.tables.console import new_table
from nashbox.tables.sheet import Sheet

if TYPE_CHECKING:
    from nashbox.papers.claim import Number
    from nashbox.papers.reproduction import Checked, Reproduction

OFF, FINE = "+-", 6  # decimal places at most of a number that is shown with an error
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
    told = [_key(claim) for claim in result.claims]
    sheet.add(table, *([f"{OFF}: how far off a number may be"] * any(OFF in key for key in told)))
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
    return "".join(f" ({n.name}: {_told(n)})" for n in claim.finding.numbers[:1])


def _told(number: Number) -> str:
    """A number, and how far off it may be, where that is seen in its digits.

    >>> from nashbox.papers.claim import Number
    >>> _told(Number("E tau, simulated", 13.3432, 0.21)), _told(Number("gain", 0.0643627, 1e-9))
    ('13.34 +- 0.21', '0.0643627')
    """
    from nashbox.experiments.html import shown

    places = places_of(number.error, number.value)
    if number.error is None or places is None or places > FINE:
        return shown(number.value)
    return f"{number.value:.{places}f} {OFF} {number.error:.{places}f}"
