"""The channel of the threshold rule: a comparison of means, passed or failed.

Z is the mean of z random points of the others, W the mean of all their N points. An agent who
owes hands in s points of mean Y. If |Y - Z| <= t she receives the mean of her points and all of
the others', else the mean of her points and the z. Who hands in nothing has failed.

After n honest points she fails with probability P(n) = 2 Phi(-t/(sigma sqrt(1/n + 1/z))). The mean
of everything and the mean of own points and Z are both uncorrelated with Y - Z, hence independent
of the verdict, and R(n) = sigma^2 ((1 - P)/(n + N) + P/(n + z)). No submission does better: given
her points, Z is normal around their mean, and an interval of fixed length is hit most often where
it is centred there (Anderson); given the verdict, no estimator does better than the pooled mean.

R is convex, so that a stationary count is the best of all. With a = 1 - P and h the stake,
R = v/(n + z) - a h and R'' = 2v/(n + z)^3 - a h'' - a'' h - 2 a' h'. The first two terms leave at
least 2v/(n + N)^3, as a <= 1; u is concave in n and 2 Phi(u) - 1 concave and increasing in u, so
a'' <= 0 <= a'; and h' < 0 < h.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.gauss import phi
from nashbox.mechanisms.mean_channel import MeanChannel, mean_risk, without_own
from nashbox.mechanisms.resampled import compared
from nashbox.mechanisms.threshold.copies import believed_risk
from nashbox.mechanisms.threshold.moments import PitmanCurve, Reception, verdict_moments
from nashbox.problem.arrays import Array
from nashbox.problem.channel import ROUNDING, Channel, columns
from nashbox.problem.plays import Play
from nashbox.problem.responses import Bend

BEND = 0.3166  # above the largest u (1 + u^2) phi(u)/2, at u^2 = 1 + sqrt(2)


@dataclass(frozen=True)
class ThresholdChannel(Channel):
    """clean: z. others: N >= z. t: the largest difference that passes, units of measurements."""

    scales: ClassVar[bool] = True

    sigma: float
    clean: float
    others: float
    t: float

    def standardised(self, n: Array | np.float64) -> Array:
        """u = t/(sigma sqrt(1/n + 1/z)), 0 at n = 0."""
        n = np.asarray(n, dtype=float)
        z = self.clean
        return np.asarray(self.t / self.sigma * np.sqrt(n * z / (n + z)))

    def fails(self, n: Array | np.float64) -> Array:
        """P(n): the chance that n honest points do not pass.

        >>> channel = ThresholdChannel(sigma=10.0, clean=25.0, others=100.0, t=5.0)
        >>> [round(float(p), 6) for p in channel.fails(np.array([0.0, 25.0]))]
        [1.0, 0.0771]
        """
        from scipy.special import ndtr

        return np.asarray(2 * ndtr(-self.standardised(n)))

    def stake(self, n: Array | np.float64) -> Array:
        """h(n): what failing costs, sigma^2 (1/(n + z) - 1/(n + N))."""
        n = np.asarray(n, dtype=float)
        return np.asarray(
            self.sigma**2 * (self.others - self.clean) / ((n + self.clean) * (n + self.others))
        )

    def best_risk(self, n: Array | np.float64) -> Array:
        """R(n), which honesty attains; sigma^2/z at n = 0."""
        n = np.asarray(n, dtype=float)
        pooled = mean_risk(self.sigma, n + self.others)
        return pooled if self.clean == 0 else np.asarray(pooled + self.fails(n) * self.stake(n))

    @property
    def regular(self) -> bool:
        """Whether there is something to be compared with."""
        return self.clean > 0

    @classmethod
    def best_risks(cls, channels: Sequence[ThresholdChannel]) -> Callable[[Array], Array]:
        """The same of many, which are one channel with columns for parameters."""
        rows = columns([(c.sigma, c.clean, c.others, c.t) for c in channels])
        many = cls(*rows)  # type: ignore[arg-type]

        def risks(n: Array) -> Array:
            return mean_risk(many.sigma, n + many.others) + many.fails(n) * many.stake(n)

        return risks

    def slope(self, n: float) -> float:
        """R'(n) = -v/(n+N)^2 - P (v/(n+z)^2 - v/(n+N)^2) - h z u phi(u)/(n (n + z))."""
        v, z, N = self.sigma**2, self.clean, self.others
        if z == 0:
            return -v / (n + N) ** 2
        at = np.float64(n)
        u = self.standardised(at)
        pull = self.stake(at) * z / (n * (n + z)) * u * phi(u)
        spread = v / (n + z) ** 2 - v / (n + N) ** 2
        return float(-v / (n + N) ** 2 - self.fails(at) * spread - pull)

    def least(self, cost: float) -> tuple[float, float]:
        """The n that minimises R(n) + c n over real n >= 0, and the minimum.

        R is convex, so that the root of the slope is the global minimum.
        """
        from scipy.optimize import brentq

        def slope(n: float) -> float:
            return self.slope(n) + cost

        scale = self.sigma / np.sqrt(cost)
        low, high = 1e-9 * scale, 2 * scale  # the slope of v/n is -c at scale; R falls no faster
        while slope(high) < 0:
            high *= 2
        n = 0.0
        if slope(low) < 0:
            n = float(brentq(slope, low, high, xtol=1e-300, rtol=8.9e-16))
        return n, float(self.best_risk(np.float64(n))) + cost * n

    def best_play(self, n: float) -> Play:
        """Honesty; who has nothing gets the mean of Z."""
        return Play.truthful(n)

    @cached_property
    def _failed(self) -> MeanChannel:
        return MeanChannel(self.sigma, self.clean)

    def risk(self, play: Play) -> tuple[float, float]:
        """Closed form for honest submissions, one-dimensional quadrature for the others.

        Where a part of the own points is handed in, Pitman's estimator is not worked out: the
        number is that of accepting.
        """
        if self.clean == 0 or play.s == 0:
            return self._failed.risk(play)
        if play.n == 0:  # fakes far from mu fail and can be taken out again
            value = float(mean_risk(self.sigma, np.float64(self.clean)))
            return (value, ROUNDING * value) if play.weight is None else (float("inf"), 0.0)
        if play.complies:
            value = float(self.best_risk(np.float64(play.n)))
            return value, ROUNDING * value
        if play.weight is None and play.q == play.n:
            return PitmanCurve(self, play.n, play.s, play.shift).risk()
        return self.verdict(play).risk()

    def verdict(self, play: Play) -> Reception:
        """Errors with either answer, and the chance to pass (s, q >= 1)."""
        if play.weight is None:
            play = replace(play, weight=1.0)
        return verdict_moments(self, play)

    def estimate(self, play: Play, own: Array, submitted: Array, information: Array) -> Array:
        """X-bar - E_0[X-bar | I - X-bar]."""
        if self.clean == 0 or play.s == 0:
            return self._failed.estimate(play, own, submitted, information)
        if play.n == 0:
            return without_own(play.s, submitted, self.clean, information)
        if play.tells_all or play.q != play.n:
            best = information
        else:
            curve = _curve(self, play.n, play.s, play.shift)
            best = own - curve.correction(information - own)
        return np.where(np.isnan(information), own, best)

    def examined_risk(self, play: Play) -> tuple[float, float]:
        """Quadrature throughout; accepting is a valid use of the truth."""
        if play.n == 0 or play.s == 0 or self.clean == 0:
            return self.risk(play)
        if play.s == play.n and play.shift == 0.0:
            return self.verdict(play).risk()
        return PitmanCurve(self, play.n, play.s, play.shift).risk()

    def risk_floor(self, n: float) -> float:
        """The chance to pass by quadrature, and the pooled means' variances with either answer."""
        if n == 0 or self.clean == 0:
            return super().risk_floor(n)
        verdict, v = self.verdict(Play.truthful(n)), self.sigma**2
        chance = min(1.0, verdict.chance + verdict.chance_error)
        return chance * v / (n + self.others) + (1 - chance) * v / (n + self.clean)

    def copied_risk(self, collected: int, honest: int, own: int, friends: int) -> float:
        """Risk of always believing what one reader is told."""
        if collected == 0 or own == 0 or self.clean == 0:
            return math.inf
        z = int(self.clean)
        return believed_risk(collected, honest, own, friends, z, self.t, self.sigma)

    def bend(self, n: float, cost: float, price: float, *, integer: bool) -> Bend:
        """R_v(n) = v/(n + N) + v P h, P = 2 Phi(-u), u = t/(sqrt(v) a), h = 1/(n + z) - 1/(n + N).

        It is convex in v, as (v P)'' = u (1 + u^2) phi(u)/(2 v): so is an honest penalty, and the
        best one is nowhere more than K w^2/8 below its chord over an interval of width w, with
        K = (1/z - 1/N) max_u u (1 + u^2) phi(u)/(2 v).
        """
        z = self.clean
        return Bend(0.0, BEND * (1 / z - 1 / max(self.others, z)) if z else 0.0)

    def errors(
        self, counts: NDArray[np.int_], values: Array, worlds: int, rng: np.random.Generator
    ) -> Array:
        """M^2 of who fails, else ((n + z) M/(n + N))^2 + (N - z) v/(n + N)^2, v of the data."""
        z, n, v = int(self.clean), counts[None, :], float(np.mean(values**2))
        M, gap = compared(values, counts, z, worlds, rng)
        rest = self.others - z
        share, noise = (n + z) / (n + z + rest), rest * v / (n + z + rest) ** 2
        kept = np.where(np.abs(gap) <= self.t, (share * M) ** 2 + noise, M**2)
        return np.asarray(np.where(n > 0, kept, M**2))


_curve = lru_cache(maxsize=256)(PitmanCurve)
