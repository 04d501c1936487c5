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

    def points(
        self, counts: NDArray[np.int64], worlds: int, rng: np.random.Generator
    ) -> list[Array]:
        """Draw points of every distribution, a (worlds, counts[k]) array for each."""


@dataclass(frozen=True, eq=False)
class NormalSource:
    """N(0, sigma_k^2) for every distribution k."""

    sigma: Array  # (d,), units of the measurements

    normal = True

    @property
    def means(self) -> Array:
        """All 0: an offset moves them."""
        return np.zeros(self.sigma.size)

    def points(
        self, counts: NDArray[np.int64], worlds: int, rng: np.random.Generator
    ) -> list[Array]:
        """Independent normal points, drawn in one call."""
        drawn = rng.standard_normal(worlds * int(counts.sum()))
        blocks = np.split(drawn, worlds * np.cumsum(counts)[:-1])
        for block, sigma in zip(blocks, self.sigma, strict=True):
            block *= sigma
        return [b.reshape(worlds, int(n)) for b, n in zip(blocks, counts, strict=True)]


@dataclass(frozen=True, eq=False)
class CsvSource:
    """Real measurements, sampled with replacement column by column."""

    columns: tuple[Array, ...]  # d arrays of measurements

    normal = False

    @property
    def means(self) -> Array:
        """The columns' means."""
        return np.array([column.mean() for column in self.columns])

    def points(
        self, counts: NDArray[np.int64], worlds: int, rng: np.random.Generator
    ) -> list[Array]:
        """Bootstrap draws."""
        return [
            column[rng.integers(column.size, size=(worlds, int(n)), dtype=np.int32)]
            for column, n in zip(self.columns, counts, strict=True)
        ]
