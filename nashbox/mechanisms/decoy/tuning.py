"""The decoy for one agent and one distribution: the window that makes n points optimal.

With w = 1/n - 1/(n+N) and D = a d/da the penalty of n honest points is stationary where

    c = F/n^2 + J/(n+N)^2 + (w^2/2) D J        (units where sigma = 1).                          (3)

The penalty is strictly convex in n whatever the window, so that a stationary count is the best of
all; the right side is 1/n^2 at a = 0 and 1/(n+N)^2 without an end of the window, and a root exists
for n < sigma/sqrt(c) < n + N. With whole numbers the window is the largest for which neither n - 1
nor n + 1 is better; the second follows from the first by convexity where the first binds.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from nashbox.mechanisms.decoy.certificate import floor
from nashbox.mechanisms.decoy.told import gain_by_width, lost
from nashbox.mechanisms.threshold.tuning import INSIDE, Tuned
from nashbox.problem.arrays import Array

Risk = Callable[[Array | float, Array | float, float], Array]  # of a window t, honest counts and N

NARROWEST, WIDEST = 0.01, 30.0  # half windows searched, in standard deviations
FARTHEST = 9.0  # half window with whole numbers where any deters enough: who fails is not honest
HALVINGS = 36
SCAN = np.linspace(FARTHEST, 0.05, 60)


def deterred(a: Array | float, n: Array | float, N: Array | float) -> Array:
    """The right side of (3): the cost at which n points are the best count; sigma = 1."""
    F, w = lost(a), 1 / n - 1 / (n + N)
    return np.asarray(F / n**2 + (1 - F) / (n + N) ** 2 + 0.5 * w * w * gain_by_width(a))


def stationary_excess(x: Array, N: Array) -> Array:
    """What the decoys of many debts x cost, by bisection of (3); sigma = c = 1, x < 1 < x + N."""
    low, high = np.full(x.shape, np.log(NARROWEST)), np.full(x.shape, np.log(WIDEST))
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        wider = deterred(np.exp(middle), x, N) > 1
        low, high = np.where(wider, middle, low), np.where(wider, high, middle)
    return np.asarray(lost(np.exp(0.5 * (low + high))) * (1 / x - 1 / (x + N)))


def risk(t: Array | float, n: Array | float, N: float) -> Array:
    """F/n + J/(n + N) for honest counts, elementwise; sigma = 1."""
    n = np.asarray(n, dtype=float)
    F = lost(t / np.sqrt(1 / n + 1 / N))
    return np.asarray(F / n + (1 - F) / (n + N))


@lru_cache(maxsize=200_000)
def tuned(n: float, others: float, cost: float, sigma: float, integer: bool) -> Tuned | None:
    """The best decoy for n points owed, or None where none makes n the best count.

    >>> rule = tuned(13.9, 97.3, 0.05, 10.0, False)
    >>> round(rule.t / (10 * (1 / 13.9 + 1 / 97.3) ** 0.5), 3)
    3.273
    """
    if not (n > 0 and others > 0 and np.isfinite(cost)):
        return None
    c = cost / sigma**2
    t = whole(n, others, c, risk) if integer else _real(n, others, c)
    if t is None or not certain(t, n, others, c):
        return None
    excess = float(risk(t, n, others)) - 1 / (n + others)
    return Tuned(float("nan"), sigma * t, sigma**2 * excess)


def tuned_all(pairs: Array, integer: bool) -> list[Tuned | None]:
    """`tuned` of many pairs, (P, 4): n, others, cost, sigma."""
    return [tuned(*pair, integer) for pair in pairs.tolist()]


def certain(t: float, n: float, others: float, c: float) -> bool:
    """Whether no count and no lie beats n honest points, by the certificate; sigma = 1."""
    here = float(risk(t, n, others)) + c * n
    return floor(t, others, c, here) >= here * (1 - 1e-12)


def _real(n: float, N: float, c: float) -> float | None:
    a = stationary(lambda a: float(deterred(a, n, N)) - c, NARROWEST, WIDEST)
    return None if a is None else a * float(np.sqrt(1 / n + 1 / N))


def stationary(slope: Callable[[float], float], low: float, high: float) -> float | None:
    """The root of what falls from above 0 to below it, or None."""
    from scipy.optimize import brentq

    if not (slope(low) > 0 > slope(high)):
        return None
    return float(brentq(slope, low, high, xtol=1e-14, rtol=8.9e-16))


def whole(n: float, N: float, c: float, risk: Risk) -> float | None:
    """The largest window for which neither n - 1 nor n + 1 is better; sigma = 1."""
    T, unit = n + N, float(np.sqrt(1 / n + 1 / N))
    if c * (1 + 1e-12) * T * (T + 1) < 1:  # she wants more than n even if everything is told
        return None

    def fewer(t: float) -> float:
        """What n - 1 points cost more than n."""
        below, here = risk(t, np.array([n - 1, n]), N)
        return float(below - here - c)

    t = FARTHEST * unit
    if n > 1 and fewer(t) < 0:
        from scipy.optimize import brentq

        below, here = risk(SCAN * unit, np.array([[n - 1], [n]]), N)
        deters = below - here - c > 0
        j = int(deters.argmax())
        if not deters[j]:
            return None
        low, high = float(SCAN[j] * unit), float(SCAN[j - 1] * unit)
        t = INSIDE * float(brentq(fewer, low, high, xtol=1e-300, rtol=8.9e-16))
    counts = np.array([n, n + 1])
    here, above = risk(t, counts, N) + c * counts
    return t if above >= here * (1 - 1e-13) else None
