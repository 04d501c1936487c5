"""Counts: working alone, and plans made whole."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Array


def finite_product(costs: Array, counts: NDArray[np.floating] | NDArray[np.integer]) -> Array:
    """Return c n elementwise, where c n = 0 for n = 0 also if c = inf."""
    return np.where(counts > 0, np.where(counts > 0, costs, 0.0) * counts, 0.0)


def alone_counts(costs: Array, sigma: Array, *, integer: bool) -> Array:
    """What each agent collects alone, (m, d): sigma/sqrt(c), or the best whole number >= 1.

    0 where the cost is inf.

    >>> alone_counts(np.array([[0.1]]), np.array([10.0]), integer=True)
    array([[32.]])
    """
    real = np.where(np.isinf(costs), 0.0, sigma / np.sqrt(costs))
    if not integer:
        return real
    low = np.maximum(1.0, np.floor(real))
    c = np.where(np.isinf(costs), 0.0, costs)
    next_is_better = sigma**2 / (low + 1) + c * (low + 1) < sigma**2 / low + c * low
    best = np.where(next_is_better, low + 1, low)
    return np.where(np.isinf(costs), 0.0, best)


def alone_penalties(costs: Array, sigma: Array, *, integer: bool) -> Array:
    """What each agent can reach alone, (m,); inf if she cannot sample everything (Fact 1)."""
    if not integer:
        return np.asarray((2 * sigma * np.sqrt(costs)).sum(axis=1))
    counts = alone_counts(costs, sigma, integer=True)
    with np.errstate(divide="ignore"):
        return np.asarray((sigma**2 / counts + finite_product(costs, counts)).sum(axis=1))


def whole_counts(rule: str, plan: Array, costs: Array, sigma: Array) -> Array:
    """Whole numbers of a plan: `alone` the best ones for each agent, else rounded columns."""
    return alone_counts(costs, sigma, integer=True) if rule == "alone" else round_plan(plan)


def round_plan(counts: Array) -> Array:
    """Round each column by largest remainders so that it sums to max(1, round(sum)).

    Ties go to the lowest index; exact zeros stay 0.

    >>> round_plan(np.array([[40.69262], [20.34631], [13.42856]])).ravel()
    array([41., 20., 13.])
    """
    whole = np.floor(counts)
    for k in range(counts.shape[1]):
        missing = int(max(1, np.floor(counts[:, k].sum() + 0.5)) - whole[:, k].sum())
        remainder = np.where(counts[:, k] > 0, counts[:, k] - whole[:, k], -1.0)
        # remainders equal but for rounding noise are ties
        order = np.lexsort((np.arange(remainder.size), -np.round(remainder, 9)))
        whole[order[:missing], k] += 1
    return whole
