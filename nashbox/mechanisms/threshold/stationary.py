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
from numpy.typing import ArrayLike

from nashbox.problem.arrays import Array

FARTHEST = 9.0  # u beyond which the chance to fail is no number that matters
STEPS = 60
CLOSE = 1e-12  # relative, of a step of Newton: the next one is rounding


class _Pull:
    """Left minus right side and its derivative by u, in units where sigma = 1."""

    def __init__(self, n: Array, N: Array, z: Array, c: Array) -> None:
        part, full = 1 / (n + z), 1 / (n + N)
        self.pull = (part - full) * z / (n * (n + z)) / np.sqrt(2 * np.pi)
        self.least, self.spread = c - part**2, part**2 - full**2

    def __call__(self, u: Array) -> tuple[Array, Array]:
        from scipy.special import ndtr

        density = np.exp(-0.5 * u * u)
        value = self.pull * u * density - self.least - (2 * ndtr(u) - 1) * self.spread
        slope = density * (self.pull * (1 - u * u) - self.spread * (2 / np.sqrt(2 * np.pi)))
        return value, slope


def stationary_u(n: ArrayLike, N: ArrayLike, z: ArrayLike, c: ArrayLike) -> Array:
    """Largest root u, elementwise, NaN where there is none; sigma = 1.

    n: points owed; N > z > 0: points of the others, and compared with; c: cost of a point.
    """
    n, N, z, c = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (n, N, z, c)))
    pull = _Pull(n, N, z, c)
    low, found = np.ones(n.shape), pull(np.ones(n.shape))[0] > 0
    for u in np.linspace(0.9, 0.1, 9):
        if found.all():
            break
        here = ~found & (pull(np.full(n.shape, u))[0] > 0)
        low, found = np.where(here, u, low), found | here
    high = np.full(n.shape, FARTHEST)
    found &= pull(high)[0] < 0
    u = np.where(found, 0.5 * (low + 3.0), np.nan)
    for _ in range(STEPS):  # of Newton, halvings where it leaves the bracket
        value, slope = pull(u)
        up = value > 0
        low, high = np.where(up, u, low), np.where(up, high, u)
        with np.errstate(divide="ignore", invalid="ignore"):
            to = u - value / slope
        to = np.where((to >= low) & (to <= high), to, 0.5 * (low + high))
        done = not (np.abs(to - u) > CLOSE * u).any()
        u = to
        if done:
            break
    return np.where(found, u, np.nan)


def excess(n: ArrayLike, N: ArrayLike, z: ArrayLike, c: ArrayLike) -> tuple[Array, Array]:
    """What the stationary threshold costs, P(n) h(n), inf where there is none; and u. sigma = 1."""
    from scipy.special import ndtr

    u = stationary_u(n, N, z, c)
    n, N, z = (np.asarray(x, dtype=float) for x in (n, N, z))
    cost = 2 * ndtr(-u) * (1 / (n + z) - 1 / (n + N))
    return np.where(np.isnan(u), np.inf, cost), u
