"""Data sets of R parallel worlds: what an agent collects and what she hands in.

A data set holds, for every distribution k, points of shape (R, w_k). Worlds may hold different
numbers of points (mixed strategies): unused places at the end of a row are NaN.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nashbox.problem.arrays import Array, Counts, Places
from nashbox.problem.errors import ContractError
from nashbox.problem.source import Source


class Dataset:
    """Points of d distributions in R worlds.

    `counts` is (R, d); `points(k)` is (R, w_k), NaN beyond a world's count; `sum` and `mean` are
    (R, d), the mean NaN where there is no point.
    """

    def __init__(self, points: Sequence[ArrayLike], counts: Counts | None = None) -> None:
        """Take one (R, w_k) array per distribution; `counts` is derived from NaN if not given."""
        self._points = [np.asarray(p, dtype=float) for p in points]
        if counts is None:
            counts = np.stack([(~np.isnan(p)).sum(axis=1) for p in self._points], axis=1)
        for k, block in enumerate(self._points):
            if block.ndim != 2 or (len(block), len(self._points)) != counts.shape:
                raise ContractError(
                    f"Dataset: points of every distribution must be of shape (worlds, points) and "
                    f"counts (worlds, distributions), got {block.shape} and {counts.shape}"
                )
            if counts.size and counts[:, k].max() > block.shape[1]:
                raise ContractError(
                    f"Dataset: counts must be the numbers of points, got {counts[:, k].max()} for "
                    f"{block.shape[1]} points"
                )
        self.counts: Counts = counts
        self._sum: Array | None = None

    @property
    def worlds(self) -> int:
        """The length R of the replication axis."""
        return int(self.counts.shape[0])

    @property
    def ragged(self) -> bool:
        """Whether the worlds hold different numbers of points."""
        return bool(self.counts.strides[0] != 0 and (self.counts != self.counts[:1]).any())

    def points(self, k: int) -> Array:
        """Points of distribution k, (R, w_k)."""
        return self._points[k]

    @property
    def sum(self) -> Array:
        """Sum of the points, (R, d)."""
        if self._sum is None:
            columns = range(self.counts.shape[1])
            total = np.nansum if self.ragged else np.sum
            self._sum = np.stack([total(self.points(k), axis=1) for k in columns], axis=1)
        return self._sum

    @property
    def mean(self) -> Array:
        """Mean of the points, (R, d), NaN where there is none."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.sum / self.counts)

    def map(self, change: Callable[[Array, int], Array]) -> Dataset:
        """Apply `change(points, k)`, which keeps the shape, to every distribution."""
        new = [change(self.points(k), k) for k in range(self.counts.shape[1])]
        return Dataset(new, self.counts)

    def shifted(self, shift: ArrayLike) -> Dataset:
        """Add shift[k] to every point of distribution k; `shift` is (d,) or (R, d)."""
        moves = np.broadcast_to(np.asarray(shift, dtype=float), self.counts.shape)
        return self.map(lambda points, k: points + moves[:, k, None])

    def first(self, counts: ArrayLike) -> Dataset:
        """Keep the first counts[k] points of each distribution (a part, as points are i.i.d.)."""
        keep = np.broadcast_to(np.asarray(counts, dtype=np.int64), self.counts.shape[1:])
        new = [self.points(k)[:, : int(n)] for k, n in enumerate(keep)]
        if self.ragged:
            return Dataset(new)
        kept = np.minimum(self.counts[0], keep)
        return Dataset(new, np.broadcast_to(kept, self.counts.shape))

    def rows(self, rows: Places) -> Dataset:
        """Keep some of the worlds."""
        if rows.size == self.worlds:
            return self
        new = [self.points(k)[rows] for k in range(self.counts.shape[1])]
        return Dataset(new, self.counts[rows])

    def joined(self, other: Dataset) -> Dataset:
        """Put the points of two unragged data sets side by side."""
        columns = range(self.counts.shape[1])
        new = [np.concatenate([self.points(k), other.points(k)], axis=1) for k in columns]
        return Dataset(new, self.counts + other.counts)


