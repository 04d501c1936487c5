"""The best threshold rules for a given plan: what is owed stays, if any rule makes it optimal."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.rounding import alone_counts
from nashbox.mechanisms.tables import Stated
from nashbox.mechanisms.threshold.bundle import Pair, bundled
from nashbox.mechanisms.threshold.tuning import Tuned, tuned_all
from nashbox.problem.arrays import Array, Mask

Tune = Callable[[Array, bool], list[Tuned | None]]  # rules of pairs (P, 4), counts integer or not
FEW, MORE = 64, 4  # agents tuned first, and how many times more where all of them are kept


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
    tune: Tune = tuned_all,
) -> Stated:
    """Rules for a plan (m, d), rounded already if `integer`; those who owe are of one `kind`.

    Who owes nothing gets the others' mean for free if she wants no more; a pair that no rule
    enforces works alone, one pair at a time (the cheapest points first, so that no order of rows
    matters), as its points change what the others are offered.
    """
    alone_at = alone_counts(costs, sigma, integer=integer)
    rules_of = _Once(tune, integer)
    home = np.zeros(plan.shape, dtype=bool)
    while True:
        counts = np.where(home, alone_at, plan)
        for k in range(plan.shape[1]):
            _send_home(counts, home, alone_at, costs, sigma, k, rules_of)
        rules = _tied(counts, home, costs, sigma, integer=integer) if joint else None
        if isinstance(rules, tuple):  # a pair that its agent's joint rule does not carry
            home[rules] = True
            continue
        found = rules or _apart(counts, home, costs, sigma, kind, rules_of)
        sent = tuple((int(i), int(k)) for i, k in np.argwhere(home))
        nothing = np.full(counts.shape, np.nan)
        return Stated(counts, found.kind, found.z, found.t, nothing, sent)


@dataclass(frozen=True)
class _Once:
    """Tunes each pair once."""

    tune: Tune
    integer: bool
    known: dict[tuple[float, ...], Tuned | None] = field(default_factory=dict)

    def __call__(self, n: Array, others: Array, costs: Array, sigma: Array) -> list[Tuned | None]:
        """Rules of (P,) pairs."""
        keys = [*zip(*(x.tolist() for x in (n, others, costs, sigma)), strict=True)]
        new = [key for key in dict.fromkeys(keys) if key not in self.known]
        if new:
            self.known.update(zip(new, self.tune(np.array(new), self.integer), strict=True))
        return [self.known[key] for key in keys]


@dataclass(frozen=True, eq=False)
class _Rules:
    kind: NDArray[np.str_]
    z: Array
    t: Array

    @classmethod
    def start(cls, counts: Array, home: Mask, owes: str = "threshold") -> _Rules:
        kind = np.where(home, "alone", np.where(counts > 0, owes, "free"))
        return cls(kind, np.full(counts.shape, np.nan), np.full(counts.shape, np.nan))


def _send_home(
    counts: Array, home: Mask, alone_at: Array, costs: Array, sigma: Array, k: int, rules_of: _Once
) -> None:
    """Mark pairs of distribution k whom no separate rule keeps, until all others are kept."""
    while (i := _first_not_kept(counts[:, k], ~home[:, k], costs[:, k], sigma[k], rules_of)) >= 0:
        home[i, k], counts[i, k] = True, alone_at[i, k]


def _totals(counts: Array) -> Array:
    """Sums over agents, (d,), to the last bit the same in any order."""
    return np.array([math.fsum(column) for column in counts.T.tolist()])


def _first_not_kept(owed: Array, asked: Mask, costs: Array, sigma: float, rules_of: _Once) -> int:
    """The agent with the cheapest points of those asked whom no rule keeps; -1 for nobody."""
    total = float(_totals(owed[:, None])[0])
    cheapest = np.lexsort((owed, costs))
    left, size = cheapest[(asked & np.isfinite(costs))[cheapest]], FEW
    while left.size:
        some, left, size = left[:size], left[size:], size * MORE
        n, c = owed[some], costs[some]
        rules = iter(rules_of(n[n > 0], total - n[n > 0], c[n > 0], np.full((n > 0).sum(), sigma)))
        for i, x, cost in zip(some.tolist(), n.tolist(), c.tolist(), strict=True):
            if x > 0:
                kept = next(rules) is not None
            else:
                kept = wants_nothing(total, cost, float(sigma), integer=rules_of.integer)
            if not kept:
                return int(i)
    return -1


def _apart(
    counts: Array, home: Mask, costs: Array, sigma: Array, kind: str, rules_of: _Once
) -> _Rules:
    rules = _Rules.start(counts, home, kind)
    owe = rules.kind == kind
    n, k = counts[owe], np.nonzero(owe)[1]
    found = rules_of(n, _totals(counts)[k] - n, costs[owe], sigma[k])
    kept = [rule for rule in found if rule is not None]
    assert len(kept) == len(found)  # noqa: S101 - others were sent home
    rules.z[owe], rules.t[owe] = [rule.z for rule in kept], [rule.t for rule in kept]
    return rules


def _tied(
    counts: Array, home: Mask, costs: Array, sigma: Array, *, integer: bool
) -> _Rules | tuple[int, int]:
    """Joint rules for all, or the cheapest pair that stands in the way of one."""
    rules = _Rules.start(counts, home)
    totals = _totals(counts)
    owe = rules.kind == "threshold"
    price = np.where(owe, costs * sigma**2, np.inf)  # of what takes the variance off the mean
    for i in np.argsort(price.min(axis=1), kind="stable").tolist():
        owed = np.flatnonzero(owe[i])
        if not owed.size:
            break
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
            return i, int(price[i].argmin())
        rules.z[i, owed], rules.t[i, owed] = found.z, found.t
    return rules
