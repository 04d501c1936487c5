"""Coalitions as a table: who, what they do, what it brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nashbox.tables.console import amount, counts, new_table, number
from nashbox.tables.sheet import Sheet

if TYPE_CHECKING:
    from nashbox.rules.coalitions import Coalitions


SHOWN = 15  # coalitions with the largest gains


def coalitions_sheet(result: Coalitions) -> Sheet:
    """Gains with their bounds."""
    most = max(result.coalitions, key=lambda c: c.lower)
    gains = most.lower > 0
    sheet = Sheet(
        f"{' + '.join(most.members)} gain at least {amount(most.lower)} together"
        if gains
        else f"no gain of {result.size} together is certain",
        "bold red" if gains else "yellow",
    )
    exact = any(c.upper is not None for c in result.coalitions)
    table = new_table(
        "coalition",
        "owe",
        "collect",
        "hand in",
        "honest",
        "gain",
        "2 s.e.",
        "at least",
        *(("exact scheme", "at most") if exact else ()),
        "each, unpaid",
        title=f"{result.mechanism}: what {result.size} agents gain who deviate together",
    )
    ordered = sorted(result.coalitions, key=lambda c: -c.gain)
    for c in ordered[:SHOWN]:
        several = f" (1 of {c.represents})" if c.represents > 1 and not _all(result) else ""
        forms = dict.fromkeys(f for f, C in zip(c.forms, c.collected, strict=True) if C)
        table.add_row(
            " + ".join(c.members) + several,
            counts(c.owed),
            counts(c.collected),
            ", ".join(forms) or "nothing",
            amount(sum(c.penalties)),
            number(c.gain, scale=sum(c.penalties)),
            number(2 * c.se, scale=sum(c.penalties)),
            number(c.lower, scale=sum(c.penalties)),
            *(
                (number(c.exact, scale=sum(c.penalties)), number(c.upper, scale=sum(c.penalties)))
                if exact
                else ()
            ),
            number(c.common, scale=sum(c.penalties)),
        )
    sheet.add(table)
    if len(ordered) > SHOWN:
        sheet.note(f"{len(ordered) - SHOWN} coalitions that gain less are in the JSON only")
    sheet.note(f"examined: {result.search}; delta {result.delta:g}, {result.worlds} worlds each")
    sheet.note(
        "gains are found by search: lower bounds of what can be gained by this class: "
        f"{result.class_}"
    )
    return sheet


def _all(result: Coalitions) -> bool:
    return result.search.startswith("all ")
