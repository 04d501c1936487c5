"""Where agents' measurements come from: the normal model, or real data drawn with replacement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from nashbox.problem.arrays import Array
from nashbox.problem.errors import InputError

MOST_POINTS = 1 << 28  # of one draw: 2 GiB


def check_block(worlds: int, count: int, most: int = MOST_POINTS) -> None:
    """Refuse to hold more points at once than fit into memory. Raises InputError."""
    if worlds * count > most:
        raise InputError(
            f"{worlds} worlds of {count:.6g} points need {worlds * count * 8 / 2**30:.3g} GiB, "
            f"and {most * 8 / 2**30:.3g} are allowed: exact methods draw no points; others need "
            "fewer worlds at once, or costs and sigma at which less is collected"
        )


class Source(Protocol):
    """A distribution per column k, which `offset` moves as a whole."""

    @property
    def normal(self) -> bool:
        """Whether the points are normal with the problem's sigma."""

    @property
    def means(self) -> Array:
        """The true mu of every distribution at offset 0, (d,)."""

    @property
    def variances(self) -> Array:
        """The true variance of every distribution, (d,)."""

    def points(self, k: int, count: int, worlds: int, rng: np.random.Generator) -> Array:
        """Draw points of distribution k, (worlds, count)."""


@dataclass(frozen=True, eq=False)
class Centred:
    """Distributions with mean 0 and standard deviation sigma_k."""

    sigma: Array  # (d,), units of the measurements

    @property
    def means(self) -> Array:
        """All 0: an offset moves them."""
        return np.zeros(self.sigma.size)

    @property
    def variances(self) -> Array:
        """sigma^2."""
        return np.square(self.sigma)


@dataclass(frozen=True, eq=False)
class NormalSource(Centred):
    """N(0, sigma_k^2) for every distribution k."""

    normal = True

    def points(self, k: int, count: int, worlds: int, rng: np.random.Generator) -> Array:
        """Independent normal points."""
        check_block(worlds, count)
        drawn = rng.standard_normal((worlds, count))
        drawn *= self.sigma[k]
        return drawn


@dataclass(frozen=True, eq=False)
class CsvSource:
    """Real measurements, sampled with replacement column by column."""

    columns: tuple[Array, ...]  # d arrays of measurements
    left_out: tuple[int, ...] = ()  # cells of each column without a measurement

    normal = False

    @property
    def means(self) -> Array:
        """The columns' means."""
        return np.array([column.mean() for column in self.columns])

    @property
    def variances(self) -> Array:
        """The columns' variances: points are drawn with replacement."""
        return np.array([column.var() for column in self.columns])

    def points(self, k: int, count: int, worlds: int, rng: np.random.Generator) -> Array:
        """Bootstrap draws."""
        check_block(worlds, count)
        column = self.columns[k]
        return np.asarray(column[rng.integers(column.size, size=(worlds, count), dtype=np.int32)])


@dataclass(frozen=True, eq=False)
class ShapedSource(Centred):
    """Mean 0 and standard deviation sigma_k, but not normal.

    skewed: the exponential of a standard normal number (skewness 6.2). heavy: Student's t with four
    degrees of freedom.
    """

    shape: str  # of SHAPES

    normal = False

    def points(self, k: int, count: int, worlds: int, rng: np.random.Generator) -> Array:
        """Independent points."""
        check_block(worlds, count)
        if self.shape == "heavy":
            return np.asarray(self.sigma[k] / np.sqrt(2.0) * rng.standard_t(4, (worlds, count)))
        drawn = np.exp(rng.standard_normal((worlds, count))) - np.exp(0.5)
        return np.asarray(self.sigma[k] / np.sqrt(np.e * (np.e - 1)) * drawn)


SHAPES = ("skewed", "heavy")
