"""What the best threshold rule adds to the risk, as a smooth function to search with.

With counts in units of n_ind = sigma/sqrt(c) and risks in units of sigma sqrt(c), the least excess
of a rule for n points owed out of T depends on x = n/n_ind and T/n_ind only. It is tabulated once
and interpolated in log E over (logit x, log(T - 1)); searches use it, answers never do.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.threshold.stationary import excess

Array = NDArray[np.float64]

LOGITS = np.linspace(-9.0, 2.75, 42)
LOGS = np.linspace(-7.0, 6.0, 36)
MOST = float(1 / (1 + np.exp(-LOGITS[-1])))  # of x: beyond, working alone is about as good
LEAST = float(1 / (1 + np.exp(-LOGITS[0])))


@cache
def _spline() -> Any:
    from scipy.interpolate import RectBivariateSpline

    x = 1 / (1 + np.exp(-LOGITS))[:, None, None]
    N = 1 + np.exp(LOGS)[None, :, None] - x
    ratios = np.geomspace(4e-6, 0.97, 48)
    added = np.log(excess(x, N, N * ratios, 1.0)[0])
    best = added.min(axis=2)
    j = np.clip(added.argmin(axis=2), 1, ratios.size - 2)
    left, here, right = (
        np.take_along_axis(added, (j + step)[..., None], axis=2)[..., 0] for step in (-1, 0, 1)
    )
    bend = left - 2 * here + right
    with np.errstate(invalid="ignore", divide="ignore"):
        vertex = here - (left - right) ** 2 / (8 * bend)
    best = np.where(np.isfinite(vertex) & (bend > 0) & (here <= best), vertex, best)
    return RectBivariateSpline(LOGITS, LOGS, best, s=0)


def least_excess(x: Array, T: Array) -> Array:
    """E(x, T), elementwise, for x < MOST and T > 1."""
    return _values(x, T)[0]


def _values(x: Array, T: Array) -> tuple[Array, Array, Array]:
    """E(x, T), and where it stands in the table."""
    a = np.clip(np.log(x / (1 - x)), LOGITS[0], LOGITS[-1])
    b = np.clip(np.log(np.maximum(T - 1, 1e-12)), LOGS[0], LOGS[-1])
    E = np.exp(_spline().ev(a, b))
    return np.where(x < LEAST, E * x / LEAST, E), a, b  # E is proportional to x there


def surface(x: Array, T: Array) -> tuple[Array, Array, Array]:
    """E(x, T) with its derivatives by x and by T."""
    E, a, b = _values(x, T)
    spline, small = _spline(), x < LEAST
    by_a, by_b = spline.ev(a, b, dx=1), spline.ev(a, b, dy=1)
    by_b = np.where((b > LOGS[0]) & (b < LOGS[-1]), by_b, 0.0)
    by_x = np.where(small, 1 / x, by_a / (x * (1 - x)))
    return E, E * by_x, E * by_b / np.maximum(T - 1, 1e-12)
