"""Honesty is the best submission under a decoy: F(l, v) >= F(0, v) for all lies, by computation.

In units where t = 1 the lie is d, the variance of e is v, a = 1/sqrt(v), and F is a function of (d,
v). Proven inequalities, evaluated in floating point, cover all lies:

* next to honesty by Taylor: F is even and analytic in the lie. With f_k its coefficients and Mx >=
  |F - f_0 - f_2 z^2| on |z| = r, Schwarz' lemma gives F(l) >= f_0 + f_2 l^2 - Mx l^4/r^4, which is
  at least f_0 for l^2 <= f_2 r^4/Mx;
* far away: who shows pass or fail as well tells more, J <= x phi(x) + Qc(x) + phi(x)^2/Phi(x) where
  d is x standard deviations beyond the window's end, and J(a, 0) rises in a;
* between, boxes in (v, d): F is concave in the law of e, and dN(d, v)/dN(d0, v0) >= sqrt(v0/v)
  exp(-(d - d0)^2/(2 (v - v0))) for v0 < v, so that

      F(d, v) >= sqrt(v0/v) exp(-(d - d0)^2/(2 (v - v0))) F(d0, v0) ;                           (4)

  as F(0, v) rises in v, a box is done where this is at least F(0, v) at its largest v.

Not formal: rounding, Mx as 1.5 times the maximum over 128 points, and the Taylor range between
grid points CELL apart as 0.9 times the smaller of theirs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nashbox.mechanisms.decoy.told import ROOT_2_PI, lost, rule

Array = NDArray[np.float64]
Share = Callable[[Array, Array], Array]  # F/v of windows a and lies, in standard deviations

CELL = 1.02  # ratio of neighbouring a
RADII = (0.7, 0.9, 1.1, 1.25)  # of the circle, times 1/max(a, 1)
POINTS = 128
FAR = np.linspace(3.5, 8.0, 10)  # standard deviations beyond the window's end
ROUNDING = 1e-11
DEEPEST, MOST = 60, 4_000_000  # halvings, and boxes of one cell


@dataclass(frozen=True)
class Cover:
    """boxes: how many were needed. open: (v1, v2, d1, d2) of boxes that were not done, (R, 4)."""

    boxes: int
    open: Array


def analytic(a: float, z: NDArray[np.complex128]) -> NDArray[np.complex128]:
    """F/v for complex lies, next to 0."""
    from scipy.special import wofz

    def density(x: NDArray[np.complex128]) -> NDArray[np.complex128]:
        return np.asarray(np.exp(-0.5 * x * x) / ROOT_2_PI)

    def tail(x: NDArray[np.complex128]) -> NDArray[np.complex128]:
        return np.asarray(0.5 * np.exp(-0.5 * x * x) * wofz(1j * x / np.sqrt(2)))

    x, weights = rule()
    up, down = density(a - z), density(a + z)
    Q = tail(a - z) + tail(a + z)
    first = z * Q + up - down
    second = (1 + z * z) * Q + (a + z) * up + (a - z) * down
    m, q = a * x, (Q / (2 * a))[:, None]
    p = density(m - z[:, None])
    inside = p * q / (p + q) * (m - (first / Q)[:, None]) ** 2
    return np.asarray(second - first**2 / Q + a * (inside @ weights))


def taylor_range(a: float) -> float:
    """Lies up to which honesty is best by Taylor, in standard deviations."""
    best = 0.0
    for factor in RADII:
        r = factor / max(a, 1.0)
        z = r * np.exp(2j * np.pi * np.arange(POINTS) / POINTS)
        values = analytic(a, z)
        coefficients = np.fft.fft(values).real / POINTS
        f0, f2 = coefficients[0], coefficients[2] / r**2
        rest = 1.5 * float(np.abs(values - f0 - f2 * z**2).max())
        if f2 > 0:
            best = max(best, min(0.9 * r, float(np.sqrt(0.9 * f2 * r**4 / rest))))
    return best


def far_lies(a: float, share: Share = lost) -> float:
    """Standard deviations beyond the window's end from which honesty is best, for all wider a."""
    from scipy.special import ndtr

    phi = np.exp(-0.5 * FAR**2) / ROOT_2_PI
    most = FAR * phi + ndtr(-FAR) + phi**2 / ndtr(FAR)
    told = 1 - float(share(np.array([a]), np.zeros(1))[0])
    good = np.flatnonzero(most <= told)
    if not good.size:
        raise ValueError(f"far lies are not covered for so narrow a window, got a = {a:g}")
    return float(FAR[good[0]])


def cover(low: float, high: float, share: Share = lost) -> Cover:
    """Cover all lies for low <= a <= high; share: F/v of the rule."""
    edges = np.geomspace(low, high, int(np.ceil(np.log(high / low) / np.log(CELL))) + 1)
    near = np.array([taylor_range(float(a)) for a in edges])
    boxes, left = 0, []
    for j in range(edges.size - 1):
        a1, a2 = float(edges[j]), float(edges[j + 1])
        start = 0.9 * float(near[j : j + 2].min()) / a2
        end = 1 + far_lies(a1, share) / a1
        more, remaining = _cell(np.array([[1 / a2**2, 1 / a1**2, start, end]]), share)
        boxes += more
        left.append(remaining)
    return Cover(boxes, np.concatenate(left))


def _cell(boxes: Array, share: Share) -> tuple[int, Array]:
    """Halve boxes until all are done: their number, and those that are not."""
    seen = 0
    for _ in range(DEEPEST):
        seen += len(boxes)
        boxes = boxes[~done(boxes, share)]
        if not boxes.size or seen > MOST:
            break
        v1, v2, d1, d2 = boxes.T
        wide = (d2 - d1) / (2 * np.sqrt(v1)) > np.log(v2 / v1)
        middle = np.where(wide, 0.5 * (d1 + d2), np.sqrt(v1 * v2))
        below = np.stack([v1, np.where(wide, v2, middle), d1, np.where(wide, middle, d2)], axis=1)
        above = np.stack([np.where(wide, v1, middle), v2, np.where(wide, middle, d1), d2], axis=1)
        boxes = np.concatenate([below, above])
    return seen, boxes


def done(boxes: Array, share: Share) -> NDArray[np.bool_]:
    """Whether (4) from the middle of a box is at least F(0, v2), for boxes (R, 4)."""
    v1, v2, d1, d2 = boxes.T
    h = 0.5 * (d2 - d1)
    v0 = v1 / (1 + h / np.sqrt(v1))

    def spread(v: ArrayLike) -> Array:
        return np.asarray(0.5 * np.log(v0 / v) - h * h / (2 * (v - v0)))

    here = v0 * share(1 / np.sqrt(v0), 0.5 * (d1 + d2) / np.sqrt(v0))
    factor = np.exp(np.minimum(spread(v1), spread(v2)))  # quasi-concave in v: the ends suffice
    target = v2 * share(1 / np.sqrt(v2), np.zeros(v2.size))
    return np.asarray(here * factor * (1 - ROUNDING) >= target)
