"""One strategy and one mechanism, declared as entry points in pyproject.toml."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nashbox import Mechanism, Strategy


@dataclass(frozen=True)
class Rounder(Strategy):
    """Honest, but hands in rounded numbers."""

    step: float = 7.0  # units of the measurements

    equivariant = False  # where the multiples of the step lie matters

    def report(self, data, view, rng):
        return data.map(lambda points, k: self.step * np.rint(points / self.step))


@dataclass(frozen=True)
class AllOrNothing(Mechanism):
    """Everybody gets the mean of everything if everybody delivers, else nobody gets anything."""

    share: float = 1.0  # of the owed points that counts as delivered

    sees: ClassVar = "count_and_mean"

    def mediate(self, submissions, terms, rng):
        counts = np.stack([s.counts for s in submissions])  # (agents, worlds, distributions)
        total = np.sum([s.sum for s in submissions], axis=0)
        good = (counts >= np.ceil(self.share * terms.counts)[:, None, :]).all(axis=0)
        pooled = counts.sum(axis=0)
        mean = np.where(good & (pooled > 0), total / np.maximum(pooled, 1), np.nan)
        return [mean] * len(submissions)
