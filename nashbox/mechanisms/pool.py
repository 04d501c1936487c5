"""Everybody's points of one distribution side by side, and random subsets of the others' points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary, ref

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.data import Dataset, rows_of
from nashbox.problem.source import check_block

Array = NDArray[np.float64]

FEW = 16  # times the others' points: squared sizes up to which subsets are drawn, not shuffled


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


def split_sums(
    pool: Pool, agents: NDArray[np.intp], clean: int, drawn: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Draw Y' of `drawn` of the others' points without replacement, and Z of `clean` of those.

    Returns the sums of Z and of Y' without Z, both (R, g), drawn independently for each of the g
    agents. All agents must have handed in the same number of points.
    """
    others = pool.values.shape[1] - int(pool.counts(agents)[0])
    left_out = others - drawn
    if drawn == others and clean * clean <= FEW * others:
        sums = _sums(pool, agents, _subsets(pool, agents, clean, rng))
        return sums, _all_others(pool, agents) - sums
    if min(drawn, left_out + clean) ** 2 <= FEW * others:
        return _two_stages(pool, agents, clean, drawn, rng)
    parts = [_shuffled(pool, int(i), clean, drawn, rng) for i in agents]  # costs N a world
    return np.stack([p[0] for p in parts], axis=1), np.stack([p[1] for p in parts], axis=1)


def _all_others(pool: Pool, agents: NDArray[np.intp]) -> Array:
    """Sum of everybody else's points, (R, g)."""
    return np.asarray(pool.sums.sum(axis=1)[:, None] - pool.sums[:, agents])


def _two_stages(
    pool: Pool, agents: NDArray[np.intp], clean: int, drawn: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """`split_sums` by a small subset S and a random part of it.

    If Y' is small, S is Y' and Z a part of it. Else S is Z with the points that Y' leaves out: a
    random subset and a random part of that size of it are as good as the two drawn one by one.
    """
    left_out = pool.values.shape[1] - int(pool.counts(agents)[0]) - drawn
    whole = drawn <= left_out + clean
    size = drawn if whole else left_out + clean
    chosen = _subsets(pool, agents, size, rng)
    part = np.stack(_floyd(size, clean, chosen[0].shape, np.uint16, rng))
    places = np.take_along_axis(np.stack(chosen), part, axis=0)
    sums, both = _sums(pool, agents, list(places)), _sums(pool, agents, chosen)
    rest = both - sums
    return sums, rest if whole else _all_others(pool, agents) - both


def _floyd(
    total: int, size: int, shape: tuple[int, ...], kind: Any, rng: np.random.Generator
) -> list[NDArray[Any]]:
    """Random subsets of `size` of the numbers below `total` by Floyd's algorithm; arrays of shape.

    The set is uniform; the order of its members is not.
    """
    drawn: list[NDArray[Any]] = []
    # the j-th draw is at most j; one that came before is replaced by j itself
    for last in range(total - size, total):
        new = rng.integers(0, last, size=shape, dtype=kind, endpoint=True)
        if drawn:
            again = new == drawn[0]
            for old in drawn[1:]:
                again |= new == old
            np.copyto(new, kind(last), where=again)
        drawn.append(new)
    return drawn


def _subsets(
    pool: Pool, agents: NDArray[np.intp], size: int, rng: np.random.Generator
) -> list[NDArray[Any]]:
    """Places of random subsets of the others' points, (R, g) each, own points not counted."""
    total = pool.values.shape[1]
    kind = np.uint16 if total < 2**16 - 1 else np.uint32
    others = total - int(pool.counts(agents)[0])
    return _floyd(others, size, (pool.values.shape[0], agents.size), kind, rng)


def _sums(pool: Pool, agents: NDArray[np.intp], places: list[NDArray[Any]]) -> Array:
    """Sums of the points at those places, (R, g)."""
    worlds, total = pool.values.shape
    own = int(pool.counts(agents)[0])
    rows = (np.arange(worlds) * total)[:, None]
    flat = pool.values.reshape(-1)
    # arrays are used again: fresh memory costs more than the arithmetic in it
    index = np.empty((worlds, agents.size), dtype=np.intp)
    value, sums = np.empty(index.shape), np.zeros(index.shape)
    for place in places:
        begin = pool.starts[agents].astype(place.dtype)
        np.add(place + place.dtype.type(own) * (place >= begin), rows, out=index)  # step over hers
        np.take(flat, index, mode="clip", out=value)
        sums += value
    return sums


def _shuffled(
    pool: Pool, agent: int, clean: int, drawn: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    begin, end = pool.starts[agent], pool.starts[agent + 1]
    others = np.concatenate([pool.values[:, :begin], pool.values[:, end:]], axis=1)
    rng.permuted(others, axis=1, out=others)
    return others[:, :clean].sum(axis=1), others[:, clean:drawn].sum(axis=1)
