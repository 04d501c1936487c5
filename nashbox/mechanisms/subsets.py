"""Random subsets of the others' points, for many readers by one random order of all points."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from nashbox.mechanisms.pool import Drawn, Pool
from nashbox.problem.arrays import Array, Places

FEW = 3  # times the length of one order for all: so many points are rather drawn reader by reader
BLOCK = 2**17  # places that are drawn at a time: they stay in the processor's memory


def split_sums(
    pool: Pool, agents: Places, clean: Places, drawn: Places, rng: Generator, *, apart: bool = False
) -> tuple[Array, Array]:
    """Draw Y' of `drawn` of the others' points without replacement, and Z of `clean` of those.

    agents, clean, drawn: (g,), 0 <= clean <= drawn <= the others' points. Returns the sums of Z and
    of Y' without Z, both (R, g). apart: draw for each agent independently, as rules for real do.
    Else many agents of one world read off one order of all points: each one's law, and every mean
    over agents, is the same, the dependence between what several get is not.
    """
    own = pool.counts(agents)
    left_out = pool.total - own - drawn
    # Z with what Y' leaves out is a random subset, and Z a random part of it
    by_rest = left_out + clean < drawn
    both = np.where(by_rest, left_out + clean, drawn)
    length = int((both + own).max(initial=0))
    if apart or both.sum() <= FEW * length:  # an order of the others' points for each
        first, others = np.empty((2, pool.worlds, agents.size))
        for j, agent in enumerate(agents.tolist()):
            drew = _drawn(pool, agent, (int(both[j]), int(clean[j])), rng)
            first[:, j], others[:, j] = drew.first, drew.whole
    else:
        order = _Order.drawn(pool, length, rng)
        first, others = order.of_others(pool, agents, clean), order.of_others(pool, agents, both)
    rest = others - first
    if by_rest.any():
        everything = pool.sums.sum(axis=1)[:, None] - pool.sums[:, agents[by_rest]]
        rest[:, by_rest] = everything - others[:, by_rest]
    return first, rest


def _drawn(pool: Pool, agent: int, sizes: tuple[int, int], rng: Generator) -> Drawn:
    """Draw a subset of the others' points and a first part of it, of these `sizes`.

    Audits try one strategy after another with the same dice: what would come out is known then.
    """
    kept, before = pool.drawn_for(agent), pickle.dumps(rng.bit_generator.state)
    known = kept.get(agent)
    if known is not None and (known.sizes, known.before) == (sizes, before):
        rng.bit_generator.state = known.after
        return known
    values = _others_values(pool, agent, sizes[0], rng)
    first, whole = values[:, : sizes[1]].sum(axis=1), values.sum(axis=1)
    kept[agent] = Drawn(sizes, before, rng.bit_generator.state, first, whole)
    return kept[agent]


def _others_values(pool: Pool, agent: int, length: int, rng: Generator) -> Array:
    """The first `length` of a random order of the others' points, (R, length).

    The same for the same dice, however many points she handed in herself: audits compare counts.
    """
    worlds, total = pool.worlds, pool.total
    begin, end = pool.starts[agent], pool.starts[agent + 1]
    others = int(total - end + begin)
    values = np.empty((worlds, length))
    for rows in _blocks(worlds, others):
        points = pool.values[rows]
        places = _places(points.shape[0], others, length, rng)
        places += (end - begin) * (places >= begin)
        values[rows] = _at(points, places)
    return values


def _at(values: Array, places: Places) -> Array:
    """Values (R, N) at places (R, L) of each row."""
    rows = np.arange(values.shape[0])[:, None] * values.shape[1]
    return np.asarray(values.reshape(-1).take(places + rows))


def _blocks(worlds: int, total: int) -> Iterator[slice]:
    step = max(1, BLOCK // max(total, 1))
    for begin in range(0, worlds, step):
        yield slice(begin, begin + step)


@dataclass(frozen=True, eq=False)
class _Order:
    """The first L points of a random order of all: values (R, L) and whose they are (R, L)."""

    values: Array
    owner: Places

    @classmethod
    def drawn(cls, pool: Pool, length: int, rng: Generator) -> _Order:
        worlds, total = pool.worlds, pool.total
        owners = np.repeat(np.arange(pool.starts.size - 1), np.diff(pool.starts))
        values, owner = np.empty((worlds, length)), np.empty((worlds, length), dtype=np.intp)
        for rows in _blocks(worlds, total):
            points = pool.values[rows]
            places = _places(points.shape[0], total, length, rng)
            values[rows] = _at(points, places)
            owner[rows] = owners[places]
        return cls(values, owner)

    def of_others(self, pool: Pool, agents: Places, size: Places) -> Array:
        """Sums of the first `size` points of others that each of the agents meets, (R, g)."""
        worlds, length = self.values.shape
        m = pool.starts.size - 1
        wanted = np.zeros(m, dtype=np.intp)
        wanted[agents] = size
        first = np.arange(worlds)[:, None] * m
        # those before place `wanted` are read for sure, and one more for each of her own there
        ahead = np.arange(length) - wanted[self.owner]
        flat = (first + self.owner).ravel()
        inside = ahead < 0
        skipped = np.bincount(flat, inside.ravel(), worlds * m)
        hers = np.bincount(flat, (inside * self.values).ravel(), worlds * m)
        near = np.flatnonzero(~inside & (ahead < np.diff(pool.starts)[self.owner]))
        whose, ahead, value = flat[near], ahead.ravel()[near], self.values.ravel()[near]
        while (now := ahead < skipped[whose]).any():
            np.add.at(skipped, whose[now], 1.0)
            np.add.at(hers, whose[now], value[now])
            whose, ahead, value = whose[~now], ahead[~now], value[~now]
        until = skipped.reshape(worlds, m)[:, agents].astype(np.intp) + size
        before = np.zeros((worlds, length + 1))
        np.cumsum(self.values, axis=1, out=before[:, 1:])
        own = hers.reshape(worlds, m)[:, agents]
        return np.asarray(_at(before, until) - own)


def _places(worlds: int, total: int, length: int, rng: Generator) -> Places:
    """The first `length` of random orders of `total` places, (worlds, length)."""
    if length == 0:
        return np.empty((worlds, 0), dtype=np.intp)
    if 3 * length > total:
        kept = np.uint64(2**16 - 1 if total < 2**16 else 2**32 - 1)
        keys = rng.integers(0, 2**64, size=(worlds, total), dtype=np.uint64)
        keys &= ~kept
        keys |= np.arange(total, dtype=np.uint64)
        keys.sort(axis=1)
        return np.asarray(keys[:, :length] & kept, dtype=np.intp)
    # some more are drawn with replacement, and the first of everything stays
    missed = np.arange(length) / total
    more = int((1 / (1 - missed)).sum() + 5 * np.sqrt((missed / (1 - missed) ** 2).sum())) + 2
    found = np.empty((worlds, length), dtype=np.intp)
    left = np.arange(worlds)
    kind = np.uint16 if total <= 2**16 else np.uint32
    turn = np.arange(more, dtype=kind)
    while left.size:
        places = rng.integers(0, total, size=(left.size, more), dtype=kind).astype(np.intp)
        flat = places + (np.arange(left.size) * total)[:, None]
        came = np.empty(left.size * total, dtype=kind)  # when each place came first
        came[flat[:, ::-1].ravel()] = np.tile(turn[::-1], left.size)
        new = came.take(flat) == turn
        number = np.cumsum(new, axis=1)
        enough = number[:, -1] >= length
        new &= number <= length
        new[~enough] = False
        found[left[enough]] = places[new].reshape(-1, length)
        left = left[~enough]
    return found
