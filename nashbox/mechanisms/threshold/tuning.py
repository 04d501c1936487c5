"""The best rule for one agent and one distribution: least risk that makes n points optimal.

Given n, the others' N points and the cost c, a rule is a threshold (z, t). The penalty is convex in
the count, so the first-order condition at n is enough; it fixes t for every z, and the best z is
searched. With whole numbers the condition is that n - 1 and n + 1 are no better, and leaves an
interval of t: the largest t of it costs least.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from nashbox.mechanisms.threshold.stationary import FARTHEST, excess
from nashbox.problem.arrays import Array, Mask

RATIOS = np.geomspace(2e-4, 0.97, 56)  # of z to N
INSIDE = 1 - 1e-7  # of the largest t: honesty is strictly best
FEW = 10  # sizes of Z kept for whole numbers
AT_ONCE = 2_000  # pairs tuned in one call


@dataclass(frozen=True)
class Tuned:
    """A rule for one pair: z and t, and the risk it adds to that of the pooled mean."""

    z: float
    t: float
    excess: float


@lru_cache(maxsize=200_000)
def tuned(n: float, others: float, cost: float, sigma: float, integer: bool) -> Tuned | None:
    """The best threshold for n points owed, or None where none makes n globally optimal.

    >>> rule = tuned(7.2672, 138.0772, 0.05, 10.0, False)
    >>> round(rule.z, 2), round(rule.t, 2), round(rule.excess, 4)
    (11.53, 9.99, 0.1616)
    """
    if not (n > 0 and others > 0 and np.isfinite(cost)):
        return None
    if not integer:
        return _real(n, others, cost, sigma)
    return _whole(np.array([(n, others, cost, sigma)]))[0]


def tuned_all(pairs: Array, integer: bool) -> list[Tuned | None]:
    """`tuned` of many pairs, (P, 4): n, others, cost, sigma. Whole counts AT_ONCE in one call."""
    if not integer:
        return [tuned(*pair, integer) for pair in pairs.tolist()]
    found: list[Tuned | None] = [None] * len(pairs)
    possible = np.flatnonzero((pairs[:, :2] > 0).all(axis=1) & np.isfinite(pairs[:, 2]))
    for start in range(0, possible.size, AT_ONCE):
        some = possible[start : start + AT_ONCE]
        for j, rule in zip(some.tolist(), _whole(pairs[some]), strict=True):
            found[j] = rule
    return found


def _real(n: float, others: float, cost: float, sigma: float) -> Tuned | None:
    c = cost / sigma**2
    if (n + others) ** 2 * c < 1:  # T < n_ind: she wants more than n even if nothing is withheld
        return None
    zs = others * RATIOS
    added, _ = excess(n, others, zs, c)
    j = int(np.argmin(added))
    if not np.isfinite(added[j]):
        return None
    z = _sharpened(n, others, c, zs, j, added)
    best, u = excess(n, others, z, c)
    t = float(u) * sigma * float(np.sqrt(1 / n + 1 / z))
    return Tuned(z, t, sigma**2 * float(best))


def _sharpened(n: float, others: float, c: float, zs: Array, j: int, added: Array) -> float:
    """z at the least excess between the neighbours of a grid point."""
    from scipy.optimize import minimize_scalar

    low, high = np.log(zs[max(j - 1, 0)]), np.log(zs[min(j + 1, zs.size - 1)])

    def objective(x: float) -> float:
        value = float(excess(n, others, float(np.exp(x)), c)[0])
        return value if np.isfinite(value) else 10 * float(added[j])

    found = minimize_scalar(
        objective, bounds=(low, high), method="bounded", options={"xatol": 1e-5}
    )
    return float(np.exp(found.x)) if found.fun <= added[j] else float(zs[j])


def _whole(pairs: Array) -> list[Tuned | None]:
    """pairs: (P, 4), n, others, cost and sigma of each."""
    found: list[Tuned | None] = [None] * len(pairs)
    at = np.flatnonzero((pairs[:, 1] >= 2) & ~_wants_more(*pairs.T))
    if not at.size:
        return found
    n, others, cost, sigma = pairs[at].T[:, :, None]
    zs = _each_once(np.clip(others * RATIOS, 1, others - 1))
    if zs.shape[1] > FEW:
        added, _ = excess(n, others, zs, cost / sigma**2)
        best = np.argsort(np.where(np.isnan(zs), np.inf, added), axis=1, kind="stable")[:, :FEW]
        many = (np.isfinite(zs).sum(axis=1) > FEW)[:, None]
        zs = np.where(many, np.sort(np.take_along_axis(zs, best, axis=1)), zs[:, :FEW])
    first = _largest_thresholds(n, others, zs, cost, sigma)
    kept = np.isfinite(first.excess)
    if not kept.any():
        return found
    around = first.z[kept, None] + np.arange(-3.0, 4.0)
    around = _each_once(np.clip(around, 1, others[kept] - 1))
    second = _largest_thresholds(n[kept], others[kept], around, cost[kept], sigma[kept])
    for place, j in enumerate(np.flatnonzero(kept).tolist()):
        one = min((rules.row(r) for rules, r in ((first, j), (second, place))), key=_excess)
        found[at[j]] = one
    return found


def _excess(rule: Tuned) -> float:
    return rule.excess


def _each_once(values: Array) -> Array:
    """Whole numbers of each row once, in order, NaN in the places that are left."""
    zs = np.sort(np.rint(values), axis=1)
    zs[:, 1:][zs[:, 1:] == zs[:, :-1]] = np.nan
    zs.sort(axis=1)
    return zs[:, : int(np.isfinite(zs).sum(axis=1).max())]


def _wants_more(n: Array, others: Array, cost: Array, sigma: Array) -> Mask:
    """Whether n + 1 points are better than n even if everything is pooled."""
    T = n + others
    return np.asarray(sigma**2 / (T * (T + 1)) > cost * (1 + 1e-12))


class _PairRules(NamedTuple):
    """Of P pairs, (P,) each; excess: inf where nothing holds."""

    z: Array
    t: Array
    excess: Array

    def row(self, j: int) -> Tuned:
        return Tuned(float(self.z[j]), float(self.t[j]), float(self.excess[j]))


def _largest_thresholds(
    n: Array, others: Array, zs: Array, cost: Array, sigma: Array
) -> _PairRules:
    """For each z the largest t for which neither n - 1 nor n + 1 is better; the best of these.

    All (P, 1) but zs, (P, Z), NaN where there are fewer.
    """
    from scipy.special import ndtr

    shape, v = zs.shape, sigma**2
    real = np.isfinite(zs).ravel()
    _, start = excess(n, others, zs, cost / v)
    n, others, cost, v = (np.broadcast_to(x, shape).ravel()[real] for x in (n, others, cost, v))
    z, unit = zs.ravel()[real, None], np.sqrt(v)
    x = n[:, None] + np.array([-1.0, 0.0, 1.0])
    reach = np.sqrt(x * z / (x + z)) / unit[:, None]  # u per unit of t
    N = others[:, None]
    stake = v[:, None] * (N - z) / ((x + z) * (x + N))
    base = v[:, None] / (x + N) + cost[:, None] * x

    def holds(t: Array, rows: Any = slice(None)) -> Mask:
        prices = base[rows] + 2 * ndtr(-t[:, None] * reach[rows]) * stake[rows]
        here = prices[:, 1:2] * (1 - 1e-13)
        return np.asarray((prices >= here).all(axis=1))

    u_here = reach[:, 1]
    low, left = np.zeros(u_here.size), np.arange(u_here.size)
    for u in (start.ravel()[real], *np.linspace(5.0, 0.2, 33)):
        given = np.broadcast_to(u, u_here.shape)[left]
        tried = np.where(np.isnan(given), 1.0, given) / u_here[left]
        here = holds(tried, left)
        low[left[here]] = tried[here]
        left = left[~here]
        if not left.size:
            break
    some = np.setdiff1d(np.arange(u_here.size), left)
    low, high = low[some], FARTHEST / u_here[some]
    for _ in range(40):
        middle = 0.5 * (low + high)
        up = holds(middle, some)
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    inner = np.where(holds(low * INSIDE, some), low * INSIDE, low)
    added, t = np.full(real.size, np.inf), np.full(real.size, np.nan)
    at = np.flatnonzero(real)[some]
    added[at] = 2 * ndtr(-inner * u_here[some]) * stake[some, 1]
    t[at] = inner
    best = (np.arange(shape[0]), added.reshape(shape).argmin(axis=1))
    return _PairRules(zs[best], t.reshape(shape)[best], added.reshape(shape)[best])
