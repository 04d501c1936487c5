"""The channel of a decoy whose window is made of an estimate of sigma: a mixture of channels.

Given the estimate it is that of a decoy. Its mean over estimates is exact for all who use their
answer as it comes; who weights it anew is not told the window. What she could have if she were is
a bound in her favour, and next to honesty, where accepting is optimal, the same.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.decoy import estimated
from nashbox.mechanisms.decoy.answer import weighted
from nashbox.mechanisms.decoy.channel import RELATIVE_ERROR, DecoyChannel
from nashbox.mechanisms.decoy.measured import told_errors
from nashbox.mechanisms.decoy.moments import accepted_risk
from nashbox.problem.arrays import Array
from nashbox.problem.channel import Channel
from nashbox.problem.plays import Play
from nashbox.problem.responses import STRAIGHT, Bend


@dataclass(frozen=True)
class EstimatedChannel(Channel):
    """owed: n*. others: N >= 2. ratio: half window in units of the estimate of sigma."""

    scales: ClassVar[bool] = True

    sigma: float
    owed: float
    others: float
    ratio: float

    @cached_property
    def _parts(self) -> list[tuple[float, DecoyChannel]]:
        """Weights, and decoys with the estimate known."""
        s, weights = estimated.spread_of_s(estimated.degrees(self.others))
        windows = self.ratio * self.sigma * s
        return [
            (float(w), DecoyChannel(self.sigma, self.owed, self.others, float(t)))
            for w, t in zip(weights, windows, strict=True)
            if w > 0
        ]

    def best_risk(self, n: Array | np.float64) -> Array:
        """The risk of honesty with the estimate known, inf at n = 0."""
        n = np.asarray(n, dtype=float)
        some = np.where(n > 0, n, 1.0)
        risk = self.sigma**2 * estimated.risk(self.ratio, some, self.others)
        return np.where(n > 0, risk, np.inf)

    def risk_of_lie(self, n: Array | np.float64, lie: Array | np.float64) -> Array:
        """The risk of n > 0 points and a lie, in measurements, with the estimate known."""
        n = np.asarray(n, dtype=float)
        sd = np.sqrt(1 / n + 1 / self.others)
        nu = estimated.degrees(self.others)
        F = estimated.kept_of_lie(self.ratio / sd, np.asarray(lie) / (self.sigma * sd), nu)
        return np.asarray(self.sigma**2 * (F / n + (1 - F) / (n + self.others)))

    def slope(self, n: float) -> float:
        """Derivative of `best_risk`."""
        return self.sigma**2 * estimated.slope(self.ratio, n, self.others)

    def floor(self, cost: float, best: float) -> float:
        """A penalty that no count and no lie is below, `best` being the least of honest ones."""
        if not np.isfinite(best):
            return best
        v = self.sigma**2
        return v * estimated.floor(self.ratio, self.others, cost / v, best / v)

    def risk_floor(self, n: float) -> float:
        """By the windows' certificates."""
        if n == 0:
            return super().risk_floor(n)
        return sum(w * part.risk_floor(n) for w, part in self._parts)

    def best_play(self, n: float) -> Play:
        """Honesty, accepted."""
        return Play.truthful(n)

    def accepted(self, play: Play) -> tuple[float, float]:
        """The risk of using the answer as it comes, by quadrature, and a bound of its error."""
        found = [(w, accepted_risk(part, play)) for w, part in self._parts]
        return sum(w * r for w, (r, _) in found), sum(w * e for w, (_, e) in found)

    def risk(self, play: Play) -> tuple[float, float]:
        """The formula at honesty, else that of accepting; its error allows for knowing s."""
        if play.s == 0 or play.n == 0:
            return self._parts[0][1].risk(play)
        if play.complies and play.s == self.owed:
            value = float(self.best_risk(np.float64(play.n)))
            return value, RELATIVE_ERROR * value
        value, error = self.accepted(replace(play, weight=1.0) if play.weight is None else play)
        if play.weight is not None and not play.tells_all:
            return value, error
        known = float(self.risk_of_lie(np.float64(play.n), np.float64(play.shift)))
        return value, error + max(value - known, 0.0)

    def estimate(self, play: Play, own: Array, submitted: Array, information: Array) -> Array:
        """The answer as it comes."""
        return np.where(np.isnan(information), own, information)

    def examined_risk(self, play: Play) -> tuple[float, float]:
        """The risk of accepting, by quadrature."""
        if play.n == 0 or play.s == 0:
            return self.risk(play)
        return self.accepted(replace(play, weight=1.0))

    def bend(self, n: float, cost: float, price: float, *, integer: bool) -> Bend:
        """Risks are linear in v, as the window grows with what is measured."""
        return STRAIGHT

    def errors(
        self, counts: NDArray[np.int_], values: Array, worlds: int, rng: np.random.Generator
    ) -> Array:
        """The answer is used as it comes; who hands in nothing is told nothing."""
        return told_errors(self, counts, values, worlds, rng)

    def window(self, points: Array) -> Array:
        """Half windows (R, 1) where the others' points are (R, N)."""
        return np.asarray(self.ratio * points.std(axis=1, ddof=1)[:, None])

    def told(self, e: Array, t: Array, u: Array) -> Array:
        """As a decoy's, weighted for the sigma that was said."""
        sd = self.sigma * np.sqrt(1 / self.owed + 1 / self.others)
        return weighted(np.where(np.abs(e) <= t, e, t * (2 * u - 1)), t, sd)
