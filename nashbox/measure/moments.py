"""Running means and variances of blocks of worlds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass
class Moments:
    """Count, mean and sum of squared deviations, merged block by block (Chan et al. 1979)."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0

    def add(self, values: NDArray[np.float64]) -> None:
        """Merge a block; infinite values make the mean infinite."""
        n, mean = values.size, float(values.mean())
        if not (math.isfinite(mean) and math.isfinite(self.mean)):
            self.count += n
            self.mean = mean if not math.isfinite(mean) else self.mean
            return
        squares = float(np.square(values - mean).sum())
        gap, total = mean - self.mean, self.count + n
        self.squares += squares + gap**2 * self.count * n / total
        self.mean += gap * n / total
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
