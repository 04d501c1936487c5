"""Strategies that change what they measured, and accept the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from nashbox.problem.arrays import Array
from nashbox.problem.data import Dataset
from nashbox.problem.errors import require
from nashbox.problem.plays import Play
from nashbox.problem.terms import View
from nashbox.strategies.base import Strategy, accept


@dataclass(frozen=True)
class Shifter(Strategy):
    """Add a constant to every point handed in, and accept the answer."""

    shift: float = 1.0  # units of the measurements

    def __post_init__(self) -> None:
        require("shifter.shift", self.shift)

    def report(self, data: Dataset, view: View, rng: Generator) -> Dataset:
        """Return the shifted points."""
        return data.shifted(self.shift)

    def plays(self, view: View) -> list[Play]:
        """Return (n*, n*, shift)."""
        return [Play(float(n), float(n), float(n), self.shift if n else 0.0) for n in view.counts]


@dataclass(frozen=True)
class Scaler(Strategy):
    """Multiply every point handed in by a factor: where mu is 0 matters."""

    equivariant = False

    factor: float = 2.0  # dimensionless: 1 is the truth

    def __post_init__(self) -> None:
        require("scaler.factor", self.factor)

    def report(self, data: Dataset, view: View, rng: Generator) -> Dataset:
        """Return the scaled points."""
        return data.map(lambda points, k: self.factor * points)


@dataclass(frozen=True)
class Shrinker(Strategy):
    """Pull every point handed in towards a target, and the estimate too if asked."""

    equivariant = False

    weight: float = 0.5  # dimensionless: 0 is the truth, 1 the target
    target: float = 0.0  # units of the measurements
    estimate_too: bool = False  # believe the lie, too

    def __post_init__(self) -> None:
        require("shrinker.weight", self.weight, low=0.0, high=1.0)
        require("shrinker.target", self.target)

    def report(self, data: Dataset, view: View, rng: Generator) -> Dataset:
        """Return the shrunken points."""
        return data.map(lambda points, k: points + self.weight * (self.target - points))

    def estimate(
        self, data: Dataset, submission: Dataset, information: Any, view: View, rng: Generator
    ) -> Array:
        """Accept, or shrink what is accepted."""
        accepted = accept(data, information)
        pull = self.weight if self.estimate_too else 0.0
        return accepted + pull * (self.target - accepted)


@dataclass(frozen=True)
class Mixer(Strategy):
    """Honest submission; the estimate is (1 - weight) own mean + weight information.

    weight = 0 ignores the information, 1 accepts it.
    """

    weight: float = 0.5  # on the information, 1 - weight on the own mean

    def __post_init__(self) -> None:
        require(f"{type(self).__name__}.weight", self.weight)

    def estimate(
        self, data: Dataset, submission: Dataset, information: Any, view: View, rng: Generator
    ) -> Array:
        """Mix; without own points accept."""
        received = np.asarray(information, dtype=float)
        mixed = (1 - self.weight) * data.mean + self.weight * received
        return accept(data, np.where(data.counts > 0, mixed, received))

    def plays(self, view: View) -> list[Play]:
        """Return honest plays with the estimator's weight."""
        return [
            Play(float(n), float(n), float(n), 0.0, self.weight if n else 1.0) for n in view.counts
        ]


@dataclass(frozen=True)
class Ignorer(Mixer):
    """Honest submission; the estimate is the own mean, whatever comes back."""

    weight: float = 0.0  # on the information, 1 - weight on the own mean
