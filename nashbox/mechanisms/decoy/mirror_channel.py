"""The channel of the mirror: as of the decoy, with another falsehood.

The answer b(M) = E(e | M) of the honest falls again near the ends of the window, so that two told
values may share an answer: who is honest loses nothing by that, who is not learns less than M. The
risk of using an answer otherwise than by accepting is that of knowing M, a bound in her favour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nashbox.mechanisms.decoy.channel import DecoyChannel
from nashbox.mechanisms.decoy.mirror import expected_by_mirror, lost_by_mirror
from nashbox.mechanisms.decoy.mirror_certificate import EPSILON, holds, nothing_below
from nashbox.mechanisms.threshold.moments import ORDER, nodes
from nashbox.problem.arrays import Array

SLACKS = (5e-4, 5e-3, 0.05)  # relative, tried where honesty is not best
STEP = 1e-5  # relative, of the difference quotient in n


@dataclass(frozen=True)
class MirrorChannel(DecoyChannel):
    """owed: n*, which the answer is weighted for. others: N. t: half window, in measurements."""

    floor_everywhere: ClassVar[bool] = False  # proofs by boxes take long

    def lost(self, a: Array, lie: Array) -> Array:
        """F of the mirror."""
        return lost_by_mirror(a, lie)

    def expected(self, m: Array, a: float, lie: float) -> Array:
        """E(e | M = m) under the mirror."""
        return expected_by_mirror(m, a, lie)

    def slope(self, n: float) -> float:
        """Derivative of `best_risk`, by a difference quotient."""
        ends = self.best_risk(n * np.array([1 - STEP, 1 + STEP]))
        return float(ends[1] - ends[0]) / (2 * STEP * n)

    def answered(self, m: Array) -> Array:
        """E(e | m) of who is honest and owes what she handed in."""
        sd = float(self.spread(np.float64(self.owed)))
        return sd * self.expected(m / sd, self.t / sd, 0.0)

    def falsehood(self) -> tuple[float, float]:
        """Mean over falsehoods of -sign(e) b, and of b^2; their density is 2 rho/t^2."""
        rho, weights = nodes(np.array([0.0, 0.5 * self.t, self.t]), ORDER)
        b, density = self.answered(rho), 2 * rho / self.t**2
        return float(weights @ (b * density)), float(weights @ (b * b * density))

    def floor(self, cost: float, best: float) -> float:
        """`best` where the certificate holds, else what boxes show or all information allows."""
        v = self.sigma**2
        if holds(self.t / self.sigma, self.owed, self.others, cost / v):
            here = float(self.best_risk(np.float64(self.owed))) + cost * self.owed
            return min(best, here * (1 - EPSILON))
        t, n = self.t / self.sigma, self.owed
        for slack in SLACKS:
            if nothing_below(t, n, self.others, cost / v, best * (1 - slack) / v):
                return best * (1 - slack)
        n = max(self.sigma / np.sqrt(cost) - self.others, 0.0)
        return float(v / (n + self.others) + cost * n)

    def risk_floor(self, n: float) -> float:
        """All information: the certificate is for the whole penalty."""
        return self.sigma**2 / (n + self.others) if n > 0 else super().risk_floor(n)

    def bend(self, n: float, cost: float, price: float, *, integer: bool) -> None:
        """Nothing is known."""
        return None

    def told(self, e: Array, t: Array, u: Array) -> Array:
        """Beyond the window, another difference of the other sign."""
        return self.answered(np.where(np.abs(e) <= t, e, -np.sign(e) * t * np.sqrt(u)))
