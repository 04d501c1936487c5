"""Payoffs of testing games: in closed form from the stopping laws, or through the Mesa model.

Exact for two agents of the paper's class with w = 1 that hear each other (`audit.exact` says when).
Simulated: a stated number of games, in which one agent plays the whole menu on one well of symbols.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np

from nashbox.experiments.audit.simulated import PIECE
from nashbox.experiments.dynamics.joint import Joint
from nashbox.experiments.seeds import Stage, child
from nashbox.games.testing import TestingGame
from nashbox.games.testing.exact import solved, unavailable
from nashbox.mechanisms.exchange import EXCHANGES
from nashbox.model.testing import TestingModel
from nashbox.model.well import Well
from nashbox.problem.payoff_oracle import Answer, PayoffOracle, Profile
from nashbox.problem.payoffs import Contest, Cost
from nashbox.solver import Solution, signaller_payoff
from nashbox.strategies.testing import Signaller, TestingStrategy


def kinds_of(game: TestingGame, menu: Sequence[TestingStrategy]) -> Profile:
    """Number agents so that those who are alike share a number.

    Agents are alike if they observe alike and everybody hears everybody, under a built-in exchange
    and with built-in strategies; else every agent is its own kind.
    """
    p = game.problem
    if (
        not p.complete
        or type(game.exchange) not in EXCHANGES.values()
        or any(not type(s).__module__.startswith("nashbox.") for s in menu)
    ):
        return np.arange(p.m)
    order = {model: number for number, model in enumerate(dict.fromkeys(p.models))}
    return np.array([order[model] for model in p.models])


def with_choices(
    game: TestingGame, menu: Sequence[TestingStrategy], profile: Profile
) -> TestingGame:
    """The game in which agents play their places in the menu."""
    chosen = {n: menu[int(c)] for n, c in zip(game.problem.names, profile, strict=True)}
    return TestingGame(game.problem, game.exchange, chosen)


def no_formula(
    game: TestingGame, menu: Sequence[TestingStrategy], labels: Sequence[str]
) -> str | None:
    """Say why payoffs of this menu have no exact formula, or None if they have."""
    for k in range(len(menu)):
        reason = unavailable(with_choices(game, menu, np.full(game.problem.m, k)))
        if reason is not None:
            return reason
    return None


class TestingOracle(PayoffOracle):
    """What exact and simulated oracles share."""

    __test__ = False

    def __init__(
        self, game: TestingGame, menu: Sequence[TestingStrategy], labels: Sequence[str]
    ) -> None:
        super().__init__(tuple(labels), kinds_of(game, menu))
        self.game, self.strategies = game, tuple(menu)


class ExactTesting(TestingOracle):
    """Payoffs from the exact stopping laws; the rival's choice does not change them."""

    method = "exact: stopping laws"

    @cached_property
    def _solution(self) -> Solution:
        return solved(self.game)

    def _ask(self, i: int, profile: Profile, path: tuple[int, ...]) -> Answer:
        payoff, name = self.game.problem.payoff, self.game.problem.names[i]
        assert isinstance(payoff, (Contest, Cost))  # noqa: S101 - `no_formula` has seen to it
        values = []
        for strategy in self.strategies:
            assert isinstance(strategy, Signaller)  # noqa: S101
            anticipates = strategy.anticipate
            values.append(signaller_payoff(self._solution, name, payoff, anticipates=anticipates))
        return Answer.exactly(np.array(values))


class SimulatedTesting(TestingOracle):
    """Payoffs measured in the Mesa model, in `worlds` games."""

    exact = False

    def __init__(
        self,
        game: TestingGame,
        menu: Sequence[TestingStrategy],
        labels: Sequence[str],
        worlds: int,
        seed: int,
    ) -> None:
        super().__init__(game, menu, labels)
        self.worlds, self.seed = worlds, seed
        self.method = f"simulated in {worlds} games"

    def _ask(self, i: int, profile: Profile, path: tuple[int, ...]) -> Answer:
        p = self.game.problem
        played = with_choices(self.game, self.strategies, profile)
        joint = Joint(self.K)
        for block, start in enumerate(range(0, self.worlds, PIECE)):
            size = min(PIECE, self.worlds - start)
            seed = child(self.seed, Stage.ADAPT_PAYOFF, *path, block)
            well = Well(p, size, seed)
            pays = []
            for strategy in self.strategies:
                one = played.with_strategies({p.names[i]: strategy})
                model = TestingModel(
                    p,
                    one.exchange,
                    one.strategies,
                    replications=size,
                    rng=seed,
                    record=0,
                    well=well,
                ).play()
                pays.append(model.payoffs()[i])
            joint.add(np.array(pays))
        return joint.answer()
