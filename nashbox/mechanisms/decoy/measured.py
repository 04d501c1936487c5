"""Errors of who accepts a decoy's answer on real measurements, drawn as they are."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.resampled import sums
from nashbox.problem.arrays import Array


class Teller(Protocol):
    """N, the window, and what is told."""

    @property
    def others(self) -> float:
        """The number N of all points of the others."""

    def window(self, points: Array) -> Array:
        """Half windows (R, 1) where the others' points are (R, N)."""

    def told(self, e: Array, t: Array, u: Array) -> Array:
        """What is told of differences e (R, counts) with windows t, fates u in (0, 1), (R, 1)."""


def told_errors(
    rule: Teller,
    counts: NDArray[np.int_],
    values: Array,
    worlds: int,
    rng: np.random.Generator,
) -> Array:
    """Squared errors of who accepts, (worlds, counts), inf at counts of 0."""
    N = int(rule.others)
    Y = sums(values, counts, worlds, rng) / np.maximum(counts, 1)
    others = values[rng.integers(values.size, size=(worlds, N))]
    e = others.mean(axis=1)[:, None] - Y
    told = rule.told(e, rule.window(others), rng.random((worlds, 1)))
    return np.where(counts > 0, (Y + N / (counts + N) * told) ** 2, np.inf)
