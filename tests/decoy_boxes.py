"""Honesty is the best submission under a decoy: F(l, v) >= F(0, v) for all lies, by computation.

In units where t = 1 the lie is d, the variance of e is v, a = 1/sqrt(v), and F is a function of (d,
v). Proven inequalities, evaluated in floating point, cover all lies:

* next to honesty by Taylor and Schwarz, see `taylor_range`;
* far away: who shows pass or fail as well tells more, J <= x phi(x) + Qc(x) + phi(x)^2/Phi(x) where
  d is x standard deviations beyond the window's end, and J(a, 0) rises in a;
* between, boxes in (v, d) by (4) of `harnack`: as F(0, v) rises in v, a box is done where F is at
  least F(0, v) at its largest v.

Not formal: rounding, Mx as 1.5 times the maximum over 128 points, and the Taylor range between
grid points CELL apart as 0.9 times the smaller of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nashbox.mechanisms.decoy.harnack import (
    Complex,
    Share,
    below,
    halves,
    tail,
    taylor_range,
)
from nashbox.mechanisms.decoy.told import NODES, lost
from nashbox.mechanisms.gauss import ROOT_2_PI, legendre, phi
from nashbox.problem.arrays import Array, Mask

CELL = 1.02  # ratio of neighbouring a
FAR = np.linspace(3.5, 8.0, 10)  # standard deviations beyond the window's end
DEEPEST, MOST = 60, 4_000_000  # halvings, and boxes of one cell


@dataclass(frozen=True)
class Cover:
    """boxes: how many were needed. open: (v1, v2, d1, d2) of boxes that were not done, (R, 4)."""

    boxes: int
    open: Array


def analytic(a: float, z: Complex) -> Complex:
    """F/v for complex lies, next to 0."""
    x, weights = legendre(NODES)
    up, down = phi(a - z), phi(a + z)
    Q = tail(a - z) + tail(a + z)
    first = z * Q + up - down
    second = (1 + z * z) * Q + (a + z) * up + (a - z) * down
    m, q = a * x, (Q / (2 * a))[:, None]
    p = phi(m - z[:, None])
    inside = p * q / (p + q) * (m - (first / Q)[:, None]) ** 2
    return np.asarray(second - first**2 / Q + a * (inside @ weights))


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
    near = np.array([taylor_range(float(a), analytic) for a in edges])
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
        boxes = halves(boxes, boxes[:, 0], boxes[:, 1])
    return seen, boxes


def done(boxes: Array, share: Share) -> Mask:
    """Whether (4) from the middle of a box is at least F(0, v2), for boxes (R, 4)."""
    v1, v2, d1, d2 = boxes.T
    target = v2 * share(1 / np.sqrt(v2), np.zeros(v2.size))
    return np.asarray(below(share, 1.0, 0.5 * (d1 + d2), 0.5 * (d2 - d1), v1, v2) >= target)
