"""One agent's own posterior in L games at once, on integers: never a running product.

All games are in the same iteration n. Whether a belief has met a threshold, and on which side of
1/2 it lies, is decided exactly (`OddsLattice`); log odds and probabilities are computed afresh from
the integers, accurate to 1e-12 nats.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Mask, Places
from nashbox.problem.lattice import Floats, belief_of

Signs = NDArray[np.int8]
Where = slice | Places
T = TypeVar("T")
ALL = slice(None)


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