class Collected(Dataset):
    """Points measured by an agent: sums are drawn first if only they are looked at.

    The mean of a normal sample, that of its first part, and the residuals within either part are
    independent, so a sample whose points nobody looks at costs one draw per sum that somebody looks
    at; looking at the points later adds residuals around what was shown. Real data are always drawn
    point by point.
    """

    def __init__(
        self,
        source: Source,
        sigma: Array,
        offset: Array,
        counts: Counts,
        worlds: int,
        rng: np.random.Generator,
    ) -> None:
        """Collect counts (d,) points in each of `worlds` worlds at means `offset` + source's."""
        self.counts = np.broadcast_to(counts, (worlds, counts.size))
        self._source, self._sigma, self._offset, self._rng = source, sigma, offset, rng
        self._drawn: dict[int, Array] = {}
        self._sum = None
        self._part: FirstPart | None = None  # whose sum is drawn

    @classmethod
    def of_sum(
        cls,
        source: Source,
        sigma: Array,
        offset: Array,
        counts: Counts,
        rng: np.random.Generator,
        total: Array,
    ) -> Collected:
        """Points whose sums (R, d) are drawn already; counts: (R, d)."""
        made = cls.__new__(cls)
        made.counts = counts
        made._source, made._sigma, made._offset, made._rng = source, sigma, offset, rng
        made._drawn, made._sum, made._part = {}, total, None
        return made

    @property
    def _in_sums(self) -> bool:
        """Whether sums can be drawn without the points."""
        return self._source.normal and not self._drawn

    def points(self, k: int) -> Array:
        """Points of distribution k, (R, n_k), drawn when somebody looks first."""
        if k not in self._drawn:
            self._drawn[k] = self._draw(k)
        return self._drawn[k]

    def _draw(self, k: int) -> Array:
        drawn = self._source.points(k, int(self.counts[0, k]), self.worlds, self._rng)
        rest, total = drawn, None if self._sum is None else self._sum[:, k]
        if self._part is not None:
            n = int(self._part.counts[0, k])
            first, rest = drawn[:, :n], drawn[:, n:]
            shown = self._part.sum[:, k]
            _move(first, shown)
            total = None if total is None else total - shown
        if total is not None:
            _move(rest, total)
        elif self._offset[k]:
            rest += self._offset[k]
        return drawn

    @property
    def sum(self) -> Array:
        """Sum of the points, (R, d)."""
        if self._sum is None:
            if not self._in_sums:
                return Dataset.sum.fget(self)  # type: ignore[attr-defined, no-any-return]
            part = self._part
            counts = self.counts[0] if part is None else self.counts[0] - part.counts[0]
            drawn = self._noise(counts) + self._offset * counts
            self._sum = drawn if part is None else part.sum + drawn
        return self._sum

    def first(self, counts: ArrayLike) -> Dataset:
        """Keep the first counts[k] points of each distribution, as lazily drawn as all."""
        if not self._in_sums:
            return super().first(counts)
        keep = np.minimum(self.counts[0], np.asarray(counts, dtype=np.int64))
        return FirstPart(self, np.broadcast_to(keep, self.counts.shape))

    def sum_of_first(self, part: FirstPart) -> Array | None:
        """Draw the sum of a part, (R, d), to which all else keeps; None where points are looked at.

        Given the sum S of n points, that of a of them is normal around S a/n.
        """
        if self._part is not None or not self._in_sums:
            return None
        a, n = part.counts[0], self.counts[0]
        if self._sum is None:
            total = np.asarray(self._noise(a) + self._offset * a)
        else:
            share = a / np.maximum(n, 1)
            total = np.asarray(self._sum * share + self._noise(a * (1 - share)))
        self.keep_to(part)
        return total

    def keep_to(self, part: FirstPart) -> None:
        """Draw nothing any more that contradicts the sum of a part."""
        self._part = part

    def _noise(self, counts: NDArray[Any]) -> Array:
        """Sums of so many points less their mean; 0, and no draw, where there are none at all."""
        if not counts.any():
            return np.zeros(self.counts.shape)
        noise = self._rng.standard_normal(self.counts.shape)
        return np.asarray(noise * (self._sigma * np.sqrt(counts)))


class FirstPart(Dataset):
    """The first points of what was measured: their sum is drawn before them."""

    def __init__(self, whole: Collected, counts: Counts) -> None:
        """Look at nothing yet; counts: (R, d)."""
        self.whole, self.counts, self._sum = whole, counts, None

    @classmethod
    def of_sum(cls, whole: Collected, counts: Counts, total: Array) -> FirstPart:
        """A part whose sum (R, d) is drawn already, before anything else of the whole."""
        made = cls(whole, counts)
        made._sum = total
        whole.keep_to(made)
        return made

    def points(self, k: int) -> Array:
        """Points of distribution k, (R, n_k)."""
        return self.whole.points(k)[:, : int(self.counts[0, k])]

    @property
    def sum(self) -> Array:
        """Sum of the points, (R, d)."""
        if self._sum is None:
            self._sum = self.whole.sum_of_first(self)
        return Dataset.sum.fget(self)  # type: ignore[attr-defined, no-any-return]


def _move(points: Array, total: Array) -> None:
    """Give points (R, n) these sums (R,)."""
    if points.shape[1]:
        points += (total[:, None] - points.sum(axis=1, keepdims=True)) / points.shape[1]


def merge(parts: Sequence[Dataset], rows: Sequence[Places], worlds: int) -> Dataset:
    """Interleave data sets of disjoint groups of worlds; `rows[p]` are the worlds of parts[p]."""
    if len(parts) == 1:
        return parts[0]
    d = parts[0].counts.shape[1]
    counts = np.zeros((worlds, d), dtype=np.int64)
    for part, row in zip(parts, rows, strict=True):
        counts[row] = part.counts
    points = []
    for k in range(d):
        column = np.full((worlds, int(counts[:, k].max(initial=0))), np.nan)
        for part, row in zip(parts, rows, strict=True):
            block = part.points(k)
            column[row, : block.shape[1]] = block
        points.append(column)
    return Dataset(points, counts)


def rows_of(data: Dataset, k: int, rows: Places, count: int) -> Dataset:
    """Distribution k alone, in worlds `rows` that all hold `count` points."""
    points = data.points(k)[rows]
    if points.shape[1] > count:  # a strategy may leave NaN anywhere in a row
        order = np.argsort(np.isnan(points), axis=1, kind="stable")
        points = np.take_along_axis(points, order, axis=1)[:, :count]
    return Dataset([points], np.full((rows.size, 1), count))
