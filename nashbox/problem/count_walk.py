"""Posteriors where an agent sees one of two symbols, both possible in both states."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Mask, Places
from nashbox.problem.lattice import Floats, belief_of
from nashbox.problem.observations import ObservationModel, log_of
from nashbox.problem.odds import OddsLattice
from nashbox.problem.walk import Signs, Walk, Where

BEYOND = 1 << 40  # more than any count
WIDE = 30_000  # iterations after which int16 counts become int32


class CountWalk(Walk):
    """Two symbols, both possible in both states: after n of them the count of symbol 1 says all.

    Log odds are monotone in the count, so a threshold is an integer cut that depends on n alone.
    """

    def __init__(self, model: ObservationModel, prior: Fraction, games: int) -> None:
        """Stand at the prior in `games` games."""
        super().__init__(prior)
        self.cuts = _Cuts.of(model, prior)
        self.count: NDArray[Any] = np.zeros(games, dtype=np.int16)

    @property
    def size(self) -> int:
        """Number L of live games."""
        return int(self.count.size)

    def begin(self) -> None:
        """Begin an iteration in which all games move, part by part."""
        super().begin()
        if self.iteration == WIDE:
            self.count = self.count.astype(np.int32)

    def _add(self, symbols: NDArray[np.uint8], where: slice) -> None:
        moved = self.room("moved", np.int16)[: symbols.size]
        np.copyto(moved, symbols)  # arrays of one type are added several times faster
        self.count[where] += moved

    def _select(self, rows: Places) -> None:
        self.count = self.count.take(rows)

    def keep_of_each(self, agents: int, rows: Places) -> None:
        """The same, without an index of everything."""
        self._cache.clear()
        self.count = self.count.reshape(agents, -1).take(rows, axis=1).ravel()

    def _table(self) -> Floats:
        return self.cuts.log_odds(self.iteration)

    def _index(self) -> Places:
        index = self.room("index", np.intp)
        np.copyto(index, self.count)
        return index

    def _log_odds(self) -> Floats:
        return self._table().take(self._index())

    def _belief(self) -> Floats:
        return belief_of(self._table()).take(self._index())

    def crossed_in(self, where: Where, beta: Fraction) -> Mask:
        """`crossed` of some games."""
        count = self.count[where]
        bottom, top = self.cuts.outside(self.iteration, beta)
        return np.asarray((count >= top) | (count <= bottom))

    def side_in(self, where: Where) -> Signs:
        """`side` of some games."""
        count = self.count[where]
        below, above = self.cuts.cut(self.iteration, Fraction(1))
        sign = (count >= above).astype(np.int8) - (count <= below).astype(np.int8)
        return sign if self.cuts.rising else -sign  # at even odds both hold, and cancel


class _Cuts:
    """Where counts of symbol 1 cross a bound, by iteration; shared by all walks of a model."""

    def __init__(self, model: ObservationModel, prior: Fraction) -> None:
        self.lattice = OddsLattice.of([model], prior)
        ratios = [b / a for a, b in zip(model.p0, model.p1, strict=True)]
        self.rising = ratios[1] > ratios[0]
        self.steps = [self.lattice.steps[self.lattice.symbols.ratios.index(r)] for r in ratios]
        self.logs = [log_of(r) for r in ratios]
        odds = self.lattice.prior_odds
        self.start = math.log(odds.numerator) - math.log(odds.denominator)
        self._found: dict[tuple[int, Fraction], tuple[int, int]] = {}
        self._outside: dict[tuple[int, int], list[tuple[int, int]]] = {}

    @staticmethod
    @lru_cache(maxsize=64)
    def of(model: ObservationModel, prior: Fraction) -> _Cuts:
        """Share the tables of equal models."""
        return _Cuts(model, prior)

    def log_odds(self, n: int) -> Floats:
        """Log odds for counts 0..n, (n + 1,)."""
        k = np.arange(n + 1)
        return np.asarray(self.start + (n - k) * self.logs[0] + k * self.logs[1])

    def outside(self, n: int, beta: Fraction) -> tuple[int, int]:
        """Counts <= the first or >= the second number have posterior error <= beta."""
        known = self._outside.setdefault(beta.as_integer_ratio(), [])  # hashed faster than beta
        while len(known) <= n:
            odds = (1 - beta) / beta
            high, low = (odds, 1 / odds) if self.rising else (1 / odds, odds)
            known.append((self.cut(len(known), low)[0], self.cut(len(known), high)[1]))
        return known[n]

    def cut(self, n: int, bound: Fraction) -> tuple[int, int]:
        """Largest count on the low-count side of the bound, least on the other; equality is both.

        For rising odds: the largest k with odds <= bound, and the least k with odds >= bound.
        """
        if (n, bound) not in self._found:
            log = math.log(bound.numerator) - math.log(bound.denominator)
            at = (log - self.start - n * self.logs[0]) / (self.logs[1] - self.logs[0])
            at = min(max(at, -BEYOND), BEYOND)  # pmfs that hardly differ
            ks = np.arange(math.floor(at) - 1, math.floor(at) + 3)
            coords = (n - ks)[:, None] * self.steps[0] + ks[:, None] * self.steps[1]
            sign = self.lattice.compare(coords, bound) * (1 if self.rising else -1)
            low, high = ks[sign <= 0], ks[sign >= 0]
            self._found[n, bound] = int(low.max(initial=-BEYOND)), int(high.min(initial=BEYOND))
        return self._found[n, bound]
