"""The corruption coefficient alpha: eq. 11, the root that makes n* exactly optimal."""

from __future__ import annotations

from functools import lru_cache

import numpy as np


def G(a: float, n: float, T: float, c: float, sigma: float) -> float:
    """Eq. 11 with D = T - 2 n*; exp * erfc is written erfcx, which does not overflow."""
    from scipy.special import erfcx

    D = T - 2 * n
    first = (
        4 * a / np.sqrt(T) * (4 * a**2 * T / (D * n) - 1 - 16 * c * a**2 * T * n / (sigma**2 * D))
    )
    second = (4 * a**2 / T * (T / n + 1) - 1) * np.sqrt(2 * np.pi) * erfcx(np.sqrt(T / (8 * a**2)))
    return float(first - second)


@lru_cache(maxsize=65536)
def corruption(n: float, T: float, c: float, sigma: float) -> float | None:
    """Smallest root of G above sqrt(n*), or None if there is none.

    n: recommended count n* > 0. T: points of everybody together. c: cost per sample.

    >>> round(corruption(10.0, 200.0, 0.05, 10.0), 9)
    3.936428691
    """
    from scipy.optimize import brentq

    if 2 * n >= T:
        return None
    low = float(np.sqrt(n))
    # n* < n_ind/2 makes G grow like a^3 in the end; the factor covers the slowest such growth
    grid = low * np.geomspace(1.0, 1e6, 2401)
    values = np.array([G(a, n, T, c, sigma) for a in grid[:1]])
    previous, value = grid[0], float(values[0])
    if value == 0.0:
        return low
    for a in grid[1:]:
        new = G(float(a), n, T, c, sigma)
        if new == 0.0 or (new > 0) != (value > 0):
            return float(brentq(G, previous, a, args=(n, T, c, sigma), xtol=1e-13, rtol=8.9e-16))
        previous, value = float(a), new
    return None
