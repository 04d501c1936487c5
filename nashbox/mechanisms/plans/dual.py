"""The best closed-form bound for thin instances, where multipliers are huge and floats cancel.

For weights b + lam of spending, b >= 0 fixed and lam >= 0 free, every rational plan satisfies
b . p >= B(sum (b + lam), b + lam) - lam . o =: D(lam) (see ``bounds``). D is concave, and any lam
will do. An agent that costs r times less than all others and has next to no room needs lam near r,
so D is a small difference of large numbers: it is evaluated in decimals that lose nothing.
"""

from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np

from nashbox.mechanisms.plans.base import Instance
from nashbox.problem.arrays import Array, Mask

DIGITS = 130  # costs may differ by 1e100, and so may multipliers
SMALL = 64  # entries of a table that is worth a search
ROUNDS = 4


class Dual:
    """D for one instance and one b >= 0, (m,)."""

    def __init__(self, instance: Instance, base: Array) -> None:
        c = self.costs = instance.costs
        self.free: Mask = np.isfinite(instance.outside)
        self.base = base
        self._base = [Decimal(float(b)) for b in base]
        self._o = [Decimal(float(o)) if np.isfinite(o) else Decimal(0) for o in instance.outside]
        self._columns = [
            (Decimal(float(s)), [(i, Decimal(float(c[i, k]))) for i in np.flatnonzero(can)])
            for k, (s, can) in enumerate(zip(instance.sigma, np.isfinite(c).T, strict=True))
        ]

    def __call__(self, lam: Array) -> float:
        """D(lam); entries of lam without a finite outside option count as 0."""
        with localcontext() as context:
            context.prec = DIGITS
            add = [
                Decimal(float(x)) if f else Decimal(0) for x, f in zip(lam, self.free, strict=True)
            ]
            w = [b + x for b, x in zip(self._base, add, strict=True)]
            a = sum(w, Decimal(0))
            total = -sum((x * o for x, o in zip(add, self._o, strict=True)), Decimal(0))
            for s, column in self._columns:
                total += 2 * s * (a * min(w[i] * c for i, c in column)).sqrt()
            return float(total)


def tightened(instance: Instance, weights: Array, thin: Instance) -> Array:
    """Raise weights (m,) until no work that `thin` leaves out is worth more than it was there."""
    c, kept = instance.costs, np.isfinite(thin.costs)
    worth = np.where(kept, weights[:, None] * np.where(kept, c, 1.0), np.inf).min(axis=0)
    needed: Array = np.where(np.isfinite(c), worth / c, 0.0).max(axis=1)
    return np.maximum(weights, np.where(kept.all(axis=1), 0.0, needed))


def _ties(costs: Array, weights: Array, i: int) -> Array:
    """Weights of agent i at which its work is worth as much as somebody else's: D has kinks."""
    with np.errstate(invalid="ignore", over="ignore"):
        at = np.delete(weights[:, None] * costs, i, axis=0) / costs[i]
    return np.unique(at[np.isfinite(at)])


def _lifted(costs: Array, weights: Array, i: int) -> Array:
    """Raise all weights until no work is worth less than that of agent i: D is 0 if one is 0."""
    worth = np.where(np.isfinite(costs[i]), weights[i] * costs[i], 0.0)
    needed: Array = np.where(np.isfinite(costs), worth / costs, 0.0).max(axis=1)
    return np.maximum(weights, needed)


def improve(dual: Dual, start: Array, enough: float) -> float:
    """The largest D found near `start` (m,) or on its own at any scale; stops at `enough`.

    Searches one multiplier at a time, and all of them together, over ever smaller factors.
    """
    m = len(start)
    agents = np.flatnonzero(dual.free)
    lam = np.where(dual.free, np.maximum(start, 0.0), 0.0)
    best = max((dual(lam), 0), (dual(0.0 * lam), 1))
    value, lam = best[0], 0.0 * lam if best[1] else lam

    def offer(other: Array) -> bool:
        nonlocal value, lam
        new = dual(other)
        if new > value:
            value, lam = new, other
            return True
        return False

    top = float(dual.base.max())
    for i in agents:
        w = dual.base + lam
        ties = _ties(dual.costs, w, int(i)) - dual.base[i]
        for x in [*(top * 10.0 ** np.arange(-2, 17)), *ties[ties > 0]]:
            if value >= enough:
                return value
            other = np.where(np.arange(m) == i, x, lam)
            offer(other)
            offer(_lifted(dual.costs, dual.base + other, int(i)) - dual.base)
        offer(_lifted(dual.costs, dual.base + lam, int(i)) - dual.base)
    for factor in (10.0, 2.0, 1.1, 1.01)[:ROUNDS]:
        for i in [-1, *agents]:
            which = np.arange(m) == i if i >= 0 else np.ones(m, dtype=bool)
            for step in (factor, 1.0 / factor):
                for _ in range(20):
                    if value >= enough:
                        return value
                    if not offer(np.where(which, lam * step, lam)):
                        break
    return value
