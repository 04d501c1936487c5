"""Symbols and coins of many games at once, drawn exactly and cheaply from raw random bits.

A draw takes 16 bits; only where they do not decide between two outcomes (a share of 2^-16 of all
draws at each boundary) it takes 53 more. Games with theta = 0 come first, so the games of each
state are a slice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Array, Mask
from nashbox.problem.observations import ObservationModel

CELLS = 1 << 16
CACHE = 1 << 16  # symbols that are worked on while they are in the processor's cache
AHEAD = 16  # calls for which streams are read ahead at the most
WORDS = 1 << 20  # words of all streams that are read at once
_OPEN = 255  # mark of a cell that 16 bits do not decide


def raw16(rng: np.random.Generator, size: int) -> NDArray[np.uint16]:
    """Uniform 16-bit integers (size,)."""
    bits: NDArray[np.uint64] = rng.bit_generator.random_raw((size + 3) // 4)
    return np.asarray(bits, dtype=np.uint64).view(np.uint16)[:size]


def blocks(rows: int, size: int) -> Iterator[slice]:
    """Slices of rows of that size, together all, each about what the processor's cache holds."""
    step = max(1, CACHE // max(size, 1))
    for start in range(0, rows, step):
        yield slice(start, min(start + step, rows))


class Streams:
    """Many generators that are read ahead: each gives what it gives by itself, in its order.

    What comes next is `words[:, at:]`, (generators, words); nobody else may draw from them.
    """

    def __init__(self, rngs: Sequence[np.random.Generator]) -> None:
        """Read nothing yet."""
        self.sources = [rng.bit_generator for rng in rngs]
        self.words = np.empty((len(rngs), 0), dtype=np.uint64)
        self.at, self.ahead = 0, 1

    def raw16(self, size: int) -> NDArray[np.uint16]:
        """`raw16` of every generator, (generators, size), valid until the next call."""
        words = (size + 3) // 4
        if self.at + words > self.words.shape[1]:
            self._read_ahead(words)
        taken = self.words[:, self.at : self.at + words]
        self.at += words
        return taken.view(np.uint16)[:, :size]

    def random(self, row: int) -> float:
        """`random` of one generator: a single number."""
        rest = self.words[row, self.at :]
        last = self.sources[row].random_raw()
        word = int(rest[0]) if rest.size else last
        rest[:-1] = rest[1:]
        rest[-1:] = last
        return float((word >> 11) * 2.0**-53)

    def _read_ahead(self, least: int) -> None:
        """Read the next words of all generators, those of ever more calls at once."""
        rest = self.words[:, self.at :]
        more = least * max(1, min(self.ahead, WORDS // (least * len(self.sources))))
        self.ahead = min(2 * self.ahead, AHEAD)
        self.words = np.empty((len(self.sources), rest.shape[1] + more), dtype=np.uint64)
        self.words[:, : rest.shape[1]] = rest
        for row, source in zip(self.words[:, rest.shape[1] :], self.sources, strict=True):
            row[:] = source.random_raw(more)
        self.at = 0


class Coin:
    """Flips that are True with an exact probability; 0 and 1 leave the stream untouched."""

    def __init__(self, p: Fraction) -> None:
        """Cut the 16-bit integers at p."""
        self.p = p
        self.cut, rest = divmod(p * CELLS, 1)
        self.rest = float(rest)

    def flip(self, rng: np.random.Generator, size: int) -> Mask:
        """Flip `size` times."""
        if self.p in (0, 1):
            return np.full(size, self.p == 1)
        return self.decide(raw16(rng, size), rng)

    def decide(self, bits: NDArray[np.uint16], rng: np.random.Generator) -> Mask:
        """Compare given bits with p, more of them where they tie."""
        out = self.looked_up(bits)
        if self.rest:
            ties = np.flatnonzero(self.open(bits, out))
            if ties.size:
                out[ties] = self.settled(bits[ties], rng.random(ties.size))
        return out

    def settled(self, bits: NDArray[np.uint16], more: Array) -> Mask:
        """What open bits come to; more: uniform numbers in [0, 1)."""
        return more < self.rest

    def looked_up(self, bits: NDArray[np.uint16]) -> Mask:
        """What `decide` gives where bits are not open."""
        if self.p in (0, 1):
            return np.full(bits.shape, self.p == 1)
        return bits < np.uint16(self.cut)

    def open(self, bits: NDArray[np.uint16], found: NDArray[Any]) -> Mask:
        """Bits that do not decide."""
        return bits == np.uint16(self.cut) if self.rest else np.zeros(bits.shape, dtype=np.bool_)


class SymbolTable:
    """Symbols of one pmf by table: 16 bits in, a symbol out."""

    def __init__(self, pmf: Sequence[Fraction]) -> None:
        """Fill the table; cells astride a boundary stay open."""
        edges = [c * CELLS for c in accumulate(pmf)]
        self.edges = np.array([float(e) for e in edges[:-1]])
        cells = np.searchsorted([float(e) for e in edges], np.arange(CELLS), side="right")
        self.table = np.minimum(cells, len(pmf) - 1).astype(np.uint8)
        for edge in edges[:-1]:
            if edge.denominator != 1:
                self.table[int(edge)] = _OPEN

    def decide(self, bits: NDArray[np.uint16], rng: np.random.Generator) -> NDArray[np.uint8]:
        """Look symbols up, with more bits where the cell is open."""
        out = self.looked_up(bits)
        ties = np.flatnonzero(self.open(bits, out))
        if ties.size:
            out[ties] = self.settled(bits[ties], rng.random(ties.size))
        return out

    def settled(self, bits: NDArray[np.uint16], more: Array) -> NDArray[np.uint8]:
        """What open bits come to; more: uniform numbers in [0, 1)."""
        exact = bits + more
        return np.searchsorted(self.edges, exact, side="right").astype(np.uint8)

    def looked_up(self, bits: NDArray[np.uint16]) -> NDArray[np.uint8]:
        """What `decide` gives where bits are not open."""
        return self.table[bits]

    def open(self, bits: NDArray[np.uint16], found: NDArray[Any]) -> Mask:
        """Bits that do not decide."""
        return np.asarray(found == _OPEN)


class Observer:
    """Draws one agent's symbols for games of which the first `split` have theta = 0."""

    def __init__(self, model: ObservationModel) -> None:
        """Prepare both pmfs."""
        self.binary = model.symbols == 2
        self.parts: Sequence[Coin | SymbolTable] = (
            [Coin(model.p0[1]), Coin(model.p1[1])]
            if self.binary
            else [SymbolTable(model.p0), SymbolTable(model.p1)]
        )

    @staticmethod
    @lru_cache(maxsize=64)
    def of(model: ObservationModel) -> Observer:
        """Equal models share one."""
        return Observer(model)

    def draw(self, rng: np.random.Generator, size: int, split: int) -> NDArray[np.uint8]:
        """One symbol per game, (size,)."""
        bits = raw16(rng, size)
        out = np.empty(size, dtype=np.uint8)
        for theta, piece in enumerate((slice(0, split), slice(split, size))):
            out[piece] = self.parts[theta].decide(bits[piece], rng)
        return out

    def draw_many(self, streams: Streams, size: int, split: int) -> Iterator[NDArray[np.uint8]]:
        """One symbol per stream and game, for each what `draw` gives; (streams, size) in parts.

        A part has so many streams that arrays of it stay in the processor's cache.
        """
        bits = streams.raw16(size)
        for rows in blocks(len(bits), size):
            yield self._decided(bits[rows], split, streams, rows.start)

    def _decided(
        self, bits: NDArray[np.uint16], split: int, streams: Streams, first: int
    ) -> NDArray[np.uint8]:
        """Symbols of some streams from number `first` on, like their bits (streams, size)."""
        out = np.empty(bits.shape, dtype=np.uint8)
        pieces = slice(0, split), slice(split, bits.shape[1])
        for part, piece in zip(self.parts, pieces, strict=True):
            given = bits[:, piece]
            found = part.looked_up(given)
            for place in np.flatnonzero(part.open(given, found)).tolist():
                row, game = divmod(place, given.shape[1])
                more = np.array([streams.random(first + row)])
                found[row, game] = part.settled(given[row, [game]], more)[0]
            out[:, piece] = found
        return out
