"""Running means and variances of blocks of worlds."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray


@dataclass
class Moments:
    """Count, mean and sum of squared deviations, merged block by block (Chan et al. 1979)."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0

    @classmethod
    def of(cls, values: NDArray[np.float64]) -> Self:
        """Those of a block; infinite values make the mean infinite, NaN if of both signs."""
        with np.errstate(invalid="ignore"):
            mean = float(values.mean())
        if not math.isfinite(mean):
            return cls(values.size, mean)
        return cls(values.size, mean, float(np.square(values - mean).sum()))

    def add(self, values: NDArray[np.float64]) -> None:
        """Merge a block; infinite values make the mean infinite."""
        self.merge(self.of(values))

    def merge(self, other: Self) -> None:
        """Take in another's."""
        if not (math.isfinite(other.mean) and math.isfinite(self.mean)):
            self.count += other.count
            self.mean = self.mean if math.isfinite(other.mean) else other.mean
            return
        gap, total = other.mean - self.mean, self.count + other.count
        self.squares += other.squares + gap**2 * self.count * other.count / total
        self.mean += gap * other.count / total
        self.count = total

    @property
    def variance(self) -> float:
        """Unbiased variance."""
        return self.squares / (self.count - 1) if self.count > 1 else math.inf

    @property
    def se(self) -> float:
        """Standard error of the mean; 0 where the mean is infinite."""
        if not math.isfinite(self.mean):
            return 0.0
        return math.sqrt(self.variance / self.count) if self.count > 1 else math.inf


def difference(mine: NDArray[np.float64], audited: NDArray[np.float64]) -> NDArray[np.float64]:
    """Paired gains, (R,) or (m, R); 0 where both are infinite alike."""
    both = np.isinf(mine) & np.isinf(audited) & (mine == audited)
    if not both.any():
        return mine - audited
    return np.where(both, 0.0, np.where(both, 0.0, mine) - np.where(both, 0.0, audited))
