"""Where falling functions cross 0, many at once: secants, kept inside an interval."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from nashbox.problem.arrays import Array

STEPS = 60


def crossing(
    falling: Callable[[Array], Array], low: Array, high: Array, start: Array, within: float
) -> Array:
    """Points (K,) between `low` and `high` where `falling`, (K,) to (K,), crosses 0.

    Best for functions that are nearly straight with slope -1. Ends when no point moves by more
    than `within`; NaN counts as positive.

    >>> crossing(lambda x: 2 - np.exp(x), np.array([-9.0]), np.array([9.0]), np.zeros(1), 1e-12)
    array([0.69314718])
    """
    x, slope = start, np.full(start.shape, -1.0)
    old_x, old_value = x, np.full(start.shape, np.nan)
    for _ in range(STEPS):
        value = falling(x)
        with np.errstate(all="ignore"):
            secant = (value - old_value) / (x - old_x)
            slope = np.where((secant < 0) & np.isfinite(secant), secant, slope)
            new = x - value / slope
        beyond = value < 0
        low, high = np.where(beyond, low, x), np.where(beyond, x, high)
        new = np.where((new >= low) & (new <= high), new, 0.5 * (low + high))
        old_x, old_value, x = x, value, new
        if (np.abs(x - old_x) <= within).all():
            break
    return x
