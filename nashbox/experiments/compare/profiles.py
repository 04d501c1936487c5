"""Profiles of a mechanism that came out alike, under one name."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TypeVar

from nashbox.experiments.compare.comparison import Comparison, Row
from nashbox.games.estimation.remarks import ENFORCED

R = TypeVar("R")
BY_ORDER = "honest, by order"  # whatever the profile, where compliance is taken for granted
SHOWN = {
    "honest": "honest",
    "from_honest": "from honest",
    "from_free_riding": "from free riding",
    "worst": "worst",
    "best": "best",
}


def merged(result: Comparison, mechanism: str) -> list[tuple[str, Row]]:
    """Rows of a mechanism; profiles with one outcome share a line."""
    rows = [(row.profile, row) for row in result.rows if row.mechanism == mechanism]
    found = grouped(rows, _alike)
    if result.contender(mechanism).method == "enforced":
        return [(BY_ORDER, row) for _, row in found]
    return found


def by_order(result: Comparison, called: Callable[[str], str] = str) -> list[str]:
    """What is said of rules that take compliance for granted, if there are any.

    called: the name of a mechanism, made of its label.
    """
    names = [called(c.mechanism) for c in result.contenders if c.method == "enforced"]
    return [f"{BY_ORDER}: under {', '.join(names)} {ENFORCED}"] if names else []


def grouped(rows: Iterable[tuple[str, R]], alike: Callable[[R, R], bool]) -> list[tuple[str, R]]:
    """Profiles' rows; those that are alike share one, under all their names."""
    groups: list[tuple[list[str], R]] = []
    for profile, row in rows:
        for names, other in groups:
            if alike(row, other):
                names.append(SHOWN[profile])
                break
        else:
            groups.append(([SHOWN[profile]], row))
    return [(_named(names), row) for names, row in groups]


def _named(profiles: list[str]) -> str:
    equilibria = [name for name in profiles if name != "honest"]
    if len(equilibria) == len(SHOWN) - 1:
        equilibria = ["equilibrium"]
    return ", ".join(["honest"] * ("honest" in profiles) + equilibria)


def _alike(a: Row, b: Row) -> bool:
    """Whether two rows say the same, but for rounding."""
    if (a.converged, a.note) != (b.converged, b.note) or (a.counts is None) != (b.counts is None):
        return False
    pairs = [
        (x, y)
        for mine, theirs in ((a.counts, b.counts), (a.submitted, b.submitted))
        for r, s in zip(mine or (), theirs or (), strict=True)
        for x, y in zip(r, s, strict=True)
    ]
    return all(math.isclose(x, y, rel_tol=1e-6, abs_tol=1e-6) for x, y in pairs)
