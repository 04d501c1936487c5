"""Strategies that hand in nothing but measured points and accept the answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nashbox.problem.arrays import Counts
from nashbox.problem.data import Dataset
from nashbox.problem.errors import require
from nashbox.problem.plays import Play
from nashbox.problem.terms import View
from nashbox.strategies.base import Strategy, scaled_counts


@dataclass(frozen=True)
class Truthful(Strategy):
    """Collect what is recommended, submit it, accept the answer."""

    def plays(self, view: View) -> list[Play]:
        """Return (n*, n*, 0) everywhere."""
        return [Play.truthful(float(n)) for n in view.counts]


@dataclass(frozen=True)
class FreeRider(Strategy):
    """Collect nothing, submit nothing, take what comes."""

    def gather(self, view: View, rng: np.random.Generator) -> Counts:
        """Return nothing."""
        return np.zeros(view.counts.size, dtype=np.int64)

    def plays(self, view: View) -> list[Play]:
        """Return (0, 0) everywhere."""
        return [Play.truthful(0.0) for _ in view.counts]


@dataclass(frozen=True)
class Withholder(Strategy):
    """Collect what is recommended and submit a part of it."""

    fraction: float = 0.5  # of the own points, handed in

    def __post_init__(self) -> None:
        require("withholder.fraction", self.fraction, low=0.0, high=1.0)

    def report(self, data: Dataset, view: View, rng: np.random.Generator) -> Dataset:
        """Return the first part of the points."""
        return data.first(scaled_counts(view, self.fraction))

    def plays(self, view: View) -> list[Play]:
        """Return n* collected, a part submitted."""
        parts = scaled_counts(view, self.fraction).astype(float)
        return [Play(n=float(n), s=s, q=s) for n, s in zip(view.counts, parts, strict=True)]


@dataclass(frozen=True)
class Collector(Strategy):
    """Collect the recommended counts times `factor`; honest otherwise."""

    factor: float = 1.0  # times the recommended counts

    def __post_init__(self) -> None:
        require(f"{type(self).__name__}.factor", self.factor, low=0.0)

    def gather(self, view: View, rng: np.random.Generator) -> Counts:
        """Return the scaled counts."""
        return scaled_counts(view, self.factor)

    def plays(self, view: View) -> list[Play]:
        """Return honest plays at the scaled counts."""
        return [Play.truthful(float(n)) for n in scaled_counts(view, self.factor)]


@dataclass(frozen=True)
class UnderCollector(Collector):
    """Collect less than is recommended and be honest about it."""

    factor: float = 0.5  # times the recommended counts


@dataclass(frozen=True)
class OverCollector(Collector):
    """Collect more than is recommended and hand all of it in."""

    factor: float = 2.0  # times the recommended counts
