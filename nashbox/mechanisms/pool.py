"""Everybody's points of one distribution side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from weakref import WeakKeyDictionary, ref

import numpy as np

from nashbox.problem.arrays import Array, Counts, Places
from nashbox.problem.data import Dataset, rows_of
from nashbox.problem.source import check_block


@dataclass(frozen=True)
class Drawn:
    """Subsets of the others' points that were drawn for an agent: their sums, and from which dice.

    sizes: of the subset and of its first part. before, after: states of the generator.
    """

    sizes: tuple[int, int]
    before: bytes
    after: Any
    first: Array
    whole: Array


@dataclass(frozen=True, eq=False)
class Pool:
    """Worlds in which every agent handed in the same number of points.

    parts: adjoining points (R, ...), agent after agent. starts: (m + 1,) where each agent's points
    begin. sums: (R, m) sum of each agent's points. drawn: the last subsets drawn for each agent; of
    her whose points changed, since the others' did not.
    """

    parts: Sequence[Array]
    starts: Counts
    sums: Array
    drawn: dict[int, Drawn] = field(default_factory=dict)
    changed: int | None = None

    @cached_property
    def values(self) -> Array:
        """All points, (R, N), laid out when somebody looks at them."""
        return np.concatenate(self.parts, axis=1)

    @property
    def worlds(self) -> int:
        """R."""
        return len(self.sums)

    @property
    def total(self) -> int:
        """N."""
        return int(self.starts[-1])

    def drawn_for(self, agent: int) -> dict[int, Drawn]:
        """Where subsets of the others' points are kept; nowhere if these may have changed."""
        return self.drawn if self.changed in (None, agent) else {}

    @classmethod
    def of(cls, submissions: Sequence[Dataset], k: int) -> Pool:
        """Lay out distribution k of submissions whose counts are the same in every world.

        Audits ask again and again with one submission changed: what stayed is not laid out anew.
        Raises InputError for more than memory holds.
        """
        check_block(submissions[0].worlds, sum(int(s.counts[0, k]) for s in submissions))
        for owner in (submissions[0], submissions[-1]):
            known = _LAID_OUT.get(owner, {}).get(k)
            if known is not None and (pool := known.relaid(submissions, k)) is not None:
                return pool
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
        return cls([values], starts, sums)

    def with_other(self, agent: int, points: Array) -> Pool:
        """The same with other points (R, n) of one agent."""
        begin, end = self.starts[agent], self.starts[agent + 1]
        parts = [self.values[:, :begin], points, self.values[:, end:]]
        starts = self.starts.copy()
        starts[agent + 1 :] += points.shape[1] - (end - begin)
        sums = self.sums.copy()
        sums[:, agent] = points.sum(axis=1)
        return Pool(parts, starts, sums, self.drawn, agent)

    def counts(self, agents: Places) -> Counts:
        """Points of each of `agents`."""
        return np.diff(self.starts)[agents]


@dataclass(frozen=True, eq=False)
class _Layout:
    """A pool and whose it is."""

    submissions: Sequence[ref[Dataset]]
    pool: Pool

    def relaid(self, submissions: Sequence[Dataset], k: int) -> Pool | None:
        """The pool with what at most one agent hands in now instead; None if more has changed."""
        if len(submissions) != len(self.submissions):
            return None
        changed = [i for i, s in enumerate(submissions) if self.submissions[i]() is not s]
        if not changed:
            return self.pool
        if len(changed) > 1:
            return None
        return self.pool.with_other(changed[0], submissions[changed[0]].points(k))


_LAID_OUT: WeakKeyDictionary[Dataset, dict[int, _Layout]] = WeakKeyDictionary()


def even_pools(submissions: Sequence[Dataset], k: int) -> Iterator[tuple[Places | slice, Pool]]:
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


def segment_sums(values: Array, starts: Counts, counts: Counts) -> Array:
    """Sums of adjoining segments of the rows, (R, segments)."""
    if (counts == counts[0]).all() and counts[0] <= 32:
        # adding slices beats reduceat where segments are short and alike
        blocks = values.reshape(values.shape[0], counts.size, int(counts[0]))
        total = blocks[:, :, 0].copy()
        for j in range(1, int(counts[0])):
            total += blocks[:, :, j]
        return total
    return np.add.reduceat(values, starts, axis=1)
