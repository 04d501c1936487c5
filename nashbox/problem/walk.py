"""One agent's own posterior in L games at once, on integers: never a running product.

All games are in the same iteration n. Whether a belief has met a threshold, and on which side of
1/2 it lies, is decided exactly (`OddsLattice`); log odds and probabilities are computed afresh from
the integers, accurate to 1e-12 nats.

>>> from nashbox.problem.observations import ObservationModel, log_of_parts
>>> coin = ObservationModel.parse(["2/3", "1/3"], ["1/3", "2/3"])
>>> walk = make_walk(coin, Fraction(1, 2), 3)
>>> for symbols in ([1, 0, 1], [1, 0, 0]): walk.move(np.array(symbols, dtype=np.uint8))
>>> walk.crossed(Fraction(1, 5)), walk.side
(array([ True,  True, False]), array([ 1, -1,  0], dtype=int8))
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Counts, Mask, Places
from nashbox.problem.lattice import Floats, belief_of
from nashbox.problem.observations import ObservationModel, log_of, log_of_parts
from nashbox.problem.odds import OddsLattice

Signs = NDArray[np.int8]
Where = slice | Places
T = TypeVar("T")
ALL = slice(None)
_SURE = 1e-9  # log odds are accurate to about 1e-12; nearer than this the integers decide
BEYOND = 1 << 40  # more than any count
WIDE = 30_000  # iterations after which int16 counts become int32


class Walk(ABC):
    """Posterior beliefs of one agent; arrays are (L,), one entry per live game."""

    def __init__(self, prior: Fraction) -> None:
        """Stand at the prior, before the first observation."""
        self.start = math.log(prior.numerator) - math.log(prior.denominator - prior.numerator)
        self.iteration = 0
        self._cache: dict[object, Any] = {}
        self._rooms: dict[str, NDArray[Any]] = {}

    def room(self, key: str, kind: type = np.float64) -> NDArray[Any]:
        """Space (L,) to compute in, overwritten by the next use of the key.

        Fresh arrays of this size come from the system page by page, which costs more than the
        arithmetic on them.
        """
        if key not in self._rooms:
            self._rooms[key] = np.empty(self.size, dtype=kind)
        return self._rooms[key][: self.size]

    @property
    @abstractmethod
    def size(self) -> int:
        """Number L of live games."""

    @abstractmethod
    def _add(self, symbols: NDArray[np.uint8], where: slice) -> None:
        """Add one observation per game, of these games."""

    @abstractmethod
    def _select(self, rows: Places) -> None:
        """Keep these games only."""

    @abstractmethod
    def _log_odds(self) -> Floats:
        """Posterior log odds of theta = 1."""

    @abstractmethod
    def crossed_in(self, where: Where, beta: Fraction) -> Mask:
        """`crossed` of some games."""

    @abstractmethod
    def side_in(self, where: Where) -> Signs:
        """`side` of some games."""

    def move(self, symbols: NDArray[np.uint8]) -> None:
        """Observe one symbol per game, indices into the alphabet (booleans will do for two)."""
        self.begin()
        self.move_in(ALL, symbols)

    def begin(self) -> None:
        """Begin an iteration in which all games move, part by part."""
        self._cache.clear()
        self.iteration += 1

    def move_in(self, where: slice, symbols: NDArray[np.uint8]) -> None:
        """`move` some games in the iteration that has begun."""
        self._add(symbols, where)

    def keep(self, rows: Places) -> None:
        """Drop all games but these."""
        self._cache.clear()
        self._select(rows)

    def keep_of_each(self, agents: int, rows: Places) -> None:
        """Drop all games but these of each of so many agents, one after another in the arrays."""
        size = self.size // agents
        self.keep((np.arange(agents)[:, None] * size + rows).ravel())

    @property
    def log_odds(self) -> Floats:
        """Posterior log odds of theta = 1 in nats, +-inf where theta is proved."""
        return self._once("log_odds", self._log_odds)

    @property
    def belief(self) -> Floats:
        """Posterior probability of theta = 1."""
        return self._once("belief", self._belief)

    @property
    def side(self) -> Signs:
        """Which state is likelier: 1, -1 for theta = 0, 0 at exactly 1/2."""
        return self._once("side", lambda: self.side_in(ALL))

    def crossed(self, beta: Fraction) -> Mask:
        """Whether the posterior error is <= beta; decided exactly."""
        return self._once(beta.as_integer_ratio(), lambda: self.crossed_in(ALL, beta))

    def _belief(self) -> Floats:
        return belief_of(self.log_odds)

    def _once(self, key: object, work: Callable[[], T]) -> T:
        if key not in self._cache:
            self._cache[key] = work()
        found: T = self._cache[key]
        return found


class WalkShare(Walk):
    """One agent's share of a walk in which agents of one kind stand one after another."""

    def __init__(self, whole: Walk, agents: int, place: int) -> None:
        """Agent `place` of so many."""
        self.whole, self.agents, self.place = whole, agents, place
        self.start, self._rooms = whole.start, {}

    @property
    def size(self) -> int:
        """Number L of live games."""
        return self.whole.size // self.agents

    @property
    def iteration(self) -> int:  # type: ignore[override]
        """Observations so far."""
        return self.whole.iteration

    @property
    def _mine(self) -> slice:
        return slice(self.place * self.size, (self.place + 1) * self.size)

    def _once(self, key: object, work: Callable[[], T]) -> T:
        return work()

    def _log_odds(self) -> Floats:
        return self.whole.log_odds[self._mine]

    def _belief(self) -> Floats:
        return self.whole.belief[self._mine]

    def crossed_in(self, where: Where, beta: Fraction) -> Mask:
        """`crossed` of some games."""
        return self.whole.crossed_in(self._mine, beta)[where]

    def side_in(self, where: Where) -> Signs:
        """`side` of some games."""
        return self.whole.side_in(self._mine)[where]

    def _add(self, symbols: NDArray[np.uint8], where: slice) -> None:
        raise TypeError("all agents of a kind move together")

    def _select(self, rows: Places) -> None:
        raise TypeError("all agents of a kind keep the same games")


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


