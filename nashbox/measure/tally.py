"""A running mean with its error, and how much of the spread rests on a single world."""

from __future__ import annotations

import math
from dataclasses import dataclass
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
# up to a third of such samples look tame at 1,000 worlds, and 1 % at MANY. What a normal sample
# shows, at most LIGHT times ln(N)/N, they hardly ever do.
LIGHT, MANY = 2.9, 10_000


@dataclass
class Tally(Moments):
    """Moments with the third one, and the least and the greatest value seen."""

    cubes: float = 0.0
    least: float = math.inf
    greatest: float = -math.inf

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Self:
        """Those of a block."""
        made = super().of(values)
        if math.isfinite(made.mean):
            made.cubes = float(((values - made.mean) ** 3).sum())
        made.least, made.greatest = float(values.min()), float(values.max())
        return made

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
        """Whether the most distant value is one of a normal sample or of a bounded thing."""
        return self.largest_share <= LIGHT * math.log(max(self.count, 2)) / max(self.count, 1)

    def wary(self, z: float) -> float:
        """Standard errors that a verdict takes: z, but CERTAIN if few worlds are not light."""
        few = self.count < MANY and not self.light
        return math.copysign(max(abs(z), CERTAIN), z) if few else z

    def claim(self, z: float) -> float:
        """A bound that a verdict may rest on."""
        return self.bound(self.wary(z))
