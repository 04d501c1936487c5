"""Everybody's points of one distribution side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary, ref

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.data import Dataset, rows_of
from nashbox.problem.source import check_block

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pool:
    """Worlds in which every agent handed in the same number of points.

    values: (R, N) points, agent after agent. starts: (m + 1,) where each agent's points begin.
    sums: (R, m) sum of each agent's points.
    """

    values: Array
    starts: NDArray[np.int64]
    sums: Array

    @classmethod
    def of(cls, submissions: Sequence[Dataset], k: int) -> Pool:
        """Lay out distribution k of submissions whose counts are the same in every world.

        Audits ask again and again with one submission changed: what stayed is not laid out anew.
        Raises InputError for more than memory holds.
        """
        check_block(submissions[0].worlds, sum(int(s.counts[0, k]) for s in submissions))
        for owner in (submissions[0], submissions[-1]):
            known = _LAID_OUT.get(owner, {}).get(k)
            if known is not None and (changed := known.changed(submissions)) is not None:
                return known.pool.with_other(changed, submissions[changed].points(k))
        pool = cls.laid_out([s.points(k) for s in submissions])
        layout = _Layout([ref(s) for s in submissions], pool)
        for owner in (submissions[0], submissions[-1]):
            _LAID_OUT.setdefault(owner, {})[k] = layout
        return pool

    @classmethod
    def laid_out(cls, parts: Sequence[Array]) -> Pool:
        """Put points (R, n_i) side by side."""
        counts = np.array([part.shape[1] for part in parts])
        starts = np.concatenate([[0], np.cumsum(counts)])
        values = np.concatenate(parts, axis=1)
        sums = np.zeros((values.shape[0], counts.size))
        some = counts > 0
        if some.any():
            sums[:, some] = segment_sums(values, starts[:-1][some], counts[some])
        return cls(values, starts, sums)

    def with_other(self, agent: int, points: Array) -> Pool:
        """The same with other points (R, n) of one agent."""
        begin, end = self.starts[agent], self.starts[agent + 1]
        values = np.concatenate([self.values[:, :begin], points, self.values[:, end:]], axis=1)
        starts = self.starts.copy()
        starts[agent + 1 :] += points.shape[1] - (end - begin)
        sums = self.sums.copy()
        sums[:, agent] = points.sum(axis=1)
        return Pool(values, starts, sums)

    def counts(self, agents: NDArray[np.intp]) -> NDArray[np.int64]:
        """Points of each of `agents`."""
        return np.diff(self.starts)[agents]


@dataclass(frozen=True, eq=False)
class _Layout:
    """A pool and whose it is."""

    submissions: Sequence[ref[Dataset]]
    pool: Pool

    def changed(self, submissions: Sequence[Dataset]) -> int | None:
        """The one who hands in something else now, if it is one."""
        if len(submissions) != len(self.submissions):
            return None
        other = [i for i, s in enumerate(submissions) if self.submissions[i]() is not s]
        return other[0] if len(other) == 1 else None


_LAID_OUT: WeakKeyDictionary[Dataset, dict[int, _Layout]] = WeakKeyDictionary()


def even_pools(
    submissions: Sequence[Dataset], k: int
) -> Iterator[tuple[NDArray[np.intp] | slice, Pool]]:
    """Worlds with the same counts of distribution k together: their rows, and their pool."""
    if not any(s.ragged for s in submissions):
        yield slice(None), Pool.of(submissions, k)
        return
    counts = np.stack([s.counts[:, k] for s in submissions], axis=1)
    patterns, where = np.unique(counts, axis=0, return_inverse=True)
    for p in range(patterns.shape[0]):
        rows = np.nonzero(where.reshape(-1) == p)[0]
        yield (
            rows,
            Pool.of([rows_of(s, k, rows, patterns[p, j]) for j, s in enumerate(submissions)], 0),
        )


def segment_sums(values: Array, starts: NDArray[np.int64], counts: NDArray[np.int64]) -> Array:
    """Sums of adjoining segments of the rows, (R, segments)."""
    if (counts == counts[0]).all() and counts[0] <= 32:
        # adding slices beats reduceat where segments are short and alike
        blocks = values.reshape(values.shape[0], counts.size, int(counts[0]))
        total = blocks[:, :, 0].copy()
        for j in range(1, int(counts[0])):
            total += blocks[:, :, j]
        return total
    return np.add.reduceat(values, starts, axis=1)
