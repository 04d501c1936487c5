"""What strategies of one player pay against the others', in the same worlds; higher is better."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.payoff_oracle import Answer

if TYPE_CHECKING:
    from nashbox.games.base import Game

Array = NDArray[np.float64]
PIECE = 1 << 15  # worlds played at once at most


def paid_by_formula(game: Game, i: int, strategies: Sequence[Any]) -> Answer:
    """By the game's formulas, where it has them for all of these."""
    name = game.players[i]
    paid = [game.with_strategies({name: strategy}).paid(i) for strategy in strategies]
    return Answer.exactly(game.pays.sign * np.array([float(value) for value in paid]))


def paid_in_worlds(
    game: Game, i: int, strategies: Sequence[Any], worlds: int, seed: Callable[[int], int]
) -> Answer:
    """Measured, all in the same worlds. seed: of a block of them, 0, 1, ..."""
    joint = JointMoments(len(strategies))
    for block, start in enumerate(range(0, worlds, PIECE)):
        trials = game.trials(i, strategies, min(PIECE, worlds - start), seed(block))
        joint.add(game.pays.sign * np.array([paid[i] for paid in trials]))
    return joint.answer()


class JointMoments:
    """Means and covariances of K payoffs, from blocks (K, R) of worlds.

    A payoff that is -inf in some world is -inf on average.
    """

    def __init__(self, K: int) -> None:
        self.count, self.mean, self.scatter = 0, np.zeros(K), np.zeros((K, K))
        self.ruined = np.zeros(K, dtype=np.bool_)

    def add(self, values: Array) -> None:
        """Merge a block of worlds (Chan et al. 1979, for vectors)."""
        self.ruined |= np.isneginf(values).any(axis=1)
        values = np.where(self.ruined[:, None], 0.0, values)
        R = values.shape[1]
        mean = values.mean(axis=1)
        centred = values - mean[:, None]
        gap, total = mean - self.mean, self.count + R
        self.scatter += centred @ centred.T + np.outer(gap, gap) * self.count * R / total
        self.mean += gap * R / total
        self.count = total

    def answer(self) -> Answer:
        """Mean payoffs with the covariance of the means."""
        alive = ~self.ruined
        covariance = self.scatter / (self.count - 1) / self.count
        return Answer(np.where(alive, self.mean, -np.inf), covariance * np.outer(alive, alive))
