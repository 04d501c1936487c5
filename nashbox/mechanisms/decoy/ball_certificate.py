"""A joint decoy: below what nobody gets who collects at most what is owed of each distribution.

With n_k <= n* points, v_k = (1/n_k + 1/N)/(1/n* + 1/N) >= 1, and N(mu, V) is a mixture of N(mu', I)
over mu' ~ N(mu, V - I). What is left of u is concave in its law (she may be told mu'), so that with
A, B of `minorant` and s^2 = 1/n* + 1/N, w(n) = (N/(n + N))^2 (sigma = 1),

    penalty >= sum_k [ g_k + s^2 w(n_k) E A ] + s^2 w(n*) E B,      g_k = 1/(n_k+N) + c_k n_k .

At a given mean of y_k = log(1 + K (v_k - 1)) lies only add to E A and E B, and so do unequal y_k.
phi(y) = g + s^2 w X is convex in y at every X that matters (checked at the ends, as it is linear in
X; where it stops to be convex it is replaced by its last tangent, checked to be below it), so that
the sum is least where all y_k are equal as well: one function of one number is left. What is above
CAP of X costs more than honesty by itself.

More than is owed of some distributions and less of others is not covered: v_k < 1 leaves no common
law to mix from. It was searched, see `ball_joint`.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from nashbox.mechanisms.decoy.minorant import Minorant, minorant
from nashbox.problem.arrays import Array, Mask

PIVOTS = (0.3, 0.8, 0.5)  # K tried
POINTS = 20_001  # of y
FEWEST = 1e-3  # n/n* where the last point lies
ENOUGH = 4e-4  # relative: a bound that close ends the search for a better pivot


def least_penalty(d: int, r: float, n: float, N: float, cost: float, here: float) -> float:
    """A penalty that nobody is below who collects at most n of each; -inf where nothing is proven.

    here: the penalty of honesty, all distributions in sum; sigma = 1.
    """
    best = -np.inf
    for pivot in PIVOTS:
        best = max(best, _by(pivot, d, r, n, N, cost, here))
        if best >= here * (1 - ENOUGH):
            break
    return best


@lru_cache(maxsize=4096)
def _by(pivot: float, d: int, r: float, n: float, N: float, cost: float, here: float) -> float:
    found = minorant(d, r, pivot)
    return -np.inf if found is None else _least(found, n, N, cost, here)


def _least(found: Minorant, n: float, N: float, cost: float, here: float) -> float:
    d, s2 = found.d, 1 / n + 1 / N
    y = np.linspace(0.0, np.log1p(found.pivot * ((1 / (FEWEST * n) + 1 / N) / s2 - 1)), POINTS)
    count = 1 / (s2 * (1 + np.expm1(y) / found.pivot) - 1 / N)
    g, w = 1 / (count + N) + cost * count, s2 * (N / (count + N)) ** 2
    alone = max(1 / np.sqrt(cost) - N, 0.0)  # where g is least, at most n
    cap = (1.001 * here / d - (1 / (alone + N) + cost * alone)) / w[0]
    convex = _convexly(g, w, cap)
    if convex is None:
        return -np.inf
    g, w = convex
    A, B = found.means(y)
    total = d * (g + w * np.minimum(A, cap)) + w[0] * B
    # between points it is as far below as twice the second differences at most allow
    bend = np.abs(np.diff(total, 2))[np.clip(np.arange(POINTS) - 1, 0, POINTS - 3)]
    return float(min((total - 0.25 * bend).min(), here))


def _convexly(g: Array, w: Array, cap: float) -> tuple[Array, Array] | None:
    """g and w, continued straight where g + w X is not convex; None where that is not below."""

    def convex(values: Array) -> Mask:
        return np.asarray(np.diff(values, 2) >= -1e-13 * np.abs(values[1:-1]))

    good = convex(g) & convex(g + cap * w)
    if good.all():
        return g, w
    last = int(np.argmin(good))
    steps = np.arange(g.size)
    for j in np.unique(np.linspace(last, 0, 60).astype(int))[::-1]:
        if j < 100:
            break
        straight = [np.where(steps <= j, f, f[j] + (f[j] - f[j - 1]) * (steps - j)) for f in (g, w)]
        if all((straight[0] + X * straight[1] <= g + X * w + 1e-13).all() for X in (0.0, cap)):
            return straight[0], straight[1]
    return None
