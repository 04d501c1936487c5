"""The exact best count: the n that minimises best_risk(n) + c n, searched to the end of the box."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

import numpy as np

from nashbox.problem.arrays import Array
from nashbox.problem.channel import Channel, columns

Pair = tuple[Channel, float]  # what an agent faces on a distribution, and her cost there
Found = tuple[float, float]  # a best count, and the penalty with it

ENUMERATED = 200_000  # whole numbers examined one by one; beyond, by bracketing
AT_ONCE = 1_000_000  # whole numbers examined in one call, of many pairs
LONG = 5_000  # whole numbers of a pair that is examined by itself


def best_count(channel: Channel, cost: float, *, integer: bool) -> tuple[float, float]:
    """Return the best n >= 0 and its penalty; (0, inf) if no finite penalty can be had.

    The box is closed: collecting n costs c n, so no n beyond (a penalty that can be had)/c can
    be better. Costs of inf leave n = 0.
    """
    nothing = float(channel.best_risk(np.float64(0.0)))
    if np.isinf(cost):
        return 0.0, nothing

    def price(n: Array) -> Array:
        return channel.best_risk(n) + cost * n

    if integer:
        best_known = min(nothing, float(price(_probe()).min()))
        top = int(np.floor(best_known / cost)) + 1
        if top <= ENUMERATED:
            grid = np.arange(top + 1.0)
        else:  # bracket on a coarse grid, then look at every number near its best
            coarse = np.unique(np.rint(np.linspace(0, top, 20_001)))
            at, reach = coarse[int(np.argmin(price(coarse)))], np.ceil(top / 20_000) + 1
            grid = np.arange(max(0.0, at - reach), at + reach + 1)
        values = price(grid)
        best = int(np.argmin(values))
        return float(grid[best]), float(values[best])
    return _best_real(channel, cost, nothing)


@cache
def _probe() -> Array:
    return np.unique(np.rint(np.geomspace(1, 1e12, 121)))


def best_counts(pairs: Iterable[Pair], *, integer: bool) -> dict[Pair, Found]:
    """`best_count` of many pairs, each once: channels of one class are worked out together."""
    found: dict[Pair, Found] = {}
    groups: dict[type[Channel], list[Pair]] = {}
    for pair in dict.fromkeys(pairs):
        channel, cost = pair
        if integer and np.isfinite(cost) and channel.regular:
            groups.setdefault(type(channel), []).append(pair)
        else:
            found[pair] = best_count(channel, cost, integer=integer)
    for cls, group in groups.items():
        own = "best_risks" in vars(cls)  # who derives from a class answers for herself
        found |= _together(cls, group) if own else _apart(group)
    return found


def _apart(pairs: Sequence[Pair]) -> dict[Pair, Found]:
    return {pair: best_count(*pair, integer=True) for pair in pairs}


def _together(cls: type[Channel], pairs: Sequence[Pair]) -> dict[Pair, Found]:
    """Whole counts of pairs of one class: as `best_count` does."""
    tops = np.concatenate([_tops(cls, pairs[j : j + 5000]) for j in range(0, len(pairs), 5000)])
    order = np.argsort(tops)
    short = int(np.searchsorted(tops[order], LONG))
    found = _apart([pairs[j] for j in order[short:]])
    start = 0
    while start < short:
        size = 1
        while start + size < short and (size + 1) * tops[order[start + size]] <= AT_ONCE:
            size += 1
        some = [pairs[j] for j in order[start : start + size]]
        grid = np.arange(tops[order[start + size - 1]] + 1.0)
        values = _prices(cls, some, grid)
        best = values.argmin(axis=1)
        least = values[np.arange(size), best]
        found |= dict(zip(some, zip(grid[best].tolist(), least.tolist(), strict=True), strict=True))
        start += size
    return found


def _prices(cls: type[Channel], pairs: Sequence[Pair], counts: Array) -> Array:
    risks = cls.best_risks([channel for channel, _ in pairs])
    assert risks is not None  # noqa: S101 - asked before
    (costs,) = columns([(cost,) for _, cost in pairs])
    return np.asarray(risks(counts) + costs * counts)


def _tops(cls: type[Channel], pairs: Sequence[Pair]) -> Array:
    """What nobody collects more than, as c n alone is dearer than a penalty that can be had."""
    least = _prices(cls, pairs, np.append(0.0, _probe())).min(axis=1)
    return np.asarray(np.floor(least / np.array([cost for _, cost in pairs])) + 1)


def _best_real(channel: Channel, cost: float, nothing: float) -> tuple[float, float]:
    """Globally on a fine grid, then to the root of the derivative beside its best point."""
    from scipy.optimize import brentq

    def slope(n: float) -> float:
        return channel.slope(n) + cost

    probe = np.geomspace(1e-9, 1e12, 2101)
    values = channel.best_risk(probe) + cost * probe
    j = int(np.argmin(values))
    n, best = float(probe[j]), float(values[j])
    low, high = float(probe[max(j - 1, 0)]), float(probe[min(j + 1, probe.size - 1)])
    if slope(low) < 0 < slope(high):
        n = float(brentq(slope, low, high, xtol=1e-300, rtol=8.9e-16))
        best = float(channel.best_risk(np.float64(n))) + cost * n
    return (0.0, nothing) if nothing <= best else (n, best)
