"""The generic translation-equivariant strategy (n, s, Delta): the answer of an audit, replayed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from nashbox.problem.arrays import Array, Counts
from nashbox.problem.counts import counts
from nashbox.problem.data import Dataset
from nashbox.problem.errors import InputError, require
from nashbox.problem.plays import Play
from nashbox.problem.terms import View
from nashbox.strategies.base import Strategy
from nashbox.strategies.best_use import best_use

PerDistribution = float | Sequence[float]
WEIGHTS = {"accept": 1.0, "own": 0.0, "pitman": None}


@dataclass(frozen=True)
class ByPlays(Strategy):
    """Does what its plays say, one per distribution. Subclass it and write `plays`."""

    deterministic = False

    @abstractmethod
    def plays(self, view: View) -> list[Play]:
        """Return the play of each distribution."""

    def invariant(self, view: View) -> bool:
        """No fakes without data."""
        return not any(p.n == 0 and p.s > 0 for p in self.plays(view))

    def gather(self, view: View, rng: Generator) -> Counts:
        """Return n."""
        return np.array([min(p.n, 2.0**62) for p in self.plays(view)]).astype(np.int64)

    def report(self, data: Dataset, view: View, rng: Generator) -> Dataset:
        """Return s points with mean X-bar + Delta: own points as far as they go, then fakes."""
        plays = self.plays(view)
        if all(p.tells_all for p in plays):
            return data
        columns = [_points(data, k, play, view, rng) for k, play in enumerate(plays)]
        counts = np.array([int(p.s) for p in plays])
        return Dataset(columns, np.broadcast_to(counts, data.counts.shape))

    def estimate(
        self, data: Dataset, submission: Dataset, information: Any, view: View, rng: Generator
    ) -> Array:
        """Use the information as the plays say."""
        return best_use(self.plays(view), data, submission, information, view)


@dataclass(frozen=True)
class Equivariant(ByPlays):
    """Collect n, submit s points with mean X-bar + Delta, estimate as `estimator` says.

    collect, submit, shift: one number, or one per distribution; collect defaults to the
    recommended counts, submit to what is collected. estimator: "pitman", "accept", "own", or the
    weight w of the information in (1 - w) X-bar + w I. Who collects nothing submits fakes at 0.
    """

    equivariant = True  # but for fakes without data, which stay where they are

    collect: PerDistribution | None = None  # points; what is owed if not given
    submit: PerDistribution | None = None  # points; what was collected if not given
    shift: PerDistribution = 0.0  # units of the measurements
    estimator: str | PerDistribution = "pitman"  # or accept, own, a weight on the information

    def __post_init__(self) -> None:
        for name, low in (("collect", 0.0), ("submit", 0.0), ("shift", -np.inf)):
            value = getattr(self, name)
            for part in value if isinstance(value, (list, tuple)) else [value]:
                if part is not None:
                    whole = name != "shift"
                    require(f"equivariant.{name}", part, low=low, integer=whole)
            if isinstance(value, list):
                object.__setattr__(self, name, tuple(value))
        if isinstance(self.estimator, str):
            if self.estimator not in WEIGHTS:
                raise InputError(
                    "equivariant.estimator must be 'pitman', 'accept', 'own' or a weight, "
                    f"got {self.estimator!r}"
                )
            return
        parts = self.estimator if isinstance(self.estimator, (list, tuple)) else [self.estimator]
        for part in parts:
            require("equivariant.estimator", part)
        if isinstance(self.estimator, list):
            object.__setattr__(self, "estimator", tuple(self.estimator))

    def plays(self, view: View) -> list[Play]:
        """Return the play of each distribution."""
        d = view.counts.size
        n = _spread("collect", self.collect, view.counts, d)
        if not isinstance(self.collect, (list, tuple)):
            n = np.where(np.isinf(view.costs), 0.0, n)  # one number is for what she can sample
        s = _spread("submit", self.submit, n, d)
        shift = _spread("shift", self.shift, np.zeros(d), d)
        if isinstance(self.estimator, str):
            weights: list[float | None] = [WEIGHTS[self.estimator]] * d
        else:
            weights = [float(w) for w in _spread("estimator", self.estimator, np.ones(d), d)]
        return [
            Play(float(n[k]), float(s[k]), float(n[k]), float(shift[k]), weights[k])
            for k in range(d)
        ]


def in_short(parameters: Mapping[str, Any]) -> str:
    """What such a strategy does in a few words, as tables print it.

    >>> in_short({"collect": [8], "submit": [10], "estimator": "pitman"})
    'collect 8, submit 10, pitman'
    """
    text = ", ".join(
        f"{k} {counts(parameters[k])}" for k in ("collect", "submit") if k in parameters
    )
    shift = parameters.get("shift", 0.0)
    moved = [shift] if isinstance(shift, (int, float)) else shift
    if any(moved):
        text += f", shift {counts(moved)}"
    estimator = parameters.get("estimator", "pitman")
    if isinstance(estimator, str):
        return text if estimator == "accept" else f"{text}, {estimator}"
    weights = estimator if isinstance(estimator, (list, tuple)) else [estimator]
    return f"{text}, weight {' '.join(f'{w:.3g}' for w in weights)}"


def _spread(name: str, value: PerDistribution | None, default: Array, d: int) -> Array:
    if value is None:
        return np.asarray(default, dtype=float)
    given = np.asarray(value, dtype=float)
    if given.ndim and given.size != d:
        raise InputError(
            f"equivariant.{name} must be one number or one per distribution ({d}), got {given.size}"
        )
    return np.full(d, given)


def _points(data: Dataset, k: int, play: Play, view: View, rng: Generator) -> Array:
    s, own = int(play.s), data.points(k)
    if play.n == 0:
        return np.zeros((data.worlds, s))
    if s == own.shape[1]:
        return own + play.shift if play.shift else own
    if s == 0:
        return np.asarray(own[:, :0])
    mean = data.mean[:, k, None]
    points = own[:, :s]
    if s > own.shape[1]:
        fakes = rng.standard_normal((data.worlds, s - own.shape[1])) * view.sigma[k] + mean
        points = np.concatenate([own, fakes], axis=1)
    return np.asarray(points + (mean + play.shift - points.mean(axis=1, keepdims=True)))
