"""Coalitions as a table: who, what they do, what it brings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nashbox.tables.console import counts, new_console, new_table, number

if TYPE_CHECKING:
    from nashbox.rules.coalitions import Coalitions


SHOWN = 15  # coalitions with the largest gains


def coalitions_table(result: Coalitions) -> None:
    """Print gains with their bounds."""
    console = new_console()
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
            number(sum(c.penalties)),
            number(c.gain),
            number(2 * c.se),
            number(c.lower),
            *((number(c.exact), number(c.upper)) if exact else ()),
            number(c.common),
        )
    console.print(table)
    if len(ordered) > SHOWN:
        console.print(f"{len(ordered) - SHOWN} coalitions that gain less are in the JSON only")
    console.print(f"examined: {result.search}; delta {result.delta:g}, {result.worlds} worlds each")
    console.print(
        "gains are found by search: lower bounds of what can be gained by this class:\n"
        f"{result.class_}"
    )


def _all(result: Coalitions) -> bool:
    return result.search.startswith("all ")
