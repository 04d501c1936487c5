"""Mechanisms that answer with plain means (Clinton et al., section 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.random import Generator

from nashbox.mechanisms.base import Mechanism
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.mechanisms.rounding import alone_counts
from nashbox.problem.arrays import Array, Counts
from nashbox.problem.channel import Channel
from nashbox.problem.data import Dataset
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.terms import Terms


def ratio(total: Array, count: Array | Counts) -> Array:
    """Return total/count, NaN where there is nothing to average."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 0, total / count, np.nan)


def pooled(submissions: Sequence[Dataset]) -> tuple[Array, Counts]:
    """Sums of all points that were handed in, and how many these are, both (R, d)."""
    total = np.sum([s.sum for s in submissions], axis=0)
    return total, np.sum([s.counts for s in submissions], axis=0)


@dataclass(frozen=True)
class SampleMean(Mechanism):
    """M_SM: everybody gets the mean of everything submitted, per distribution."""

    sees: ClassVar[Literal["count_and_mean", "points"]] = "count_and_mean"

    def mediate(self, submissions: Sequence[Dataset], terms: Terms, rng: Generator) -> list[Array]:
        """Pool everything; no randomness."""
        return [ratio(*pooled(submissions))] * len(submissions)

    def channel(self, terms: Terms, agent: int, k: int, others: float) -> Channel:
        """Fact 2: sigma^2/(n + N) when everybody is honest."""
        return MeanChannel(float(terms.sigma[k]), others)


@dataclass(frozen=True)
class Baseline(SampleMean):
    """The efficiency baseline: the sample mean of agents who comply by assumption.

    A simulation refuses other strategies; an audit reports what would be gained if compliance
    were not enforced.
    """

    enforced: ClassVar[bool] = False


@dataclass(frozen=True)
class CountedMean(Mechanism):
    """The counted sample mean: who submits fewer than n* points gets nothing for that distribution.

    Her points are still pooled; submitting more is accepted.
    """

    sees: ClassVar[Literal["count_and_mean", "points"]] = "count_and_mean"

    def mediate(self, submissions: Sequence[Dataset], terms: Terms, rng: Generator) -> list[Array]:
        """Pool everything, withhold the mean from those who handed in too little."""
        mean = ratio(*pooled(submissions))
        return [
            np.where(s.counts >= owed, mean, np.nan)
            for s, owed in zip(submissions, terms.counts, strict=True)
        ]

    def channel(self, terms: Terms, agent: int, k: int, others: float) -> Channel:
        """The same least risk as the sample mean: fakes pass the count."""
        owed = float(terms.counts[agent, k])
        return MeanChannel(float(terms.sigma[k]), others, required=owed)


@dataclass(frozen=True)
class Alone(Mechanism):
    """No sharing: everybody gets the mean of her own points (the baseline for rationality)."""

    sees: ClassVar[Literal["count_and_mean", "points"]] = "count_and_mean"

    def terms(self, problem: EstimationProblem, plan: Array) -> Terms:
        """Recommend what is best alone, whatever the plan says."""
        counts = alone_counts(problem.costs, problem.sigma, integer=problem.integer)
        return Terms.of(problem, counts, self)

    def mediate(self, submissions: Sequence[Dataset], terms: Terms, rng: Generator) -> list[Array]:
        """Give everybody her own mean."""
        return [s.mean for s in submissions]

    def channel(self, terms: Terms, agent: int, k: int, others: float) -> Channel:
        """sigma^2/n (Fact 1)."""
        return MeanChannel(float(terms.sigma[k]), 0.0)
