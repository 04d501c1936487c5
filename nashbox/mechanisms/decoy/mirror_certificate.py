"""Whether no count and no lie beats n* honest points under a mirror: one window, all of (n, l).

sigma = 1, lies in its units, sd^2 = v(n) = 1/n + 1/N; the penalty is
p(n, l) = 1/(n+N) + (N/(n+N))^2 F(l, v) + c n, and eps = EPSILON p(n*, 0).

* Few points: the least F over lies rises in v (a wider law is a mixture), so that it is bounded for
  all counts below n_low by (4) of `harnack` on a grid of lies at n_low.
* Many points: c n alone costs more. Far lies: who lies FAR sd beyond the window fails always.
* Next to honesty, |n/n* - 1| <= STRIP: Taylor and Schwarz in the lie (`taylor_range`), and p(n, 0)
  convex on a grid of counts, least at n* (numerical: nobody has proven it convex).
* Between, boxes in (n, l): F of the middle by (4), F_low, and g = 1/(n+N) + (N/(n+N))^2 F_low + c n
  is convex in n, hence at least g(mid) - |g'(mid)| (n2 - n1)/2.
"""

from __future__ import annotations

import numpy as np

from nashbox.mechanisms.decoy.harnack import below, halves, taylor_range
from nashbox.mechanisms.decoy.mirror import analytic_mirror, lost_by_mirror
from nashbox.problem.arrays import Array

EPSILON = 1e-9
STRIP = 0.06
FAR = 8.0
NEAR = 9  # windows of the strip whose Taylor range is worked out
DEEPEST, MOST = 40, 40_000


def holds(t: float, n: float, N: float, c: float) -> bool:
    """Whether honesty with n points is best, by what is computed."""
    here = float(_price(t, np.array([n]), np.zeros(1), N, c)[0])
    aim = here * (1 - EPSILON)
    along = np.linspace(1 - STRIP, 1 + STRIP, 2001) * n
    values = _price(t, along, np.zeros(along.size), N, c)
    if (np.diff(values, 2) < -1e-12 * here).any() or values.min() < aim:
        return False
    sds = [_sd(x, N) for x in np.linspace(1 - STRIP, 1 + STRIP, NEAR) * n]
    near = 0.95 * min(taylor_range(t / sd, analytic_mirror) * sd for sd in sds)
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


def _few(t: float, n: float, N: float, aim: float) -> float | None:
    """A count below which nothing is better than honesty, whatever the lie."""
    for share in (0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.005):
        low = share * n
        v = 1 / low + 1 / N
        h = 0.01 * np.sqrt(v)
        lies = np.arange(0.0, t + FAR * np.sqrt(v), 2 * h) + h
        same = np.full(lies.size, v)
        least = float(below(lost_by_mirror, t, lies, np.full(lies.size, h), same, same).min())
        if 1 / (low + N) + (N / (low + N)) ** 2 * min(least, v * (1 - 1e-12)) > aim:
            return float(low)
    return None


def _covered(boxes: Array, t: float, N: float, c: float, aim: float) -> bool:
    for _ in range(DEEPEST):
        n1, n2, d1, d2 = boxes.T
        v1, v2 = 1 / n2 + 1 / N, 1 / n1 + 1 / N
        F = below(lost_by_mirror, t, 0.5 * (d1 + d2), 0.5 * (d2 - d1), v1, v2)
        n = 0.5 * (n1 + n2)
        g = 1 / (n + N) + (N / (n + N)) ** 2 * F + c * n
        slope = -1 / (n + N) ** 2 - 2 * N**2 / (n + N) ** 3 * F + c
        left = g - np.abs(slope) * 0.5 * (n2 - n1) < aim
        if not left.any():
            return True
        if left.sum() > MOST:
            return False
        boxes = halves(boxes[left], v1[left], v2[left])
    return False
