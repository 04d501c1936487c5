"""Mechanisms nobody proved anything about: the median and the trimmed mean of all submissions."""

from dataclasses import dataclass

import numpy as np

from nashbox import Mechanism


def pooled(submissions, k):
    """All points of distribution k, (worlds, points), NaN where a world holds fewer."""
    return np.concatenate([s.points(k) for s in submissions], axis=1)


@dataclass(frozen=True)
class Median(Mechanism):
    """Everybody gets the median of everything submitted."""

    def mediate(self, submissions, terms, rng):
        columns = [center(pooled(submissions, k), 0.5) for k in range(terms.sigma.size)]
        return [np.stack(columns, axis=1)] * len(submissions)


@dataclass(frozen=True)
class TrimmedMean(Mechanism):
    """Everybody gets the mean of what is left when a fraction is cut off at both ends."""

    fraction: float = 0.1

    def mediate(self, submissions, terms, rng):
        columns = [center(pooled(submissions, k), self.fraction) for k in range(terms.sigma.size)]
        return [np.stack(columns, axis=1)] * len(submissions)


def center(points, cut):
    """Mean of each row without `cut` of its points at either end; 0.5 leaves the median."""
    ordered = np.sort(points, axis=1)  # NaN goes last
    count = (~np.isnan(ordered)).sum(axis=1)
    drop = np.minimum((cut * count).astype(int), np.maximum(count - 1, 0) // 2)
    place = np.arange(ordered.shape[1])
    kept = (place >= drop[:, None]) & (place < (count - drop)[:, None])
    total = np.where(kept, ordered, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(kept.sum(axis=1), 1), np.nan)
