"""The global minimum of R(n) + c n, with a proof: subdivision and bounds on every piece.

On [a, b] three bounds hold: R falls, so nothing is below R(b) + c b - c (b - a); if the slope keeps
its sign, nothing is below the lower end; else nothing is below where the tangent cones of the two
ends meet. The last one is quadratic in b - a, so that pieces shrink only near the minimum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

TOLERANCE = 1e-11  # relative, of the certified minimum
ROUNDS = 200


class Falling(Protocol):
    """A risk that falls with n, with bounds of its slope."""

    def best_risk(self, n: Array | np.float64) -> Array:
        """R(n)."""

    def slope(self, n: float) -> float:
        """R'(n)."""

    def slope_between(self, a: Array, b: Array) -> tuple[Array, Array]:
        """Lower and upper bound of R' on [a, b]."""


@dataclass(frozen=True)
class Minimum:
    """n attains price; no n >= 0 has less than bound."""

    n: float
    price: float
    bound: float


def certified_minimum(risk: Falling, cost: float, tolerance: float = TOLERANCE) -> Minimum:
    """Minimise R(n) + c n over n >= 0, 0 < c < inf."""

    def price(n: Array) -> Array:
        return risk.best_risk(n) + cost * n

    probe = np.geomspace(1e-6, 1e9, 301) / cost**0.5
    values = price(probe)
    top = float(values.min()) / cost
    ends = np.concatenate([[0.0], probe[probe < top], [top]])
    f_ends = np.concatenate([price(ends[:1]), price(ends[1:])])
    a, b, f_a, f_b = ends[:-1], ends[1:], f_ends[:-1], f_ends[1:]
    j = int(np.argmin(f_ends))
    best, n, reach = float(f_ends[j]), float(ends[j]), 0.0
    proven = np.inf
    for _ in range(ROUNDS):
        bound = _bounds(risk, cost, a, b, f_a, f_b)
        open_ = bound < best - tolerance * abs(best)
        proven = min(proven, float(bound[~open_].min(initial=np.inf)))
        if not open_.any():
            break
        a, b, f_a, f_b = a[open_], b[open_], f_a[open_], f_b[open_]
        middle = 0.5 * (a + b)
        f_m = price(middle)
        j = int(np.argmin(f_m))
        if f_m[j] < best:
            best, n, reach = float(f_m[j]), float(middle[j]), float(b[j] - a[j])
        a, b = np.concatenate([a, middle]), np.concatenate([middle, b])
        f_a, f_b = np.concatenate([f_a, f_m]), np.concatenate([f_m, f_b])
    else:
        proven = min(proven, float(bound.min()))
    n, best = _polished(risk, cost, n, best, reach)
    return Minimum(n, best, min(proven, best))


def _bounds(risk: Falling, cost: float, a: Array, b: Array, f_a: Array, f_b: Array) -> Array:
    width = b - a
    bound = f_b - cost * width
    inner = a > 0
    if not inner.any():
        return bound
    low, high = risk.slope_between(a[inner], b[inner])
    low, high = low + cost, high + cost
    f_a, f_b, width = f_a[inner], f_b[inner], width[inner]
    with np.errstate(invalid="ignore", divide="ignore"):
        cone = (high * f_a - low * f_b + low * high * width) / (high - low)
    ends = np.minimum(f_a, f_b)
    sharp = np.where((low >= 0) | (high <= 0), ends, np.minimum(cone, ends))
    bound[inner] = np.maximum(bound[inner], sharp)
    return bound


def _polished(
    risk: Falling, cost: float, n: float, best: float, reach: float
) -> tuple[float, float]:
    """Move n to the root of the slope beside it."""
    from scipy.optimize import brentq

    def slope(x: float) -> float:
        return risk.slope(x) + cost

    step = max(reach, 1e-6 * n)
    low, high = n - min(step, 0.5 * n), n + step
    if n == 0 or not slope(low) < 0 < slope(high):
        return n, best
    root = float(brentq(slope, low, high, xtol=1e-300, rtol=8.9e-16))
    value = float(risk.best_risk(np.float64(root)) + cost * root)
    return (root, value) if value <= best else (n, best)
