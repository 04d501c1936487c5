"""Symbols drawn beforehand for all agents, so that games differ in strategies alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Mask, Places
from nashbox.problem.draw import Observer
from nashbox.problem.testing import RaceProblem


class Copies:
    """A well whose games are each played by several strategies, one after another.

    Game g of `copies` is game g // copies of the well. theta: as in `Well`.
    """

    def __init__(self, well: Well, copies: int) -> None:
        self.well, self.copies = well, copies
        self.theta = np.repeat(well.theta, copies)

    def symbols(self, agent: int, iteration: int, live: Places) -> NDArray[np.uint8]:
        """Symbols of one agent and iteration (1, 2, ...) in the live games, (L,)."""
        return self.well.symbols(agent, iteration, live // self.copies)

    def coins(self, agent: int, games: Places) -> Mask:
        """Fair coins of one agent, one a game, for declarations at even odds."""
        return self.well.coins(agent, games // self.copies)


class Well:
    """Every agent's symbols in R games, iteration by iteration as they are asked for.

    Unlike a model's own draws they cover games that are over, so that what a game sees does not
    depend on when others end. theta: (R,), zeros first.
    """

    def __init__(self, problem: RaceProblem, games: int, seed: int) -> None:
        """Draw theta now, symbols when somebody looks."""
        rng = np.random.default_rng(seed)
        self.games = games
        ones = int(rng.binomial(games, float(problem.prior)))
        self.theta = np.zeros(games, dtype=np.int8)
        self.theta[games - ones :] = 1
        self.split = games - ones
        self._streams = rng.spawn(problem.m)
        self._observers = [Observer.of(model) for model in problem.models]
        self._drawn: list[list[NDArray[np.uint8]]] = [[] for _ in problem.models]
        self._tosses = [stream.random(games) < 0.5 for stream in rng.spawn(problem.m)]

    def symbols(self, agent: int, iteration: int, live: Places) -> NDArray[np.uint8]:
        """Symbols of one agent and iteration (1, 2, ...) in the live games, (L,)."""
        drawn = self._drawn[agent]
        while len(drawn) < iteration:
            new = self._observers[agent].draw(self._streams[agent], self.games, self.split)
            drawn.append(new)
        return drawn[iteration - 1][live]

    def coins(self, agent: int, games: Places) -> Mask:
        """Fair coins of one agent, one a game, for declarations at even odds."""
        return self._tosses[agent][games]
