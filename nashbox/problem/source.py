"""Where agents' measurements come from: the normal model, or real data drawn with replacement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Source(Protocol):
    """A distribution per column k, which `offset` moves as a whole."""

    @property
    def normal(self) -> bool:
        """Whether the points are normal with the problem's sigma."""

    @property
    def means(self) -> Array:
        """The true mu of every distribution at offset 0, (d,)."""

    def points(self, k: int, count: int, worlds: int, rng: np.random.Generator) -> Array:
        """Draw points of distribution k, (worlds, count)."""


@dataclass(frozen=True, eq=False)
class NormalSource:
    """N(0, sigma_k^2) for every distribution k."""

    sigma: Array  # (d,), units of the measurements

    normal = True

    @property
    def means(self) -> Array:
        """All 0: an offset moves them."""
        return np.zeros(self.sigma.size)

    def points(self, k: int, count: int, worlds: int, rng: np.random.Generator) -> Array:
        """Independent normal points."""
        drawn = rng.standard_normal((worlds, count))
        drawn *= self.sigma[k]
        return drawn


@dataclass(frozen=True, eq=False)
class CsvSource:
    """Real measurements, sampled with replacement column by column."""

    columns: tuple[Array, ...]  # d arrays of measurements

    normal = False

    @property
    def means(self) -> Array:
        """The columns' means."""
        return np.array([column.mean() for column in self.columns])

    def points(self, k: int, count: int, worlds: int, rng: np.random.Generator) -> Array:
        """Bootstrap draws."""
        column = self.columns[k]
        return np.asarray(column[rng.integers(column.size, size=(worlds, count), dtype=np.int32)])
