"""Posteriors of any alphabet, and the walk that a model allows.

>>> from nashbox.problem.observations import ObservationModel, log_of_parts
>>> coin = ObservationModel.parse(["2/3", "1/3"], ["1/3", "2/3"])
>>> walk = make_walk(coin, Fraction(1, 2), 3)
>>> for symbols in ([1, 0, 1], [1, 0, 0]): walk.move(np.array(symbols, dtype=np.uint8))
>>> walk.crossed(Fraction(1, 5)), walk.side
(array([ True,  True, False]), array([ 1, -1,  0], dtype=int8))
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Mask, Places
from nashbox.problem.count_walk import CountWalk
from nashbox.problem.lattice import Floats
from nashbox.problem.observations import ObservationModel, log_of_parts
from nashbox.problem.odds import OddsLattice
from nashbox.problem.walk import ALL, Signs, Walk, Where

_SURE = 1e-9  # log odds are accurate to about 1e-12; nearer than this the integers decide


class LatticeWalk(Walk):
    """Any alphabet: integer coordinates of the odds, (L, rank), and what has been proved, (L,)."""

    def __init__(self, model: ObservationModel, prior: Fraction, games: int) -> None:
        """Stand at the prior in `games` games."""
        super().__init__(prior)
        self.lattice = _lattice(model, prior)
        ratios = self.lattice.symbols.ratios
        rows, proofs = [], []
        impossible = np.zeros(self.lattice.rank, dtype=np.int64)
        for a, b in zip(model.p0, model.p1, strict=True):
            known = bool(a and b)
            rows.append(self.lattice.steps[ratios.index(b / a)] if known else impossible)
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


def _proof(proved: Signs) -> Floats:
    """Log odds of proofs: +-inf (0 where there is none, which nobody reads)."""
    return np.asarray(np.array([0.0, np.inf, -np.inf])[proved.astype(np.intp)])


def make_walk(model: ObservationModel, prior: Fraction, games: int) -> Walk:
    """Stand at the prior in `games` games, on the cheapest integers that the model allows."""
    if model.symbols == 2 and all((*model.p0, *model.p1)):
        return CountWalk(model, prior, games)
    return LatticeWalk(model, prior, games)
