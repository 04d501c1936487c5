"""The corruption coefficient alpha: eq. 11, the root that makes n* exactly optimal."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nashbox.problem.arrays import Array

BLOCK = 64  # values of alpha tried at once
HALVINGS = 60  # of a step of the grid, which is 0.6 % wide


def G(a: Any, n: Any, T: Any, c: Any, sigma: Any) -> Array:
    """Eq. 11 with D = T - 2 n*; exp * erfc is written erfcx, which does not overflow.

    Elementwise.
    """
    from scipy.special import erfcx

    D = T - 2 * n
    first = (
        4 * a / np.sqrt(T) * (4 * a**2 * T / (D * n) - 1 - 16 * c * a**2 * T * n / (sigma**2 * D))
    )
    second = (4 * a**2 / T * (T / n + 1) - 1) * np.sqrt(2 * np.pi) * erfcx(np.sqrt(T / (8 * a**2)))
    return np.asarray(first - second)


@lru_cache(maxsize=65536)
def corruption(n: float, T: float, c: float, sigma: float) -> float | None:
    """Smallest root of G above sqrt(n*), or None if there is none.

    n: recommended count n* > 0. T: points of everybody together. c: cost per sample.

    >>> round(corruption(10.0, 200.0, 0.05, 10.0), 9)
    3.936428691
    """
    root = float(corruptions(n, T, c, sigma))
    return None if np.isnan(root) else root


def corruptions(n: ArrayLike, T: ArrayLike, c: ArrayLike, sigma: ArrayLike) -> Array:
    """The same of many pairs, elementwise, NaN where there is none."""
    given = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in (n, T, c, sigma)))
    flat = np.array([x.ravel() for x in given])
    roots = np.full(flat.shape[1], np.nan)
    low, high, left = np.zeros(roots.size), np.zeros(roots.size), 2 * flat[0] < flat[1]
    # n* < n_ind/2 makes G grow like a^3 in the end; the factor covers the slowest such growth
    grid = np.geomspace(1.0, 1e6, 2401)
    for start in range(0, grid.size - 1, BLOCK):
        if not left.any():
            break
        rows = np.flatnonzero(left)
        a = np.sqrt(flat[0, rows, None]) * grid[start : start + BLOCK + 1]
        values = G(a, *flat[:, rows, None])
        turns = (values[:, 1:] == 0) | ((values[:, 1:] > 0) != (values[:, :-1] > 0))
        turns[:, 0] |= values[:, 0] == 0
        j, found = turns.argmax(axis=1), turns.any(axis=1)
        low[rows], high[rows] = a[np.arange(rows.size), j], a[np.arange(rows.size), j + 1]
        left[rows[found]] = False
    some = np.flatnonzero((2 * flat[0] < flat[1]) & ~left)
    roots[some] = _root(low[some], high[some], flat[:, some])
    return roots.reshape(given[0].shape)


def _root(low: Array, high: Array, rest: Array) -> Array:
    """Where G changes its sign between two neighbours, or is 0 at one of them."""
    first, last = G(low, *rest), G(high, *rest)
    ends = np.where(first == 0, low, np.where(last == 0, high, np.nan))
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        same = (G(middle, *rest) > 0) == (first > 0)
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return np.where(np.isnan(ends), 0.5 * (low + high), ends)
