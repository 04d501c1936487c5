"""What the best rule of a kind adds to the risk, as a smooth function to search with.

With counts in units of n_ind = sigma/sqrt(c) and risks in units of sigma sqrt(c), the least excess
of a rule for n points owed out of T depends on x = n/n_ind and T/n_ind only. It is tabulated once
for thresholds and once for decoys (`secret`), which cost less, and interpolated in log E over
(logit x, log(T - 1)); searches use it, answers never do.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.decoy.tuning import stationary_excess
from nashbox.mechanisms.threshold.stationary import excess

Array = NDArray[np.float64]

# by `secret`: logit x and log(T - 1); beyond the last x working alone is about as good
LOGITS = {False: np.linspace(-9.0, 2.75, 42), True: np.linspace(-9.0, 4.6, 25)}
LOGS = {False: np.linspace(-7.0, 6.0, 36), True: np.linspace(-7.0, 6.0, 20)}
MOST = {secret: float(1 / (1 + np.exp(-grid[-1]))) for secret, grid in LOGITS.items()}  # of x
LEAST = float(1 / (1 + np.exp(9.0)))


@cache
def _spline(secret: bool) -> Any:
    from scipy.interpolate import RectBivariateSpline

    return RectBivariateSpline(
        LOGITS[secret], LOGS[secret], (_decoys if secret else _thresholds)(), s=0
    )


def _decoys() -> Array:
    """log E on the grid."""
    x, N = np.broadcast_arrays(*_debts(True))
    return np.log(stationary_excess(x, N))


def _debts(secret: bool) -> tuple[Array, Array]:
    """x and N = T - x of the grid, to broadcast."""
    x = 1 / (1 + np.exp(-LOGITS[secret]))[:, None]
    return x, 1 + np.exp(LOGS[secret])[None, :] - x


def _thresholds() -> Array:
    """log E on the grid, the best z between three of a grid by a parabola."""
    x, N = (part[..., None] for part in _debts(False))
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
    return np.asarray(best)


def least_excess(x: Array, T: Array, secret: bool = False) -> Array:
    """E(x, T), elementwise, for x < MOST[secret], T > 1; secret: of decoys, else of thresholds."""
    return _values(x, T, secret)[0]


def _values(x: Array, T: Array, secret: bool) -> tuple[Array, Array, Array]:
    """E(x, T), and where it stands in the table."""
    a = np.clip(np.log(x / (1 - x)), LOGITS[secret][0], LOGITS[secret][-1])
    b = np.clip(np.log(np.maximum(T - 1, 1e-12)), LOGS[secret][0], LOGS[secret][-1])
    E = np.exp(_spline(secret).ev(a, b))
    return np.where(x < LEAST, E * x / LEAST, E), a, b  # E is proportional to x there


def surface(x: Array, T: Array, secret: bool = False) -> tuple[Array, Array, Array]:
    """E(x, T) with its derivatives by x and by T."""
    E, a, b = _values(x, T, secret)
    spline, small = _spline(secret), x < LEAST
    by_a, by_b = spline.ev(a, b, dx=1), spline.ev(a, b, dy=1)
    by_b = np.where((b > LOGS[secret][0]) & (b < LOGS[secret][-1]), by_b, 0.0)
    by_x = np.where(small, 1 / x, by_a / (x * (1 - x)))
    return E, E * by_x, E * by_b / np.maximum(T - 1, 1e-12)
