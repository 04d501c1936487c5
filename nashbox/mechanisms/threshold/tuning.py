"""The best rule for one agent and one distribution: least risk that makes n points optimal.

Given n, the others' N points and the cost c, a rule is a threshold (z, t) or CBL's noise (z,
alpha). The first-order condition at n fixes t, or alpha, for every z; the best z is searched, and
that n is the global optimum is then proven for the winner.

With whole numbers the condition at n is one of differences and leaves an interval of t: the
largest t of it costs least.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.threshold.channel import ThresholdChannel
from nashbox.mechanisms.threshold.stationary import excess

Array = NDArray[np.float64]

SLACK = 1e-10  # relative gain that counts as rounding
RATIOS = np.geomspace(2e-4, 0.97, 56)  # of z to N
INSIDE = 1 - 1e-7  # of the largest t: honesty is strictly best
FEW = 10  # sizes of Z kept for whole numbers
MOST_COUNTS = 20_000  # whole numbers examined one by one for one rule


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
    (11.6, 9.97, 0.1616)
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
    for j in np.argsort(added)[:12]:
        if not np.isfinite(added[j]):
            return None
        z = _sharpened(n, others, c, zs, int(j), added)
        for candidate in (z, float(zs[j])):
            found = _proven(n, others, candidate, cost, sigma)
            if found is not None:
                return found
    return None


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


def _proven(n: float, others: float, z: float, cost: float, sigma: float) -> Tuned | None:
    """The stationary rule at z, if n is its global optimum."""
    added, u = excess(n, others, z, cost / sigma**2)
    if not np.isfinite(added):
        return None
    t = float(u) * sigma * float(np.sqrt(1 / n + 1 / z))
    channel = ThresholdChannel(sigma, z, others, t)
    price = float(channel.best_risk(np.float64(n))) + cost * n
    if price - channel.least(cost).bound > SLACK * price:
        return None
    return Tuned(z, t, sigma**2 * float(added))


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
    """For each z the largest t for which no whole number is better than n; the best of these."""
    v = sigma**2
    alone = 2 * sigma * float(np.sqrt(cost))
    top = int(max(n, alone / cost, v / others / cost + n)) + 2
    if top > MOST_COUNTS:
        return None
    x = np.arange(top + 1.0)
    rules = [ThresholdChannel(sigma, float(z), others, 1.0) for z in zs]
    reach = np.array([rule.standardised(x) for rule in rules])  # u per unit of t
    stake = np.array([rule.stake(x) for rule in rules])
    base = v / (x + others) + cost * x

    def holds(t: Array) -> NDArray[np.bool_]:
        from scipy.special import ndtr

        prices = base + 2 * ndtr(-t[:, None] * reach) * stake
        here = prices[:, int(n)]
        return np.asarray((prices >= here[:, None] * (1 - 1e-13)).all(axis=1))

    u_here = reach[:, int(n)]
    low, found = np.zeros(zs.size), np.zeros(zs.size, dtype=bool)
    _, start = excess(n, others, zs, cost / v)
    for u in (start, *np.linspace(5.0, 0.2, 33)):
        here = ~found & holds(np.where(np.isnan(u), 1.0, u) / u_here)
        low, found = np.where(here, np.where(np.isnan(u), 1.0, u) / u_here, low), found | here
        if found.all():
            break
    if not found.any():
        return None
    high = 9.0 / u_here
    for _ in range(30):
        middle = 0.5 * (low + high)
        up = holds(middle)
        low, high = np.where(up, middle, low), np.where(up, high, middle)
    inner = np.where(holds(low * INSIDE), low * INSIDE, low)
    added = (
        np.array(
            [
                float(ThresholdChannel(sigma, float(z), others, float(t)).fails(np.float64(n)))
                for z, t in zip(zs, inner, strict=True)
            ]
        )
        * stake[:, int(n)]
    )
    added = np.where(found, added, np.inf)
    j = int(np.argmin(added))
    return Tuned(float(zs[j]), float(inner[j]), float(added[j]))
