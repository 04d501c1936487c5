"""The best threshold rules for a given plan: what is owed stays, if any rule makes it optimal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.rounding import alone_counts
from nashbox.mechanisms.tables import Stated
from nashbox.mechanisms.threshold.bundle import Pair, bundled
from nashbox.mechanisms.threshold.tuning import Tuned, tuned

Array = NDArray[np.float64]
Tune = Callable[[float, float, float, float, bool], Tuned | None]


def wants_nothing(others: float, cost: float, sigma: float, *, integer: bool) -> bool:
    """Whether who receives the mean of `others` points collects nothing on top.

    Real counts: others >= sigma/sqrt(c). Whole ones: others (others + 1) >= sigma^2/c.

    >>> [wants_nothing(n, 0.05, 10.0, integer=True) for n in (44.0, 45.0)]
    [False, True]
    """
    if others <= 0:
        return False
    enough = others * (others + 1) if integer else others**2
    return bool(np.isinf(cost) or enough * cost >= sigma**2 * (1 - 1e-12))


def enforce(
    plan: Array,
    costs: Array,
    sigma: Array,
    *,
    integer: bool,
    joint: bool = False,
    kind: str = "threshold",
    tune: Tune = tuned,
) -> Stated:
    """Rules for a plan (m, d), rounded already if `integer`; those who owe are of one `kind`.

    Who owes nothing gets the others' mean for free if she wants no more; a pair that no rule
    enforces works alone, one pair at a time (lowest distribution, then lowest agent), as its points
    change what the others are offered.
    """
    alone_at = alone_counts(costs, sigma, integer=integer)
    home = np.zeros(plan.shape, dtype=bool)
    while True:
        counts = np.where(home, alone_at, plan)
        for k in range(plan.shape[1]):
            _send_home(counts, home, alone_at, costs, sigma, k, tune, integer=integer)
        rules = _tied(counts, home, costs, sigma, integer=integer) if joint else None
        if isinstance(rules, tuple):  # a pair that its agent's joint rule does not carry
            home[rules] = True
            continue
        found = rules or _apart(counts, home, costs, sigma, kind, tune, integer=integer)
        sent = tuple((int(i), int(k)) for i, k in np.argwhere(home))
        nothing = np.full(counts.shape, np.nan)
        return Stated(counts, found.kind, found.z, found.t, nothing, sent)


@dataclass(frozen=True, eq=False)
class _Rules:
    kind: NDArray[np.str_]
    z: Array
    t: Array

    @classmethod
    def start(cls, counts: Array, home: NDArray[np.bool_], owes: str = "threshold") -> _Rules:
        kind = np.where(home, "alone", np.where(counts > 0, owes, "free"))
        return cls(kind, np.full(counts.shape, np.nan), np.full(counts.shape, np.nan))


def _send_home(
    counts: Array,
    home: NDArray[np.bool_],
    alone_at: Array,
    costs: Array,
    sigma: Array,
    k: int,
    tune: Tune,
    *,
    integer: bool,
) -> None:
    """Mark pairs of distribution k whom no separate rule keeps, until all others are kept."""
    while True:
        total = float(counts[:, k].sum())
        for i in np.flatnonzero(~home[:, k]):
            n, c, s = float(counts[i, k]), float(costs[i, k]), float(sigma[k])
            kept = (
                wants_nothing(total, c, s, integer=integer)
                if n == 0
                else tune(n, total - n, c, s, integer) is not None
            )
            if not kept and np.isfinite(c):
                home[i, k], counts[i, k] = True, alone_at[i, k]
                break
        else:
            return


def _apart(
    counts: Array,
    home: NDArray[np.bool_],
    costs: Array,
    sigma: Array,
    kind: str,
    tune: Tune,
    *,
    integer: bool,
) -> _Rules:
    rules = _Rules.start(counts, home, kind)
    for i, k in np.argwhere(rules.kind == kind):
        n = float(counts[i, k])
        others = float(counts[:, k].sum()) - n
        rule = tune(n, others, float(costs[i, k]), float(sigma[k]), integer)
        assert rule is not None  # noqa: S101 - others were sent home
        rules.z[i, k], rules.t[i, k] = rule.z, rule.t
    return rules


def _tied(
    counts: Array, home: NDArray[np.bool_], costs: Array, sigma: Array, *, integer: bool
) -> _Rules | tuple[int, int]:
    """Joint rules for all, or the first pair that stands in the way of one."""
    rules, totals = _Rules.start(counts, home), counts.sum(axis=0)
    for i in range(counts.shape[0]):
        owed = np.flatnonzero(rules.kind[i] == "threshold")
        if not owed.size:
            continue
        pairs = tuple(
            Pair(
                float(counts[i, k]),
                float(totals[k] - counts[i, k]),
                float(costs[i, k]),
                float(sigma[k]),
            )
            for k in owed
        )
        found = bundled(pairs, integer)
        if found is None:
            return int(i), int(owed[0])
        rules.z[i, owed], rules.t[i, owed] = found.z, found.t
    return rules
