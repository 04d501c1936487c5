"""Mechanisms side by side as tables that a person likes to read in a terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rich.text import Text

from nashbox.tables.common import counts, new_console, new_table, number

if TYPE_CHECKING:
    from nashbox.experiments.compare import Comparison, Contender, Row

SHOWN = {
    "honest": "honest",
    "from_honest": "from honest",
    "from_free_riding": "from free riding",
    "worst": "worst",
    "best": "best",
}
AGENTS = 30  # shown one by one
DISTRIBUTIONS = 3  # whose counts fit into a cell; of more the sum is shown


def compare_table(result: Comparison) -> None:
    """Print social penalties by mechanism and profile, then everybody at her equilibrium."""
    console = new_console()
    table = new_table(
        "mechanism",
        "profile",
        "points",
        "social",
        "ratio",
        "least favoured",
        "most favoured",
        "honesty pays",
        title=f"social penalty, plan {result.plan}; favour: penalty over that of working alone",
    )
    table.columns[1].justify = "left"
    for contender in result.contenders:
        table.add_section()
        for place, (profiles, row) in enumerate(_merged(result, contender.mechanism)):
            table.add_row(
                contender.mechanism if place == 0 else "",
                profiles,
                _points(row),
                number(row.social_penalty),
                number(row.efficiency_ratio),
                _favour(result, row, row.least_favoured),
                _favour(result, row, row.most_favoured),
                _honesty(contender) if place == 0 else "",
            )
    console.print(table)
    console.print(
        "equilibria: where best responses lead, in index order from the recommended counts (from "
        "honest) and from nobody collecting anything (from free riding); worst and best of all "
        f"found, with {result.seeds['starts']} random starts more"
    )
    console.print(
        f"ratio: to the best rational plan under compliance, {number(result.best_rational)}"
    )
    _agents_table(result, "honest")
    _agents_table(result, "from_honest")
    for contender in result.contenders:
        for text in _remarks(result, contender):
            console.print(f"{contender.mechanism}: {text}")
    for note in result.notes:
        console.print(f"note: {note}")


def _merged(result: Comparison, mechanism: str) -> list[tuple[str, Row]]:
    """Rows of a mechanism; profiles with one outcome share a line."""
    groups: list[tuple[list[str], Row]] = []
    for row in result.rows:
        if row.mechanism != mechanism:
            continue
        for names, other in groups:
            if _alike(row, other):
                names.append(SHOWN[row.profile])
                break
        else:
            groups.append(([SHOWN[row.profile]], row))
    return [(", ".join(names), row) for names, row in groups]


def _alike(a: Row, b: Row) -> bool:
    """Whether two rows say the same, but for rounding."""
    if (a.converged, a.note) != (b.converged, b.note) or (a.counts is None) != (b.counts is None):
        return False
    if a.counts is None or b.counts is None:
        return True
    pairs = [
        (x, y)
        for mine, theirs in ((a.counts, b.counts), (a.submitted, b.submitted))
        for r, s in zip(mine or (), theirs or (), strict=True)
        for x, y in zip(r, s, strict=True)
    ]
    return all(math.isclose(x, y, rel_tol=1e-6, abs_tol=1e-6) for x, y in pairs)


def _points(row: Row) -> str:
    return "-" if row.counts is None else counts([sum(sum(r) for r in row.counts)])


def _favour(result: Comparison, row: Row, name: str | None) -> str:
    if row.relative is None:
        return "-"
    if name is None:
        return "all alike" if row.relative[0] is None else f"all alike {number(row.relative[0], 3)}"
    value = row.relative[list(result.names).index(name)]
    return f"{name} {number(1.0 if value is None else value, 3)}"


def _honesty(contender: Contender) -> Text:
    if contender.honest_is_equilibrium is None:
        return Text("undecided", style="yellow")
    if contender.honest_is_equilibrium:
        return Text("yes", style="green")
    gain = (
        ""
        if contender.max_gain is None
        else f" ({contender.max_gain_agent} gains " + (f"{number(contender.max_gain)})")
    )
    return Text(f"no{gain}", style="bold red")


def _agents_table(result: Comparison, profile: str) -> None:
    """What everybody collects and pays under every mechanism, in one profile."""
    console = new_console()
    many = len(result.distributions) > DISTRIBUTIONS
    table = new_table(
        "agent",
        "alone",
        *(c.mechanism for c in result.contenders),
        title=f"{SHOWN[profile]}: {'points in all' if many else 'points collected'}, penalty",
    )
    rows = [result.row(c.mechanism, profile) for c in result.contenders]
    for i, name in enumerate(result.names[:AGENTS]):
        cells = []
        for row in rows:
            if row.counts is None or row.penalties is None:
                cells.append("-")
                continue
            collected = [sum(row.counts[i])] if many else row.counts[i]
            cells.append(f"{counts(collected)}, {number(row.penalties[i])}")
        table.add_row(name, number(result.penalties_alone[i]), *cells)
    console.print(table)
    if len(result.names) > AGENTS:
        console.print(f"{len(result.names) - AGENTS} more agents are in --json")


def _remarks(result: Comparison, contender: Contender) -> list[str]:
    """What a reader has to know besides the numbers."""
    found = []
    if contender.method == "enforced":
        found.append("compliance is taken for granted, so its equilibria are the plan itself")
    if contender.equilibria > 1:
        values = contender.social_penalties
        spread = (
            f"all of social penalty {number(values[0])}"
            if len(values) == 1
            else f"with {len(values)} social penalties from {number(values[0])} to "
            f"{number(values[-1])}"
        )
        found.append(
            f"{contender.equilibria} equilibria found on {contender.starts} paths, {spread}"
        )
    for cycle in contender.cycles:
        low, high = cycle["social_penalty"]
        found.append(
            f"a cycle of {cycle['length']} sweeps without an equilibrium, social penalty from "
            f"{number(low)} to {number(high)}"
        )
    if contender.unfinished:
        found.append(f"{contender.unfinished} paths neither ended nor repeated themselves")
    for row in result.rows:
        if row.mechanism == contender.mechanism and row.note is not None:
            found.append(f"{SHOWN[row.profile]}: {row.note}")
    honest = [r for r in result.rows if r.mechanism == contender.mechanism and r.unsuspecting]
    if honest:
        worst = max(max(row.unsuspecting or [0.0]) for row in honest)
        found.append(
            "counts are met with made-up points, which everybody discounts; who takes them for "
            f"measured ones pays up to {number(worst)}"
        )
    return [*found, *contender.notes]
