"""A threshold that keeps one pair's gain below epsilon over an interval of costs and sigmas.

As in the design at known costs, but in place of "no count is better than n" stands "no count is
better by more than epsilon", at both ends of the cost interval (which by convexity covers all of
it) and for sigma on a few values, with a bound for what lies between. Of all such thresholds the
one with the least chance to fail after n honest points is taken.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.threshold.channel import ThresholdChannel
from nashbox.mechanisms.threshold.tuning import Tuned, tuned
from nashbox.rules.robust.pair import Doubt, worst

Array = NDArray[np.float64]

RATIOS = np.geomspace(2e-4, 0.97, 30)  # of z to N, where none near the best one holds
AROUND = np.geomspace(0.4, 2.5, 13)  # of z to the best one at the nominal cost
SHARES = (0.98, 0.9, 0.75, 0.5)  # of epsilon aimed at, until the bound holds
MOST_COUNTS = 20_000


@lru_cache(maxsize=100_000)
def robust_rule(
    n: float, others: float, cost: float, sigma: float, integer: bool, doubt: Doubt, epsilon: float
) -> Tuned | None:
    """The best (z, t) for n points owed whose gain is at most epsilon over the intervals.

    None where none was found. epsilon: units of the penalty, > 0.
    """
    if not (n > 0 and others > 0 and np.isfinite(cost) and epsilon > 0):
        return None
    if integer and others < 2:
        return None
    counts = _counts(n, others, cost, sigma, integer, doubt)
    if counts is None:
        return None
    nominal = tuned(n, others, cost, sigma, integer)
    near = () if nominal is None else (_near(nominal.z, others, integer),)
    for zs, share in product((*near, _all(others, integer)), SHARES):
        t, added = _largest(n, others, zs, cost, sigma, doubt, share * epsilon, counts)
        for j in np.argsort(added)[:3]:
            if not np.isfinite(added[j]):
                break
            channel = ThresholdChannel(sigma, float(zs[j]), others, float(t[j]))
            if worst(channel, n, cost, doubt, integer).bound <= epsilon:
                return Tuned(float(zs[j]), float(t[j]), float(added[j]))
    return None


def _near(z: float, others: float, integer: bool) -> Array:
    """Sizes of Z around the best one at the nominal cost."""
    zs = z * AROUND
    if not integer:
        return np.minimum(zs, 0.97 * others)
    zs = np.concatenate([zs, z + np.arange(-2.0, 3.0)])
    return np.unique(np.rint(np.clip(zs, 1, others - 1)))


def _all(others: float, integer: bool) -> Array:
    """Sizes of Z from the smallest to all of the others' points."""
    zs = others * RATIOS
    return np.unique(np.rint(np.clip(zs, 1, others - 1))) if integer else zs


def _counts(
    n: float, others: float, cost: float, sigma: float, integer: bool, doubt: Doubt
) -> Array | None:
    """Counts a deviation is looked for at; all of them if they are whole, else a fine grid."""
    c, s = cost * min(doubt.cost_ends), sigma * max(doubt.sigma_ends)
    top = max(n, 2 * s / float(np.sqrt(c)), s**2 / others / c + n)
    if integer:
        return np.arange(int(top) + 3.0) if top <= MOST_COUNTS else None
    parts = [[0.0, n], n * np.geomspace(1e-4, 1, 60), n * np.linspace(0.5, 2, 121)]
    return np.unique(np.concatenate([*parts, np.geomspace(n, max(top, 2 * n), 60)]))


def _largest(
    n: float,
    others: float,
    zs: Array,
    cost: float,
    sigma: float,
    doubt: Doubt,
    epsilon: float,
    x: Array,
) -> tuple[Array, Array]:
    """For each z the largest t at which no count of x gains more than epsilon, and its excess."""
    from scipy.special import ndtr

    here = int(np.flatnonzero(x == n)[0])
    rules = [ThresholdChannel(sigma, float(z), others, 1.0) for z in zs]
    reach = np.array([rule.standardised(x) for rule in rules])  # u per unit of t
    stake = np.array([rule.stake(x) for rule in rules])
    pooled = sigma**2 / (x + others)
    factors = np.unique([1.0, *doubt.sigma_ends])

    def holds(t: Array) -> NDArray[np.bool_]:
        good = np.ones(zs.size, dtype=bool)
        for f in factors:
            risk = f**2 * (pooled + 2 * ndtr(-t[:, None] * reach / f) * stake)
            for e in (1.0, *doubt.cost_ends):
                prices = risk + e * cost * x
                good &= prices[:, here] - prices.min(axis=1) <= epsilon
        return good

    scale = reach[:, here]
    low, found = np.zeros(zs.size), np.zeros(zs.size, dtype=bool)
    high = 9.0 / scale
    for u in np.linspace(6.0, 0.1, 60):
        now = ~found & holds(u / scale)
        low = np.where(now, u / scale, low)
        high = np.where(~found & ~now, u / scale, high)
        found |= now
        if found.all():
            break
    for _ in range(25):
        middle = 0.5 * (low + high)
        up = holds(middle)
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    added = 2 * ndtr(-low * scale) * stake[:, here]
    return low, np.where(found, added, np.inf)
