"""The channel of CBL's corrupted branch: what noise that grows with the discrepancy is worth.

Points Z (z of them) and Z' (z' of them) come from the others. Y's mean differs from Z's by D;
eta^2 = alpha^2 D^2 is added to every point of Z', and I is the precision-weighted mean of Y u Z
and Z' (Algorithm 2, lines 18-23; the weights as in the proof, appendix H.1).

Given D everything is jointly normal, so every risk is an integral over x = (D - Delta)/sd(D).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.cbl.quadrature import pitman_table, quadrature_risk
from nashbox.mechanisms.mean_channel import MeanChannel, mean_risk, without_own
from nashbox.mechanisms.resampled import compared
from nashbox.problem.arrays import Array
from nashbox.problem.channel import ROUNDING, Channel, columns
from nashbox.problem.plays import Play
from nashbox.problem.responses import STRAIGHT, Bend


@dataclass(frozen=True)
class CorruptChannel(Channel):
    """Case C of Algorithm 2. clean: |Z|. corrupted: |Z'|. alpha: the corruption coefficient."""

    scales: ClassVar[bool] = True

    sigma: float
    clean: float
    corrupted: float
    alpha: float

    def best_risk(self, n: Array | np.float64) -> Array:
        """R(n) of eq. 64: no submission and no estimator does better than honesty after n.

        The full-information bound E[Var(mu | X, Z, Z', eta)] is smallest for an honest submission
        (Hardy-Littlewood, appendix H.1), and accepting I attains it. n = 0: the mean of Z alone.
        """
        n = np.asarray(n, dtype=float)
        collected = np.maximum(n, 1e-30)
        return np.where(
            n > 0, self._honest(collected), mean_risk(self.sigma, np.float64(self.clean))
        )

    def _honest(self, n: Any) -> Any:
        """R(n) in closed form: E[1/(P + Q x^2)] = sqrt(pi/(2 P Q)) erfcx(sqrt(P/(2 Q))).

        >>> channel = CorruptChannel(sigma=10.0, clean=10.0, corrupted=180.0, alpha=3.936428691)
        >>> round(float(channel.best_risk(np.float64(10.0))) + 0.05 * 10, 9)
        1.815832751
        """
        v = self.sigma**2
        if self.regular:
            return _accepted(n, v, self.clean, self.corrupted, self.alpha)
        if self.clean == 0:
            return v / n
        return v / (self.corrupted + n + self.clean)

    @property
    def regular(self) -> bool:
        """Whether noise is added to anything."""
        return self.clean > 0 and self.corrupted > 0 and self.alpha > 0

    @classmethod
    def best_risks(cls, channels: Sequence[CorruptChannel]) -> Callable[[Array], Array]:
        """The same of many."""
        sigma, *rest = columns([(c.sigma, c.clean, c.corrupted, c.alpha) for c in channels])
        nothing = mean_risk(sigma, rest[0])
        return lambda n: np.where(n > 0, _accepted(np.maximum(n, 1e-30), sigma**2, *rest), nothing)

    def slope(self, n: float) -> float:
        """R'(n) by a complex step, exact to machine precision."""
        step = 1e-20 * n
        return float(np.imag(self._honest(np.complex128(complex(n, step)))) / step)

    def best_play(self, n: float) -> Play:
        """Honesty; who has nothing gets the mean of Z."""
        return Play.truthful(n)

    def risk(self, play: Play) -> tuple[float, float]:
        """Closed form for honest submissions, quadrature for the others."""
        if self.clean == 0:
            own = float(mean_risk(self.sigma, np.float64(play.n)))
            return own, 0.0 if np.isinf(own) else ROUNDING * own
        if play.s == 0:  # the mean of Z, with the own mean or without
            z_only = MeanChannel(self.sigma, self.clean)
            return z_only.risk(play)
        if play.n == 0:  # fakes infinitely far from mu: the noise drowns Z', the fakes remain
            if play.weight is None:
                value = float(mean_risk(self.sigma, np.float64(self.clean)))
                return value, ROUNDING * value
            return float("inf"), 0.0
        if play.complies:
            value = float(self._honest(np.float64(play.n)))
            return value, ROUNDING * value
        return quadrature_risk(self, play)

    def estimate(self, play: Play, own: Array, submitted: Array, information: Array) -> Array:
        """X-bar - E_0[X-bar | I - X-bar], tabulated by quadrature."""
        if self.clean == 0 and play.n > 0:  # nothing of the others is shown
            return own
        if play.n == 0:
            # what she made up is known to her; far from mu the answer is (s Y + z Z)/(s + z)
            if play.s > 0 and self.clean > 0:
                return without_own(play.s, submitted, self.clean, information)
            return information
        if play.s == 0:
            best = (play.n * own + self.clean * information) / (play.n + self.clean)
        elif play.tells_all:
            best = information
        else:
            grid, correction = pitman_table(self, play.n, play.s, play.q, play.shift)
            best = own - np.interp(information - own, grid, correction)
        return np.where(np.isnan(information), own, best)

    def examined_risk(self, play: Play) -> tuple[float, float]:
        """Quadrature throughout; accepting is a valid use of the truth, and of one dimension."""
        if play.n == 0 or play.s == 0 or self.clean == 0:
            return self.risk(play)
        if play.s == play.n and play.shift == 0.0:
            return quadrature_risk(self, replace(play, weight=1.0))
        return quadrature_risk(self, play)

    def risk_floor(self, n: float) -> float:
        """E[Var(mu | X, Z, Z', eta)], which honesty attains, by quadrature."""
        if n == 0 or self.clean == 0:
            return super().risk_floor(n)
        risk, error = quadrature_risk(self, Play.truthful(n))
        return risk - error

    def bend(self, n: float, cost: float, price: float, *, integer: bool) -> Bend:
        """Risks are linear in v: the noise grows with the discrepancy, and hence with sigma."""
        return STRAIGHT

    def errors(
        self, counts: NDArray[np.int_], values: Array, worlds: int, rng: np.random.Generator
    ) -> Array:
        """(a M)^2 + (1 - a)^2 (v + eta^2)/z', a the weight of what is clean, v of the data."""
        z, rest, n = int(self.clean), self.corrupted, counts[None, :]
        M, gap = compared(values, counts, z, worlds, rng)
        said, v = self.sigma**2, float(np.mean(values**2))
        eta2 = (self.alpha * gap) ** 2
        share = (n + z) / said / ((n + z) / said + rest / (said + eta2))
        kept = (share * M) ** 2 + (1 - share) ** 2 * (v + eta2) / max(rest, 1)
        return np.asarray(np.where(n > 0, kept, M**2))


def _accepted(n: Any, v: Any, clean: Any, corrupted: Any, alpha: Any) -> Any:
    from scipy.special import erfcx

    C = (n + clean) / v
    b = (alpha**2) * v * (1 / n + 1 / clean)  # eta^2 = b x^2
    P, Q = corrupted + C * v, C * b
    expectation = np.sqrt(np.pi / (2 * P * Q)) * erfcx(np.sqrt(P / (2 * Q)))
    return (1 - corrupted * expectation) / C
