"""The threshold that makes n points a stationary choice: the first-order condition, solved for t.

With u = t/(sigma sqrt(1/n + 1/z)), a = 2 Phi(u) - 1 the chance to pass, v = sigma^2 and
h = v/(n+z) - v/(n+N), the derivative of the penalty is 0 where

    h u phi(u) z/(n (n + z)) = c - v/(n+z)^2 + a (v/(n+z)^2 - v/(n+N)^2).

The right side rises in u and the left side falls from u = 1 on. The largest root has the smallest
chance to fail. As the penalty
is convex in n (see `channel`), a root makes n the best count of all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

FARTHEST = 9.0  # u beyond which the chance to fail is no number that matters
STEPS = 50


def _excess_pull(u: Array, n: Array, N: Array, z: Array, c: Array) -> Array:
    """Left minus right side, in units where sigma = 1."""
    from scipy.special import ndtr

    part, full = 1 / (n + z), 1 / (n + N)
    left = (part - full) * z / (n * (n + z)) * u * np.exp(-0.5 * u * u) / np.sqrt(2 * np.pi)
    right = c - part**2 + (2 * ndtr(u) - 1) * (part**2 - full**2)
    return np.asarray(left - right)


def stationary_u(n: ArrayLike, N: ArrayLike, z: ArrayLike, c: ArrayLike) -> Array:
    """Largest root u, elementwise, NaN where there is none; sigma = 1.

    n: points owed; N > z > 0: points of the others, and compared with; c: cost of a point.
    """
    n, N, z, c = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (n, N, z, c)))
    low, found = np.ones(n.shape), _excess_pull(np.ones(n.shape), n, N, z, c) > 0
    for u in np.linspace(0.9, 0.1, 9):
        if found.all():
            break
        here = ~found & (_excess_pull(np.full(n.shape, u), n, N, z, c) > 0)
        low, found = np.where(here, u, low), found | here
    high = np.full(n.shape, FARTHEST)
    found &= _excess_pull(high, n, N, z, c) < 0
    for _ in range(STEPS):
        middle = 0.5 * (low + high)
        up = _excess_pull(middle, n, N, z, c) > 0
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    return np.where(found, low, np.nan)


def excess(n: ArrayLike, N: ArrayLike, z: ArrayLike, c: ArrayLike) -> tuple[Array, Array]:
    """What the stationary threshold costs, P(n) h(n), inf where there is none; and u. sigma = 1."""
    from scipy.special import ndtr

    u = stationary_u(n, N, z, c)
    n, N, z = (np.asarray(x, dtype=float) for x in (n, N, z))
    cost = 2 * ndtr(-u) * (1 / (n + z) - 1 / (n + N))
    return np.where(np.isnan(u), np.inf, cost), u
