"""The channel of a mechanism that answers with a plain mean (Clinton et al., section 3.2)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Array
from nashbox.problem.channel import ROUNDING, Channel, columns
from nashbox.problem.plays import Play
from nashbox.problem.pollution import PollutedPool
from nashbox.problem.responses import STRAIGHT, Bend


def mean_risk(sigma: float | Array, n: Array | np.float64) -> Array:
    """Return sigma^2/n, inf at n = 0."""
    with np.errstate(divide="ignore"):
        return np.asarray(sigma**2 / np.asarray(n, dtype=float))


def without_own(s: float, submitted: Array, others: float, information: Array) -> Array:
    """The mean of the others' N points, s own ones taken out of the mean of all."""
    return np.asarray(((s + others) * information - s * submitted) / others)


@dataclass(frozen=True)
class MeanChannel(Channel):
    """I is the mean of the others' N points, with the own submission in the pool or not.

    others: N. pooled: whether the own s points are averaged in. required: who submits fewer points
    gets nothing. Alone is N = 0; the sample mean is required = 0; the counted sample mean has
    required = n*.
    """

    linear: ClassVar[bool] = True
    scales: ClassVar[bool] = True

    sigma: float
    others: float
    pooled: bool = True
    required: float = 0.0

    @property
    def deaf(self) -> bool:
        """Whoever works alone, or whom nobody hands anything in for."""
        return self.others == 0

    def best_risk(self, n: Array | np.float64) -> Array:
        """sigma^2/(n + N): the others' mean can be recovered from I whatever was handed in."""
        return mean_risk(self.sigma, np.asarray(n, dtype=float) + self.others)

    @classmethod
    def best_risks(cls, channels: Sequence[MeanChannel]) -> Callable[[Array], Array]:
        """The same of many."""
        sigma, others = columns([(c.sigma, c.others) for c in channels])
        return lambda n: mean_risk(sigma, n + others)

    def slope(self, n: float) -> float:
        """-sigma^2/(n + N)^2."""
        return -((self.sigma / (n + self.others)) ** 2)

    def best_play(self, n: float) -> Play:
        """Honest if that is enough points, padded with fakes to the required count if not."""
        s = max(n, self.required)
        if s == n and self.pooled:
            return Play.truthful(n)
        return Play(n=n, s=s, q=n, weight=None)

    def _variance(self, n: float) -> float:
        return self.sigma**2 / n if n else float("inf")

    def _informed(self, play: Play) -> bool:
        points = self.others + (play.s if self.pooled else 0)
        return play.s >= self.required and points > 0

    def risk(self, play: Play) -> tuple[float, float]:
        """Closed form; inf where an estimate would rest on nothing, or on made-up points alone."""
        value = self._risk(play)
        return value, ROUNDING * value if math.isfinite(value) else 0.0

    def _risk(self, play: Play) -> float:
        variance = self._variance(play.n)
        if not self._informed(play):
            return variance
        if play.weight is None:
            return self._variance(play.n + self.others)
        share = play.s / (play.s + self.others) if self.pooled else 0.0
        w, a, o = play.weight, play.weight * share, play.weight * (1 - share)
        if a > 0 and play.n == 0:
            return float("inf")  # fakes far from mu
        others = self.sigma**2 / self.others if self.others else 0.0
        own = 0.0 if w == 1 else (1 - w) ** 2 * variance
        both = 0.0 if a == 0 or w == 1 else 2 * (1 - w) * a * variance
        submitted = 0.0 if a == 0 else a**2 * self.sigma**2 / play.q
        return own + both + submitted + o**2 * others + (a * play.shift) ** 2

    def estimate(self, play: Play, own: Array, submitted: Array, information: Array) -> Array:
        """(n X-bar + N O)/(n + N), where O is the others' mean recovered from I."""
        if self.others == 0:
            return own
        others = information
        if self.pooled and play.s > 0:
            others = information + play.s * (information - submitted) / self.others
        best = (
            others
            if play.n == 0
            else (play.n * own + self.others * others) / (play.n + self.others)
        )
        return np.where(np.isnan(information), own, best)

    def examined_risk(self, play: Play) -> tuple[float, float]:
        """Var(X-bar | I - X-bar) from covariances, where I is a mean of Y-bar and the others'."""
        if play.n == 0:
            return self.risk(play)
        v = self.sigma**2
        var_x = v / play.n
        points = self.others + (play.s if self.pooled else 0.0)
        if play.s < self.required or points == 0:
            return var_x, ROUNDING * var_x
        share = play.s / points if self.pooled else 0.0
        others = v / self.others if self.others else 0.0
        # U = share (X-bar + Delta) + (1 - share) O - X-bar, mu = 0
        var_u = (1 - share) ** 2 * (var_x + others)
        cov = -(1 - share) * var_x
        risk = var_x - (cov**2 / var_u if var_u > 0 else 0.0)
        return risk, ROUNDING * var_x

    def risk_among(self, play: Play, pool: PollutedPool) -> float:
        """Means are linear, so that the moments of the pool suffice."""
        v, N = self.sigma**2, self.others
        if self.deaf or pool.honest:
            return self.risk(play)[0]
        points = N + (play.s if self.pooled else 0.0)
        if play.s < self.required or points == 0:
            return v / play.n if play.n else math.inf
        if play.weight is None or play.n == 0:
            if play.weight is not None and self.pooled and play.s > 0:
                return math.inf  # accepts a mean with her own fakes in it
            return (play.n * v + pool.W + pool.B**2) / (play.n + N) ** 2
        share = play.s / points if self.pooled else 0.0
        w = play.weight
        own, mine, theirs = 1 - w, w * share, w * (1 - share) / N
        if theirs == 0:
            return self.risk(play)[0]
        variance = own**2 * v / play.n + 2 * own * mine * v / play.n + theirs**2 * pool.W
        if mine > 0:
            variance += mine**2 * v / play.q
        return variance + (mine * play.shift + theirs * pool.B) ** 2

    def copied_risk(self, collected: int, honest: int, own: int, friends: int) -> float:
        """The others' mean can be read off the answer, whatever was handed in."""
        if self.others == 0 or self.required:
            return math.inf
        return self.sigma**2 / (collected + honest)

    def bend(self, n: float, cost: float, price: float, *, integer: bool) -> Bend:
        """Risks are linear in v."""
        return STRAIGHT

    def errors(
        self, counts: NDArray[np.int_], values: Array, worlds: int, rng: np.random.Generator
    ) -> Array:
        """Known without a draw."""
        v = float(np.mean(values**2))
        with np.errstate(divide="ignore"):
            return np.broadcast_to(v / (counts + self.others), (worlds, counts.size))
