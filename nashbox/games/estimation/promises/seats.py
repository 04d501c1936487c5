"""A strategy as a piece: own points and information in; what is handed in and estimated out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nashbox.games.estimation.game import EstimationGame
from nashbox.games.estimation.promises.equivariance import Moving
from nashbox.games.estimation.promises.rules import POINTS, MechanismPiece
from nashbox.games.promises.piece import Block, asked, columns_of, rng_of
from nashbox.games.promises.shipped import pure, shipped
from nashbox.model.estimation import mediated
from nashbox.problem.arrays import Array
from nashbox.problem.data import Dataset
from nashbox.problem.errors import ContractError
from nashbox.problem.terms import View
from nashbox.strategies import Strategy, Truthful

MOST_SEATS = 20  # that are tested, in games of many agents with strategies of their own


@dataclass(frozen=True, eq=False)
class Seat(Moving):
    """A pure strategy in one agent's place, the others honest.

    A block is d arrays (R, n) of own points, and the information as it is told.
    """

    strategy: Strategy
    view: View
    rules: MechanismPiece
    counts: NDArray[np.int64]  # (d,) points collected
    shown: str = ""

    @classmethod
    def of(cls, strategy: Strategy, view: View, rules: MechanismPiece, shown: str = "") -> Seat:
        """Ask how many points are collected, and whether that is always as many."""
        where = f"{shown}{type(strategy).__name__}.gather"
        found = [
            asked(where, lambda s=s: np.asarray(strategy.gather(view, rng_of(s))))  # type: ignore[misc]
            for s in range(8)
        ]
        for counts in found[1:]:
            if not np.array_equal(counts, found[0]):
                raise ContractError(
                    f"{where} draws counts at random, {found[0].tolist()} and {counts.tolist()}, "
                    "which all worlds of a block would share; use the strategy mixed, which draws "
                    "for every world"
                )
        return cls(strategy, view, rules, found[0].astype(np.int64), shown)

    @property
    def label(self) -> str:
        """Whose strategy, for errors."""
        return f"{self.shown}{type(self.strategy).__name__}"

    @property
    def sigma(self) -> Array:
        """Standard deviations, (d,)."""
        return self.view.sigma

    def draw(self, worlds: int, rng: np.random.Generator) -> Block:
        """Own points, and what the mechanism tells for them."""
        own = [
            s * rng.standard_normal((worlds, n))
            for s, n in zip(self.sigma, self.counts, strict=True)
        ]
        handed = self._report(self._data(own), rng)
        others = self.rules.submissions(self.rules.draw(worlds, rng))
        others[self.view.agent] = handed
        (told,) = mediated(self.rules.mechanism, others, self.rules.terms, rng, [self.view.agent])
        return [*own, np.asarray(told, dtype=float)]

    def _data(self, points: Block) -> Dataset:
        return Dataset(points, np.broadcast_to(self.counts, (len(points[0]), self.counts.size)))

    def _report(self, data: Dataset, rng: np.random.Generator) -> Dataset:
        where = f"{self.label}.report"
        handed = asked(where, lambda: self.strategy.report(data, self.view, rng))
        if not isinstance(handed, Dataset) or handed.counts.shape != data.counts.shape:
            raise ContractError(f"{where} must return a Dataset of {data.worlds} worlds")
        return handed

    def answer(self, block: Block, rng: np.random.Generator) -> Array:
        """Means and numbers of the points handed in, and estimates, (R, 3 d)."""
        data, worlds = self._data(block[:-1]), len(block[0])
        handed = self._report(data, rng)
        where, arguments = f"{self.label}.estimate", (data, handed, block[-1], self.view, rng)
        estimate = asked(where, lambda: self.strategy.estimate(*arguments))
        told = columns_of(where, estimate, worlds)
        return np.concatenate([handed.mean, handed.counts, told], axis=1)

    def moved(self, block: Block, mu: Array) -> Block:
        """Measurements are moved, and information with them if it is an estimate."""
        points = [x + mu[:, k, None] for k, x in enumerate(block[:-1])]
        return [*points, block[-1] + mu]

    def owner(self, answer: Array) -> NDArray[np.intp]:
        """Means and estimates move; numbers do not."""
        d = self.sigma.size
        return np.concatenate([np.arange(d), np.full(d, -1), np.arange(d)])


def seats(game: EstimationGame, rules: MechanismPiece) -> Iterator[Seat]:
    """Every pure strategy in the profile that has to keep its promises here, once."""
    known: list[tuple[Strategy, bytes]] = []
    for i, name in enumerate(game.problem.names):
        for strategy in pure(game.strategy(i)):
            trusted = shipped(strategy) and (shipped(game.mechanism) or type(strategy) is Truthful)
            view = game.view(i) if not trusted else None
            if view is None or len(known) >= MOST_SEATS or view.counts.sum() > POINTS:
                continue
            key = (strategy, view.counts.tobytes() + view.costs.tobytes())
            if key in known:
                continue
            known.append(key)
            yield Seat.of(strategy, view, rules, f"{game.problem.shown}: strategies.{name}: ")
