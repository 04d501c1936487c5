"""The joint decoy for equal debts: the radius that makes n points of each distribution optimal.

With u as in `ball`, w = 1/n - 1/T, T = n + N, scaling all counts changes the penalty of one
distribution at the rate

    c - 1/T^2 - 2 w F/T - w^2 dF/dv             (sigma = 1),                                     (3)

and by symmetry so does each count alone at n: one root of (3) in the radius makes n stationary in
every direction. Whole numbers use the same radius: n is optimal among all real counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from nashbox.mechanisms.decoy.ball import lost_honestly, rise
from nashbox.mechanisms.decoy.terms import DIGITS

SMALLEST, LARGEST = 0.3, 14.0  # radii searched, beyond sqrt(d) for the largest
SCAN = 60


@dataclass(frozen=True)
class Ball:
    """radius, in standard deviations of the honest; excess: the risk added to d sigma^2/T."""

    radius: float
    excess: float


def deterred(d: int, r: float, n: float, N: float) -> float:
    """The cost at which n points of each of d distributions are stationary; sigma = 1."""
    T = n + N
    w, F = 1 / n - 1 / T, lost_honestly(d, r)
    return 1 / T**2 + 2 * w * F / T + w * w * rise(d, r)


@lru_cache(maxsize=50_000)
def ball(d: int, n: float, others: float, cost: float, sigma: float) -> Ball | None:
    """The largest stationary ball for n points of each of d >= 2 distributions, or None.

    >>> rule = ball(10, 2.6 / 8, 7 * 2.6 / 8, 1.0, 1.0)
    >>> round(rule.radius, 3)
    5.159
    """
    from scipy.optimize import brentq

    if not (d >= 2 and n > 0 and others > 0 and np.isfinite(cost)):
        return None
    c = cost / sigma**2

    def slope(r: float) -> float:
        return deterred(d, r, n, others) - c

    radii = np.linspace(LARGEST + np.sqrt(d), SMALLEST, SCAN)
    values = np.array([slope(float(r)) for r in radii])
    above = np.flatnonzero(values > 0)
    if not above.size or above[0] == 0:  # never deterred, or wants more whatever is told
        return None
    j = int(above[0])
    r = round(float(brentq(slope, radii[j], radii[j - 1], xtol=1e-14, rtol=8.9e-16)), DIGITS)
    w = 1 / n - 1 / (n + others)
    return Ball(r, d * sigma**2 * w * lost_honestly(d, r))
