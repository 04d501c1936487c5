"""The channel of the decoy rule: compared with all of the others' points, and never told so.

W is the mean of the others' N points and Y what is handed in, e = W - Y. If |e| <= t, M = e is
told; otherwise, unannounced, M is uniform on (-t, t). The answer is `answer.weighted`. Who hands in
nothing is told nothing. With sd^2 = sigma^2 (1/n + 1/N) and J of `told`, the penalty of n points
and a lie d, whatever is handed in and however the answer is used, is

    p(n, d) = sigma^2 ((1 - J)/n + J/(n + N)) + c n .                                            (1)

J is largest without a lie (computed for t/sd in [0.3, 13.2], see `certificate`), and p(n, 0) is
strictly convex in n.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.decoy import certificate
from nashbox.mechanisms.decoy.answer import unweighted, weighted
from nashbox.mechanisms.decoy.measured import told_errors
from nashbox.mechanisms.decoy.moments import accepted_risk
from nashbox.mechanisms.decoy.told import expected, gain_by_width, lost
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.mechanisms.threshold.moments import ORDER, nodes
from nashbox.problem.arrays import Array
from nashbox.problem.channel import Channel
from nashbox.problem.plays import Play
from nashbox.problem.responses import STRAIGHT, Bend

RELATIVE_ERROR = 1e-11  # of the quadrature of F
HALVINGS = 40
# of the second derivative of v F by v, times v: numerical, 20,001 windows from .001 to 30
FALLS, RISES = 0.068, 0.854


@dataclass(frozen=True)
class DecoyChannel(Channel):
    """owed: n*, which the answer is weighted for. others: N. t: half window, in measurements."""

    scales: ClassVar[bool] = True

    sigma: float
    owed: float
    others: float
    t: float

    def spread(self, n: Array | np.float64) -> Array:
        """Standard deviation of e after n honest points."""
        return np.asarray(self.sigma * np.sqrt(1 / np.asarray(n, dtype=float) + 1 / self.others))

    def risk_of_lie(self, n: Array | np.float64, lie: Array | np.float64) -> Array:
        """sigma^2 ((1 - J)/n + J/(n + N)) for n > 0; the lie in units of measurements."""
        n, sd = np.asarray(n, dtype=float), self.spread(n)
        F = self.lost(self.t / sd, np.asarray(lie) / sd)
        return np.asarray(self.sigma**2 * (F / n + (1 - F) / (n + self.others)))

    def lost(self, a: Array, lie: Array) -> Array:
        """F = 1 - J of windows and lies, in standard deviations of e."""
        return lost(a, lie)

    def expected(self, m: Array, a: float, lie: float) -> Array:
        """E(e | M = m), all in standard deviations of e."""
        return expected(m, a, lie)

    def answered(self, m: Array) -> Array:
        """The weighted answer b(m)."""
        return weighted(m, self.t, np.float64(self.spread(np.float64(self.owed))))

    def falsehood(self) -> tuple[float, float]:
        """Falsehoods are even: mean 0, and the mean of b^2."""
        u, weights = nodes(np.array([-self.t, 0.0, self.t]), ORDER)
        return 0.0, float(weights @ self.answered(u) ** 2) / (2 * self.t)

    def best_risk(self, n: Array | np.float64) -> Array:
        """The risk of honesty, inf at n = 0: fakes fail, and nothing handed in is told nothing.

        >>> channel = DecoyChannel(sigma=10.0, owed=14.0, others=98.0, t=9.5861)
        >>> round(8 * (float(channel.best_risk(np.float64(14))) + 0.05 * 14), 4)
        13.4096
        """
        n = np.asarray(n, dtype=float)
        some = np.where(n > 0, n, 1.0)
        if self.others == 0:
            return np.where(n > 0, self.sigma**2 / some, np.inf)
        return np.where(n > 0, self.risk_of_lie(some, np.float64(0.0)), np.inf)

    def slope(self, n: float) -> float:
        """Derivative of `best_risk`: -sigma^2 times the right side of (3)."""
        v, N = self.sigma**2, self.others
        if N == 0:
            return -v / n**2
        a, w = float(self.t / self.spread(np.float64(n))), 1 / n - 1 / (n + N)
        F = float(lost(a))
        return -v * (F / n**2 + (1 - F) / (n + N) ** 2 + 0.5 * w * w * float(gain_by_width(a)))

    def best_play(self, n: float) -> Play:
        """Honesty; where n is not what is owed the answer is weighted anew."""
        return Play(n, n, n, 0.0, 1.0 if n == self.owed else None)

    def floor(self, cost: float, best: float) -> float:
        """A penalty that no count and no lie is below, `best` being the least of honest ones."""
        if self.others == 0 or not np.isfinite(best):
            return best
        v = self.sigma**2
        return v * certificate.floor(self.t / self.sigma, self.others, cost / v, best / v)

    def risk_floor(self, n: float) -> float:
        """By the window's certificate."""
        if n == 0 or self.others == 0:
            return super().risk_floor(n)
        F = certificate.kept_whatever_lie(float(self.t / self.spread(np.float64(n))))
        return self.sigma**2 * (F / n + (1 - F) / (n + self.others))

    @cached_property
    def _alone(self) -> MeanChannel:
        return MeanChannel(self.sigma, 0.0)

    def risk(self, play: Play) -> tuple[float, float]:
        """Formula (1) where the answer is used as well as can be, else quadrature.

        Where a part of the own points is handed in, Pitman's estimator is not worked out: the
        number is that of accepting.
        """
        if self.others == 0 or play.s == 0:
            return self._alone.risk(play)
        if play.n == 0:  # fakes far from mu fail, and failing tells nothing of mu
            return float("inf"), 0.0
        best_use = play.weight is None and play.q == play.n
        if best_use or (play.weight != 0.0 and self._owed(play)):
            value = float(self.risk_of_lie(np.float64(play.n), np.float64(play.shift)))
            return value, RELATIVE_ERROR * value
        return accepted_risk(self, play)

    def _owed(self, play: Play) -> bool:
        """Whether accepting is the best use: the truth, as many points as are owed."""
        return play.complies and play.s == self.owed

    def estimate(self, play: Play, own: Array, submitted: Array, information: Array) -> Array:
        """X-bar + N/(n + N) E(W - X-bar | M), M recovered from the answer."""
        if self.others == 0 or play.s == 0 or play.n == 0:
            return np.where(np.isnan(information), own, information)
        best = information
        if play.q == play.n and not self._owed(play):
            best = self._reweighted(play, own, submitted, information)
        return np.where(np.isnan(information), own, best)

    def _reweighted(self, play: Play, own: Array, submitted: Array, information: Array) -> Array:
        N, sd = self.others, float(self.spread(np.float64(play.n)))
        told = (information - submitted) * (play.s + N) / N
        m = self.inverted(told)
        gap = sd * self.expected(m / sd, self.t / sd, -play.shift / sd) + play.shift
        return np.asarray(own + N / (play.n + N) * gap)

    def inverted(self, b: Array) -> Array:
        """The told value m whose answer b(m) it is; one of them where there are several."""
        return unweighted(b, self.t, self.answered)

    def examined_risk(self, play: Play) -> tuple[float, float]:
        """Quadrature where accepting is the best use."""
        if self.others > 0 and play.n > 0 and play.shift == 0.0 and self._owed(play):
            return accepted_risk(self, replace(play, weight=1.0))
        return self.risk(play)

    def bend(self, n: float, cost: float, price: float, *, integer: bool) -> Bend | None:
        """R_v(n) = v (1/(n + N) + h F(a)), a = t/sqrt(v (1/n + 1/N)), h = 1/n - 1/(n + N).

        With D = a d/da the second derivative of v F is (DJ/2 - D^2 J/4)/v: between -FALLS/v and
        RISES/v. So an honest penalty is no more than FALLS h w^2/(8 v) above its chord, and the
        best one no more than RISES h w^2/(8 v) below, with h of the fewest points that may be
        better.
        """
        N = self.others
        if N == 0:
            return STRAIGHT

        def stake(x: float) -> float:
            return 1 / x - 1 / (x + N)

        def better(x: float) -> bool:
            return float(self.best_risk(np.float64(x))) + cost * x <= price

        low, high = 0.0, n  # the penalty is convex in the count
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            low, high = (low, middle) if better(middle) else (middle, high)
        return Bend(FALLS * stake(n), RISES * stake(max(high, 1.0) if integer else high))

    def errors(
        self, counts: NDArray[np.int_], values: Array, worlds: int, rng: np.random.Generator
    ) -> Array:
        """The answer is used as it comes; who hands in nothing is told nothing."""
        return told_errors(self, counts, values, worlds, rng)

    def window(self, points: Array) -> Array:
        """Half windows (R, 1) where the others' points are (R, N)."""
        return np.full((points.shape[0], 1), self.t)

    def told(self, e: Array, t: Array, u: Array) -> Array:
        """What is told of differences e (R, counts) with windows t, fates u in (0, 1), (R, 1)."""
        secret = t * (2 * u - 1)
        return weighted(np.where(np.abs(e) <= t, e, secret), t, self.spread(np.float64(self.owed)))
