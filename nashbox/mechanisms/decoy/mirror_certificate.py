"""Whether no count and no lie beats n* honest points under a mirror: one window, all of (n, l).

sigma = 1, lies in its units, sd^2 = v(n) = 1/n + 1/N; the penalty is
p(n, l) = 1/(n+N) + (N/(n+N))^2 F(l, v) + c n, and eps = EPSILON p(n*, 0).

* Few points: the least F over lies rises in v (a wider law is a mixture), so that it is bounded for
  all counts below n_low by (4) of `boxes` on a grid of lies at n_low.
* Many points: c n alone costs more. Far lies: who lies FAR sd beyond the window fails always.
* Next to honesty, |n/n* - 1| <= STRIP: Taylor and Schwarz in the lie as in `boxes`, and p(n, 0)
  convex on a grid of counts, least at n* (numerical: nobody has proven it convex).
* Between, boxes in (n, l): F of the middle by (4), F_low, and g = 1/(n+N) + (N/(n+N))^2 F_low + c n
  is convex in n, hence at least g(mid) - |g'(mid)| (n2 - n1)/2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.decoy.boxes import POINTS, RADII
from nashbox.mechanisms.decoy.mirror import analytic_mirror, lost_by_mirror

Array = NDArray[np.float64]

EPSILON = 1e-9
STRIP = 0.06
FAR = 8.0
NEAR = 9  # windows of the strip whose Taylor range is worked out
ROUNDING = 1e-11
DEEPEST, MOST = 40, 40_000


def holds(t: float, n: float, N: float, c: float) -> bool:
    """Whether honesty with n points is best, by what is computed."""
    here = float(_price(t, np.array([n]), np.zeros(1), N, c)[0])
    aim = here * (1 - EPSILON)
    along = np.linspace(1 - STRIP, 1 + STRIP, 2001) * n
    values = _price(t, along, np.zeros(along.size), N, c)
    if (np.diff(values, 2) < -1e-12 * here).any() or values.min() < aim:
        return False
    near = 0.95 * min(
        _taylor(t / _sd(x, N)) * _sd(x, N) for x in np.linspace(1 - STRIP, 1 + STRIP, NEAR) * n
    )
    low = _few(t, n, N, aim)
    if low is None or near <= 0:
        return False
    edge, high = float(t + FAR * _sd(low, N)), aim / c
    if (1 - 1e-12) * 2 * np.sqrt(c) < aim:  # far lies
        return False
    inner, outer = n * (1 - STRIP), n * (1 + STRIP)
    boxes = np.array(
        [[low, inner, 0.0, edge], [inner, outer, near, edge], [outer, max(high, outer), 0.0, edge]]
    )
    return _covered(boxes, t, N, c, aim)


def nothing_below(t: float, n: float, N: float, c: float, aim: float) -> bool:
    """Whether no count and no lie costs less than `aim`, which is below all that was found."""
    low = _few(t, n, N, aim)
    if low is None or (1 - 1e-12) * 2 * np.sqrt(c) < aim:
        return False
    edge = float(t + FAR * _sd(low, N))
    return _covered(np.array([[low, max(aim / c, 2 * low), 0.0, edge]]), t, N, c, aim)


def _sd(n: float, N: float) -> float:
    return float(np.sqrt(1 / n + 1 / N))


def _price(t: float, n: Array, lie: Array, N: float, c: float) -> Array:
    v = 1 / n + 1 / N
    F = v * lost_by_mirror(t / np.sqrt(v), lie / np.sqrt(v))
    return np.asarray(1 / (n + N) + (N / (n + N)) ** 2 * F + c * n)


def _taylor(a: float) -> float:
    """Lies up to which honesty is best at this window, in standard deviations."""
    best = 0.0
    for factor in RADII:
        r = factor / max(a, 1.0)
        z = r * np.exp(2j * np.pi * np.arange(POINTS) / POINTS)
        values = analytic_mirror(a, z)
        coefficients = np.fft.fft(values).real / POINTS
        f0, f2 = coefficients[0], coefficients[2] / r**2
        rest = 1.5 * float(np.abs(values - f0 - f2 * z**2).max())
        if f2 > 0:
            best = max(best, min(0.9 * r, float(np.sqrt(0.9 * f2 * r**4 / rest))))
    return best


def _few(t: float, n: float, N: float, aim: float) -> float | None:
    """A count below which nothing is better than honesty, whatever the lie."""
    for share in (0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.005):
        low = share * n
        v = 1 / low + 1 / N
        h = 0.01 * np.sqrt(v)
        lies = np.arange(0.0, t + FAR * np.sqrt(v), 2 * h) + h
        least = float(_harnack(t, lies, h * np.ones(lies.size), v, v).min())
        if 1 / (low + N) + (N / (low + N)) ** 2 * min(least, v * (1 - 1e-12)) > aim:
            return float(low)
    return None


def _harnack(t: float, lie: Array, h: Array, v1: Array | float, v2: Array | float) -> Array:
    """Below F on [lie - h, lie + h] x [v1, v2], by (4) of `boxes`."""
    v1, v2 = np.broadcast_to(v1, lie.shape), np.broadcast_to(v2, lie.shape)
    v0 = v1 / (1 + h / np.sqrt(v1))
    F = v0 * lost_by_mirror(t / np.sqrt(v0), lie / np.sqrt(v0))
    ends = [0.5 * np.log(v0 / v) - h * h / (2 * (v - v0)) for v in (v1, v2)]
    return np.asarray(F * np.exp(np.minimum(*ends)) * (1 - ROUNDING))


def _covered(boxes: Array, t: float, N: float, c: float, aim: float) -> bool:
    for _ in range(DEEPEST):
        n1, n2, d1, d2 = boxes.T
        F = _harnack(t, 0.5 * (d1 + d2), 0.5 * (d2 - d1), 1 / n2 + 1 / N, 1 / n1 + 1 / N)
        n = 0.5 * (n1 + n2)
        g = 1 / (n + N) + (N / (n + N)) ** 2 * F + c * n
        slope = -1 / (n + N) ** 2 - 2 * N**2 / (n + N) ** 3 * F + c
        boxes = boxes[g - np.abs(slope) * 0.5 * (n2 - n1) < aim]
        if not boxes.size:
            return True
        if len(boxes) > MOST:
            return False
        n1, n2, d1, d2 = boxes.T
        v1, v2 = 1 / n2 + 1 / N, 1 / n1 + 1 / N
        wide = (d2 - d1) / (2 * np.sqrt(v1)) > np.log(v2 / v1)
        n, d = np.sqrt(n1 * n2), 0.5 * (d1 + d2)
        below = np.stack([n1, np.where(wide, n2, n), d1, np.where(wide, d, d2)], axis=1)
        above = np.stack([np.where(wide, n1, n), n2, np.where(wide, d, d1), d2], axis=1)
        boxes = np.concatenate([below, above])
    return False
