"""The best rule for one agent and one distribution: least risk that makes n points optimal.

Given n, the others' N points and the cost c, a rule is a threshold (z, t). The penalty is convex in
the count, so the first-order condition at n is enough; it fixes t for every z, and the best z is
searched. With whole numbers the condition is that n - 1 and n + 1 are no better, and leaves an
interval of t: the largest t of it costs least.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.threshold.stationary import FARTHEST, excess

Array = NDArray[np.float64]

RATIOS = np.geomspace(2e-4, 0.97, 56)  # of z to N
INSIDE = 1 - 1e-7  # of the largest t: honesty is strictly best
FEW = 10  # sizes of Z kept for whole numbers


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
    return (_whole if integer else _real)(n, others, cost, sigma)


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


def _whole(n: float, others: float, cost: float, sigma: float) -> Tuned | None:
    if others < 2 or _wants_more(n, others, cost, sigma):
        return None
    zs = np.unique(np.rint(np.clip(others * RATIOS, 1, others - 1)))
    if zs.size > FEW:
        added, _ = excess(n, others, zs, cost / sigma**2)
        zs = np.sort(zs[np.argsort(added)[:FEW]])
    best = _largest_thresholds(n, others, zs, cost, sigma)
    if best is None:
        return None
    around = np.unique(np.clip(best.z + np.arange(-3.0, 4.0), 1, others - 1))
    return min(
        (b for b in (best, _largest_thresholds(n, others, around, cost, sigma)) if b),
        key=lambda rule: rule.excess,
    )


def _wants_more(n: float, others: float, cost: float, sigma: float) -> bool:
    """Whether n + 1 points are better than n even if everything is pooled."""
    T = n + others
    return sigma**2 / (T * (T + 1)) > cost * (1 + 1e-12)


def _largest_thresholds(
    n: float, others: float, zs: Array, cost: float, sigma: float
) -> Tuned | None:
    """For each z the largest t for which neither n - 1 nor n + 1 is better; the best of these."""
    from scipy.special import ndtr

    v = sigma**2
    x = np.array([n - 1, n, n + 1])
    reach = np.sqrt(x * zs[:, None] / (x + zs[:, None])) / sigma  # u per unit of t
    stake = v * (others - zs[:, None]) / ((x + zs[:, None]) * (x + others))
    base = v / (x + others) + cost * x

    def holds(t: Array) -> NDArray[np.bool_]:
        prices = base + 2 * ndtr(-t[:, None] * reach) * stake
        here = prices[:, 1:2] * (1 - 1e-13)
        return np.asarray((prices >= here).all(axis=1))

    u_here = reach[:, 1]
    low, found = np.zeros(zs.size), np.zeros(zs.size, dtype=bool)
    _, start = excess(n, others, zs, cost / v)
    for u in (start, *np.linspace(5.0, 0.2, 33)):
        tried = np.where(np.isnan(u), 1.0, u) / u_here
        here = ~found & holds(tried)
        low, found = np.where(here, tried, low), found | here
        if found.all():
            break
    if not found.any():
        return None
    high = FARTHEST / u_here
    for _ in range(40):
        middle = 0.5 * (low + high)
        up = holds(middle)
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    inner = np.where(holds(low * INSIDE), low * INSIDE, low)
    added = np.where(found, 2 * ndtr(-inner * u_here) * stake[:, 1], np.inf)
    j = int(np.argmin(added))
    return Tuned(float(zs[j]), float(inner[j]), float(added[j]))
