"""Honest points drawn from real measurements, for expected errors with most of the noise gone.

Given an agent's points and Z, the rest of the others' points is independent of them and its part
in her expected error is known: sigma^2 of the data over its number, whatever their distribution.
Only points and Z are drawn, with replacement, from measurements around their mean.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Array


class Resampled(NamedTuple):
    """Who hands in n points beside z: mean of both (M), difference of means (gap), (R, counts)."""

    M: Array
    gap: Array


def sums(values: Array, counts: NDArray[np.int_], worlds: int, rng: np.random.Generator) -> Array:
    """Sums of the first n of an agent's points, for every n of `counts`, (worlds, counts)."""
    own = values[rng.integers(values.size, size=(worlds, int(counts.max())))].cumsum(axis=1)
    return np.concatenate([np.zeros((worlds, 1)), own], axis=1)[:, counts]


def compared(
    values: Array, counts: NDArray[np.int_], z: int, worlds: int, rng: np.random.Generator
) -> Resampled:
    """The agent's points beside z of the others'."""
    own = sums(values, counts, worlds, rng)
    others = values[rng.integers(values.size, size=(worlds, z))].sum(axis=1)[:, None]
    n = counts[None, :]
    return Resampled((own + others) / (n + z), own / np.maximum(n, 1) - others / z)
