"""A running mean with its error, and how much of the spread rests on a single world."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from nashbox.measure.looks import CERTAIN
from nashbox.measure.moments import Moments

# Largest share that a single world may have in the sum of squared deviations, by the number of
# worlds: 4 times the median for squared normals up to 3,000 worlds, rising to 12 times at 100,000.
# Squared means of ten points with 2.5 or 3 degrees of freedom lie 10 to 400 times above it,
# products of three normals below 4 times.
WORLDS = (256, 1_000, 3_000, 10_000, 30_000, 100_000, 1_000_000)
LARGEST = (0.5, 0.22, 0.11, 0.06, 0.04, 0.025, 0.015)
# A mean without the rare worlds that nobody has seen yet lies on the wrong side of the truth by 5
# to 7 standard errors (squares of means with 2.5 or 3 degrees of freedom, of lognormal ones), while
# up to a third of such samples look tame at 1,000 worlds, and 1 % at MANY. In between none of some
# 30,000 shows a share below .04; normal samples show at most LIGHT times ln(N)/N.
LIGHT, SMALL, MANY = 2.9, 0.03, 10_000
# Rare events of one size (a race lost, a prize won) look heavy until about 5 % of the worlds show
# them. That they are bounded is seen earlier: the KEPT most distant values are all within FLAT of
# the most distant. Of a tail of index a so many lie so near with chance (1 - FLAT^a)^(KEPT - 1):
# 2 in 10,000 for a = 2.5.
KEPT, FLAT = 20, 2 / 3


@dataclass
class TailMoments(Moments):
    """Moments with the third one, and the least and the greatest value seen."""

    cubes: float = 0.0
    least: float = math.inf
    greatest: float = -math.inf
    low: Sequence[float] = ()  # the KEPT least values, the least first
    high: Sequence[float] = ()  # the KEPT greatest values, the greatest first

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Self:
        """Those of a block."""
        made = super().of(values)
        if math.isfinite(made.mean):
            made.cubes = float(((values - made.mean) ** 3).sum())
        made.least, made.greatest = float(values.min()), float(values.max())
        made.low, made.high = _nearest(values), [-x for x in _nearest(-values)]
        return made

    @classmethod
    def constant(cls, count: int, value: float) -> Self:
        """Those of a number that is the same in all worlds."""
        ends = [value] * min(count, KEPT)
        return cls(count, value, least=value, greatest=value, low=ends, high=ends)

    def merge(self, other: Self) -> None:
        """Take in another's."""
        n, old, squares, mean = other.count, self.count, self.squares, self.mean
        super().merge(other)
        if math.isfinite(self.mean):
            gap, total = other.mean - mean, self.count
            self.cubes += (
                other.cubes
                + gap**3 * old * n * (old - n) / total**2
                + 3 * gap * (old * other.squares - n * squares) / total
            )
        self.least = min(self.least, other.least)
        self.greatest = max(self.greatest, other.greatest)
        self.low = sorted([*self.low, *other.low])[:KEPT]
        self.high = sorted([*self.high, *other.high], reverse=True)[:KEPT]

    @property
    def skewness(self) -> float:
        """Third standardised moment, 0 where nothing varies."""
        if self.count < 2 or not (math.isfinite(self.squares) and self.squares > 0):
            return 0.0
        return float(self.cubes / self.count / (self.squares / self.count) ** 1.5)

    @property
    def largest_share(self) -> float:
        """Share of the single most distant value in the sum of squared deviations, 0 without."""
        if not (math.isfinite(self.squares) and self.squares > 0):
            return 0.0
        far = max(self.greatest - self.mean, self.mean - self.least)
        return far * far / self.squares

    @property
    def tame(self) -> bool:
        """Whether no single world has so large a share that the normal limit is in doubt."""
        allowed = np.exp(np.interp(np.log(max(self.count, 1)), np.log(WORLDS), np.log(LARGEST)))
        return self.largest_share <= float(allowed)

    def bound(self, z: float) -> float:
        """Mean plus z standard errors, wider for skewness; infinite means are what they are.

        The studentised mean of skew values is skew the other way: its quantile moves by
        skewness (1 + 2 z^2) / (6 sqrt N) (Hall 1992, section 3.3). Only what widens counts.
        """
        if not math.isfinite(self.mean):
            return self.mean
        wide = max(0.0, math.copysign(1.0, z) * self.skewness) * (1 + 2 * z * z)
        return self.mean + math.copysign(1.0, z) * self.se * (
            abs(z) + wide / (6 * math.sqrt(max(self.count, 1)))
        )

    @property
    def light(self) -> bool:
        """Whether the most distant values are those of a normal sample or of a bounded thing."""
        if not (math.isfinite(self.squares) and self.squares > 0):
            return True
        normal = LIGHT * math.log(max(self.count, 2)) / max(self.count, 1)
        allowed = max(normal, SMALL) * self.squares
        return all(
            (ends[0] - self.mean) ** 2 <= allowed or self._flat(ends)
            for ends in (self.low, self.high)
        )

    def _flat(self, ends: Sequence[float]) -> bool:
        """Whether there is a wall: many values near the most distant one."""
        far = abs(ends[0] - self.mean)
        return len(ends) == KEPT and abs(ends[-1] - self.mean) >= FLAT * far

    def wary(self, z: float) -> float:
        """Standard errors that a verdict takes: z, but CERTAIN if few worlds are not light."""
        few = self.count < MANY and not self.light
        return math.copysign(max(abs(z), CERTAIN), z) if few else z

    def claim(self, z: float) -> float:
        """A bound that a verdict may rest on, if the values are tame."""
        plain = self.bound(self.wary(z))
        if self.tame and (self.light or self.count >= MANY):
            return plain
        return min(plain, self.robust(z)) if z > 0 else max(plain, self.robust(z))

    def robust(self, z: float) -> float:
        """A bound that forgets how far out the farthest values on its harmless side lie.

        The KEPT least values (for a lower bound: greatest) count as the nearest of them. The mean
        moves towards the bound only, and what rests on a few large losses no longer hides how
        small the gains are. Infinite where the rest is not light.
        """
        cut = self._pulled(self.low if z > 0 else self.high)
        return cut.bound(z) if cut.light and cut.tame else math.copysign(math.inf, z)

    def _pulled(self, ends: Sequence[float]) -> TailMoments:
        """The same values, those of `ends` pulled to the nearest of them."""
        if not (math.isfinite(self.squares) and len(ends) == KEPT):
            return self
        to = ends[-1] - self.mean
        away = [x - self.mean for x in ends]
        shift = sum(to - x for x in away) / self.count
        squares = max(0.0, self.squares + sum(to**2 - x**2 for x in away))
        cubes = self.cubes + sum(to**3 - x**3 for x in away)
        n, pulled = self.count, [ends[-1]] * KEPT
        return replace(
            self,
            mean=self.mean + shift,
            squares=max(0.0, squares - n * shift**2),
            cubes=cubes - 3 * shift * squares + 2 * n * shift**3,
            least=max(self.least, pulled[0]) if ends is self.low else self.least,
            greatest=min(self.greatest, pulled[0]) if ends is self.high else self.greatest,
            low=pulled if ends is self.low else self.low,
            high=pulled if ends is self.high else self.high,
        )


def _nearest(values: NDArray[np.float64]) -> list[float]:
    """The KEPT least values, the least first."""
    if values.size > KEPT:
        values = np.partition(values, KEPT)[:KEPT]
    found: list[float] = np.sort(values).tolist()
    return found
