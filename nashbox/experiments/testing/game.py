"""A testing problem made ready to play: exchange built, strategies found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nashbox.mechanisms.exchange import Exchange, make_exchange
from nashbox.problem.testing import SIGNALLER, TestingProblem
from nashbox.strategies.testing import TestingStrategy, make_testing_strategy


@dataclass(frozen=True, eq=False)
class TestingGame:
    """Everything an experiment needs; strategies by agent name, for all agents."""

    __test__ = False

    problem: TestingProblem
    exchange: Exchange
    strategies: Mapping[str, TestingStrategy]

    def with_strategy(self, name: str, strategy: TestingStrategy) -> TestingGame:
        """Return the game with one agent's strategy replaced."""
        return TestingGame(self.problem, self.exchange, {**self.strategies, name: strategy})


def prepare_testing(problem: TestingProblem, *, recommended: bool = False) -> TestingGame:
    """Build exchange and strategies. recommended: everybody plays the default signaller."""
    exchange = make_exchange(problem.mechanism, f"{problem.shown}: mechanism", problem.folder)
    strategies = {
        name: make_testing_strategy(
            SIGNALLER if recommended else spec,
            f"{problem.shown}: agent {name}: strategy",
            problem.folder,
        )
        for name, spec in problem.strategies.items()
    }
    return TestingGame(problem, exchange, strategies)
