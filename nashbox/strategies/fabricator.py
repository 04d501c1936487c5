"""Strategies that hand in points they never measured, and discount them from the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.random import Generator

from nashbox.problem.arrays import Array, Counts
from nashbox.problem.data import Dataset
from nashbox.problem.errors import InputError, require
from nashbox.problem.plays import Play
from nashbox.problem.terms import View
from nashbox.strategies.base import Strategy, scaled_counts
from nashbox.strategies.best_use import best_use

KINDS = ("constant", "own_mean", "resample", "pad")


@dataclass(frozen=True)
class Fabricator(Strategy):
    """Collect a fraction of what is recommended and submit the full number all the same.

    kind: "constant" collects nothing and submits `value` only; "own_mean" points made up around
    the own mean; "resample" own points drawn again with replacement; "pad" the own points and
    made-up ones around their mean. Whoever collected nothing submits `value`. The estimate is
    Pitman's for what was handed in, where the mechanism's formulas are known (under a mean the
    fakes are subtracted exactly); elsewhere the answer is accepted.
    """

    deterministic = False

    kind: str = "pad"  # constant, own_mean, resample or pad
    fraction: float = 0.5  # of the recommended counts, really collected
    value: float = 0.0  # units of the measurements

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(
                f"fabricator.kind must be one of {', '.join(KINDS)}, got {self.kind!r}"
            )
        require("fabricator.fraction", self.fraction, low=0.0, high=1.0)
        require("fabricator.value", self.value)

    def invariant(self, view: View) -> bool:
        """No fakes without data."""
        return not ((self.gather(view, np.random.default_rng(0)) == 0) & (view.counts > 0)).any()

    def gather(self, view: View, rng: Generator) -> Counts:
        """Return a fraction of the recommended counts."""
        return scaled_counts(view, 0.0 if self.kind == "constant" else self.fraction)

    def report(self, data: Dataset, view: View, rng: Generator) -> Dataset:
        """Return the recommended number of points, made up as `kind` says."""
        counts = view.counts.astype(np.int64)
        columns = [self._points(data, k, int(s), view, rng) for k, s in enumerate(counts)]
        return Dataset(columns, np.broadcast_to(counts, data.counts.shape))

    def _points(self, data: Dataset, k: int, s: int, view: View, rng: Generator) -> Array:
        own, shape = data.points(k), (data.worlds, s)
        n = own.shape[1]
        if n == 0:
            return np.full(shape, self.value)
        if self.kind == "resample":
            return np.take_along_axis(own, rng.integers(n, size=shape), axis=1)
        if self.kind == "pad" and n >= s:
            return np.asarray(own[:, :s])
        mean = own.mean(axis=1, keepdims=True)
        made = rng.standard_normal(shape) * view.sigma[k]
        made += mean - made.mean(axis=1, keepdims=True)
        if self.kind == "pad":
            made = made[:, : s - n]
            return np.concatenate([own, made + (mean - made.mean(axis=1, keepdims=True))], axis=1)
        return np.asarray(made)

    def plays(self, view: View) -> list[Play] | None:
        """Return n collected and n* with their mean handed in; a resample's mean is another."""
        return None if self.kind == "resample" else self._as_if_mean(view)

    def _as_if_mean(self, view: View) -> list[Play]:
        collected = self.gather(view, np.random.default_rng(0))
        return [
            Play(float(n), float(int(s)), float(n), 0.0, None)
            for n, s in zip(collected, view.counts, strict=True)
        ]

    def estimate(
        self, data: Dataset, submission: Dataset, information: Any, view: View, rng: Generator
    ) -> Array:
        """Discount the fakes."""
        return best_use(self._as_if_mean(view), data, submission, information, view)
