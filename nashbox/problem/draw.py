"""Symbols and coins of many games at once, drawn exactly and cheaply from raw random bits.

A draw takes 16 bits; only where they do not decide between two outcomes (a share of 2^-16 of all
draws at each boundary) it takes 53 more. Games with theta = 0 come first, so the games of each
state are a slice.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.observations import ObservationModel

CELLS = 1 << 16
_OPEN = 255  # mark of a cell that 16 bits do not decide


def raw16(rng: np.random.Generator, size: int) -> NDArray[np.uint16]:
    """Uniform 16-bit integers (size,)."""
    bits: NDArray[np.uint64] = rng.bit_generator.random_raw((size + 3) // 4)
    return np.asarray(bits, dtype=np.uint64).view(np.uint16)[:size]


def raw16_of_many(rngs: Sequence[np.random.Generator], size: int) -> NDArray[np.uint16]:
    """`raw16` of every generator, (generators, size)."""
    words = (size + 3) // 4
    bits = np.concatenate([rng.bit_generator.random_raw(words) for rng in rngs])
    return np.asarray(bits, dtype=np.uint64).view(np.uint16).reshape(len(rngs), -1)[:, :size]


class Coin:
    """Flips that are True with an exact probability; 0 and 1 leave the stream untouched."""

    def __init__(self, p: Fraction) -> None:
        """Cut the 16-bit integers at p."""
        self.p = p
        self.cut, rest = divmod(p * CELLS, 1)
        self.rest = float(rest)

    def flip(self, rng: np.random.Generator, size: int) -> NDArray[np.bool_]:
        """Flip `size` times."""
        if self.p in (0, 1):
            return np.full(size, self.p == 1)
        return self.decide(raw16(rng, size), rng)

    def decide(self, bits: NDArray[np.uint16], rng: np.random.Generator) -> NDArray[np.bool_]:
        """Compare given bits with p, more of them where they tie."""
        out = self.looked_up(bits)
        if self.rest:
            ties = np.flatnonzero(self.open(bits, out))
            if ties.size:
                out[ties] = self.settled(bits[ties], rng)
        return out

    def settled(self, bits: NDArray[np.uint16], rng: np.random.Generator) -> NDArray[np.bool_]:
        """What open bits come to."""
        return rng.random(bits.size) < self.rest

    def looked_up(self, bits: NDArray[np.uint16]) -> NDArray[np.bool_]:
        """What `decide` gives where bits are not open."""
        if self.p in (0, 1):
            return np.full(bits.shape, self.p == 1)
        return bits < np.uint16(self.cut)

    def open(self, bits: NDArray[np.uint16], found: NDArray[Any]) -> NDArray[np.bool_]:
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
            out[ties] = self.settled(bits[ties], rng)
        return out

    def settled(self, bits: NDArray[np.uint16], rng: np.random.Generator) -> NDArray[np.uint8]:
        """What open bits come to."""
        exact = bits + rng.random(bits.size)
        return np.searchsorted(self.edges, exact, side="right").astype(np.uint8)

    def looked_up(self, bits: NDArray[np.uint16]) -> NDArray[np.uint8]:
        """What `decide` gives where bits are not open."""
        return self.table[bits]

    def open(self, bits: NDArray[np.uint16], found: NDArray[Any]) -> NDArray[np.bool_]:
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

    def draw_many(
        self, rngs: Sequence[np.random.Generator], size: int, split: int
    ) -> NDArray[np.uint8]:
        """One symbol per generator and game, (generators, size): for each what `draw` gives."""
        bits = raw16_of_many(rngs, size)
        out = np.empty(bits.shape, dtype=np.uint8)
        for part, piece in zip(self.parts, (slice(0, split), slice(split, size)), strict=True):
            given = bits[:, piece]
            found = part.looked_up(given)
            out[:, piece] = found
            rows, columns = np.divmod(np.flatnonzero(part.open(given, found)), given.shape[1] or 1)
            starts = np.flatnonzero(np.diff(rows, prepend=-1)).tolist()
            for start, end in pairwise([*starts, rows.size]):
                row, ties = int(rows[start]), columns[start:end]
                out[row, piece.start + ties] = part.settled(given[row, ties], rngs[row])
        return out
