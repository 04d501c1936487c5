"""One distribution at a time: the best kinds and counts, what happens elsewhere given.

At a fixed total T the agents' penalties are apart, and what is left is a knapsack: choose n_i with
sum T. It is solved on a grid of counts, for every T on a grid: by dynamic programming, which looks
at every choice of kinds, or for many agents by a price per point.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nashbox.rules.design.goals import Goal
from nashbox.rules.design.surrogate import LEAST, MOST, least_excess
from nashbox.rules.design.tables import ALONE, FREE, OWES

Array = NDArray[np.float64]
Column = tuple[NDArray[np.int_], Array]  # kinds (m,), counts (m,)

LEVELS = 96  # of counts, from 0 to T
FEW = 14  # agents up to which all choices are looked at
TOTALS = (26, 9, 9)  # totals tried: over the whole range, and twice around the best
PRICES = 40  # halvings of the price per point


def menus(
    costs: Array,
    sigma: float,
    base: Array,
    goal: Goal,
    T: float,
    levels: Array,
    secret: bool = False,
) -> tuple[Array, NDArray[np.int_]]:
    """Summands of the goal (m, levels) for counts `levels` (L,), and the kinds that attain them."""
    finite = np.isfinite(costs)
    c = np.where(finite, costs, 1.0)
    n_ind, unit = np.where(finite, sigma / np.sqrt(c), 0.0), sigma * np.sqrt(c)
    x = levels[None, :] / np.where(finite, n_ind, 1.0)[:, None]
    reach = np.broadcast_to((T / np.where(finite, n_ind, 1.0))[:, None], x.shape)
    good = (x > LEAST) & (x < MOST[secret]) & (reach > 1 + 1e-6) & finite[:, None] & (x < reach)
    prices = np.full(x.shape, np.inf)
    tilted = least_excess(x[good], reach[good], secret)
    prices[good] = np.broadcast_to(unit[:, None], x.shape)[good] * (
        1 / reach[good] + x[good] + tilted
    )
    kinds = np.full(x.shape, OWES)
    kinds[:, 0] = FREE
    prices[:, 0] = np.where(n_ind * (1 - 1e-9) <= T, sigma**2 / T, np.inf)
    for i in np.flatnonzero(finite & (n_ind <= T * (1 + 1e-9))):
        j = int(np.searchsorted(levels, n_ind[i] * (1 + 1e-9), side="right")) - 1
        home = 2 * unit[i]
        if home < prices[i, j]:
            prices[i, j], kinds[i, j] = home, ALONE
    value = goal.summands(base[:, None] + prices)
    return np.where(np.isfinite(prices), value, np.inf), kinds


def best_column(
    costs: Array, sigma: float, base: Array, goal: Goal, secret: bool = False
) -> Column | None:
    """Kinds and counts of one distribution for agents whose other penalties are `base` (m,).

    secret: whether decoys may be used.
    """
    finite = np.isfinite(costs)
    n_ind = sigma / np.sqrt(costs[finite])
    low, high = float(n_ind.min()), float(max(n_ind.sum(), 2 * n_ind.max()))
    best: tuple[float, float, Column] | None = None
    spread = np.log(high / low)
    centre, width = 0.5 * (np.log(low) + np.log(high)), spread / 2
    for round_, count in enumerate(TOTALS):
        totals = np.exp(np.linspace(centre - width, centre + width, count))
        if round_ == 0:
            totals = np.unique(np.concatenate([totals, n_ind]))
        for T in totals:
            found = _at_total(costs, sigma, base, goal, float(T), secret)
            if found is not None and (best is None or found[0] < best[0]):
                best = (found[0], float(T), found[1])
        if best is None:
            return None
        centre, width = np.log(best[1]), width * 2.2 / count
    assert best is not None  # noqa: S101 - returned above
    return best[2]


def _at_total(
    costs: Array, sigma: float, base: Array, goal: Goal, T: float, secret: bool
) -> tuple[float, Column] | None:
    few = costs.size <= FEW
    levels = np.linspace(0.0, T, LEVELS + 1)
    if not few:  # shares of T are small: a grid that is dense near 0
        levels = T * np.linspace(0, 1, 2 * LEVELS + 1) ** 2
    value, kinds = menus(costs, sigma, base, goal, T, levels, secret)
    chosen = _programme(value) if few else _priced(value, levels, T)
    if chosen is None:
        return None
    rows = np.arange(costs.size)
    total = float(value[rows, chosen].sum())
    if not np.isfinite(total):
        return None
    kind, counts = kinds[rows, chosen], levels[chosen]
    finite = np.isfinite(costs)
    home = kind == ALONE
    counts = np.where(home, sigma / np.sqrt(np.where(finite, costs, 1.0)), counts)
    owes = kind == OWES
    rest = T - counts[home].sum()
    if owes.any():
        if rest <= 0:
            return None
        counts = np.where(owes, counts * rest / counts[owes].sum(), counts)
    elif home.any() and rest > 1e-6 * T:  # nobody fills the total up: it is not reached
        return None
    return total, (kind, counts)


def _programme(value: Array) -> NDArray[np.int_] | None:
    """Levels of all agents that sum to the last level at the least sum of values, exactly."""
    m, size = value.shape
    table = np.full(size, np.inf)
    table[0] = 0.0
    choices = np.zeros((m, size), dtype=np.int64)
    levels = np.arange(size)
    shift = levels[:, None] - levels[None, :]  # what is left for those before
    for i in range(m):
        sums = np.where(shift >= 0, table[np.maximum(shift, 0)], np.inf) + value[i][None, :]
        choices[i] = np.argmin(sums, axis=1)
        table = sums[levels, choices[i]]
    if not np.isfinite(table[-1]):
        return None
    chosen, left = np.zeros(m, dtype=np.int64), size - 1
    for i in range(m - 1, -1, -1):
        chosen[i] = choices[i, left]
        left -= chosen[i]
    return chosen


def _priced(value: Array, levels: Array, T: float) -> NDArray[np.int_] | None:
    """Every agent takes the level that is best at a price per point; the price fills T up."""
    if not np.isfinite(value).any(axis=1).all():
        return None
    finite = np.where(np.isfinite(value), value, np.inf)
    spread = float(np.ptp(finite[np.isfinite(finite)])) + 1e-300
    low, high = 0.0, 1e3 * spread / T
    rows = np.arange(len(value))

    def take(price: float) -> NDArray[np.int_]:
        return np.asarray(np.argmin(finite - price * levels, axis=1))

    if levels[take(high)].sum() < T:
        return None
    for _ in range(PRICES):
        middle = 0.5 * (low + high)
        if levels[take(middle)].sum() >= T:
            high = middle
        else:
            low = middle
    fewer, more = take(low), take(high)
    chosen, total = fewer.copy(), float(levels[fewer].sum())
    for i in rows[np.argsort(levels[more] - levels[fewer])]:  # equal at this price: fill T up
        if total >= T:
            break
        total += float(levels[more[i]] - levels[chosen[i]])
        chosen[i] = more[i]
    return chosen
