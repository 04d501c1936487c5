"""Means and covariances of K payoffs measured in the same worlds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.payoff_oracle import Answer

Array = NDArray[np.float64]


class JointMoments:
    """Sums of blocks (K, R); a payoff that is -inf in some world is -inf on average."""

    def __init__(self, K: int) -> None:
        self.count, self.mean, self.scatter = 0, np.zeros(K), np.zeros((K, K))
        self.ruined = np.zeros(K, dtype=np.bool_)

    def add(self, values: Array) -> None:
        """Merge a block of worlds (Chan et al. 1979, for vectors)."""
        self.ruined |= np.isneginf(values).any(axis=1)
        values = np.where(self.ruined[:, None], 0.0, values)
        R = values.shape[1]
        mean = values.mean(axis=1)
        centred = values - mean[:, None]
        gap, total = mean - self.mean, self.count + R
        self.scatter += centred @ centred.T + np.outer(gap, gap) * self.count * R / total
        self.mean += gap * R / total
        self.count = total

    def answer(self) -> Answer:
        """Mean payoffs with the covariance of the means."""
        alive = ~self.ruined
        covariance = self.scatter / (self.count - 1) / self.count
        return Answer(np.where(alive, self.mean, -np.inf), covariance * np.outer(alive, alive))