class LatticeWalk(Walk):
    """Any alphabet: integer coordinates of the odds, (L, rank), and what has been proved, (L,)."""

    def __init__(self, model: ObservationModel, prior: Fraction, games: int) -> None:
        """Stand at the prior in `games` games."""
        super().__init__(prior)
        self.lattice = _lattice(model, prior)
        ratios = self.lattice.symbols.ratios
        rows, proofs = [], []
        for a, b in zip(model.p0, model.p1, strict=True):
            known = bool(a and b)
            rows.append(self.lattice.steps[ratios.index(b / a)] if known else _row(self.lattice))
            proofs.append(0 if known or not (a or b) else (1 if b else -1))
        self.steps = np.array(rows, dtype=np.int32).reshape(len(rows), self.lattice.rank)
        self.proofs = np.array(proofs, dtype=np.int8)
        self.coords = np.zeros((games, self.lattice.rank), dtype=np.int32)
        self.proved: Signs = np.zeros(games, dtype=np.int8)

    @property
    def size(self) -> int:
        """Number L of live games."""
        return int(self.proved.size)

    def _add(self, symbols: NDArray[np.uint8], where: slice) -> None:
        places = symbols.astype(np.intp)
        self.coords[where] += self.steps.take(places, axis=0)
        if self.proofs.any():
            new = self.proofs[places]
            np.copyto(self.proved[where], new, where=new != 0)

    def _select(self, rows: Places) -> None:
        self.coords, self.proved = self.coords[rows], self.proved[rows]

    def _log_odds(self) -> Floats:
        return self._level(ALL)

    def _level(self, where: Where) -> Floats:
        proved = self.proved[where]
        finite = self.lattice.log_odds(self.coords[where].astype(np.int64))
        return np.where(proved == 0, finite, _proof(proved))

    def crossed_in(self, where: Where, beta: Fraction) -> Mask:
        """`crossed` of some games."""
        odds = (1 - beta) / beta
        size = np.abs(self.log_odds if where is ALL else self._level(where))
        limit = log_of_parts(odds)
        out = size >= limit
        near = np.flatnonzero(np.abs(size - limit) < _SURE)
        if near.size:
            coords = self.coords[where][near].astype(np.int64)
            high = self.lattice.compare(coords, odds) >= 0
            out[near] = high | (self.lattice.compare(coords, 1 / odds) <= 0)
        return np.asarray(out)

    def side_in(self, where: Where) -> Signs:
        """`side` of some games."""
        log_odds = self.log_odds if where is ALL else self._level(where)
        sign = np.sign(log_odds).astype(np.int8)
        near = np.flatnonzero(np.abs(log_odds) < _SURE)
        if near.size:
            coords = self.coords[where][near].astype(np.int64)
            sign[near] = self.lattice.compare(coords, Fraction(1))
        return sign


@lru_cache(maxsize=64)
def _lattice(model: ObservationModel, prior: Fraction) -> OddsLattice:
    return OddsLattice.of([model], prior)


def _row(lattice: OddsLattice) -> Counts:
    return np.zeros(lattice.rank, dtype=np.int64)


def make_walk(model: ObservationModel, prior: Fraction, games: int) -> Walk:
    """Stand at the prior in `games` games, on the cheapest integers that the model allows."""
    if model.symbols == 2 and all((*model.p0, *model.p1)):
        return CountWalk(model, prior, games)
    return LatticeWalk(model, prior, games)


def _proof(proved: Signs) -> Floats:
    """Log odds of proofs: +-inf (0 where there is none, which nobody reads)."""
    return np.asarray(np.array([0.0, np.inf, -np.inf])[proved.astype(np.intp)])
