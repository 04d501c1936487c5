"""What testing games declare of themselves: names, experiments and figures of their own, words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from nashbox.games.base import Game
from nashbox.games.declared import Control
from nashbox.mechanisms.exchange import EXCHANGES, Exchange
from nashbox.problem.graphs import Edges
from nashbox.problem.options import Option
from nashbox.problem.own import OWN
from nashbox.problem.parameters import Parameter
from nashbox.problem.testing import KEYS
from nashbox.strategies.testing import (
    TESTING_STRATEGIES,
    RaceStrategy,
)


class RaceDeclared(Game):
    """Facts about testing games, before a problem is made ready to play."""

    keys: ClassVar[Sequence[Parameter]] = tuple(KEYS.values())
    formulas: ClassVar[str] = "stopping laws"
    menu: ClassVar[Mapping[str, type]] = TESTING_STRATEGIES
    mechanisms: ClassVar[Mapping[str, type]] = EXCHANGES
    strategy_base: ClassVar[type] = RaceStrategy
    mechanism_base: ClassVar[type] = Exchange
    engines: ClassVar[Mapping[str, str]] = {
        **Game.engines,
        "reported": "nashbox.experiments.report.problem:evidence_and_rules",
        "promises": "nashbox.games.testing.promises:hold_race",
        "strategy_check": "nashbox.games.testing.checks:check_testing",
        "mechanism_check": "nashbox.games.testing.checks:check_testing",
        "solve": "nashbox.games.testing.solving:solve_problem",
        "run_figure": "nashbox.experiments.figures.races:race_figure",
        "gains_figure": "nashbox.experiments.figures.races:gains_over_grid",
        "laws_figure": "nashbox.experiments.figures.races:stopping_laws",
        "receivers": "nashbox.games.testing.receivers:value_of_alpha",
        "receivers_figure": "nashbox.experiments.figures.races:receivers_figure",
        "page": "nashbox.app.views.beliefs:Beliefs",
    }
    controls: ClassVar[Sequence[Control]] = (
        Control("beta", "beta (confidence)"),
        Control("prior", "prior P(theta = 1)"),
    )
    agent_controls: ClassVar[Sequence[Control]] = (
        Control("p0", "p0: probabilities of its symbols if theta = 0"),
        Control("p1", "p1: the same if theta = 1"),
    )
    says_all: ClassVar[bool] = True
    own_options: ClassVar[Mapping[str, Mapping[str, Option]]] = OWN["testing"]
    gains_if: ClassVar[Mapping[str, str]] = {
        "gain_if_belief_known": "shown the rival's signed belief"
    }
    words: ClassVar[Mapping[str, str]] = {
        "tau": "tests until she stops; won: share of the games, a tie is shared; error: share of "
        "wrong answers",
        "cap": "cut off, one of the reasons to stop; threshold: sure by her own tests and what she "
        "heard; anticipation: another is about to; quit: not worth going on; in shares of games",
    }

    @classmethod
    def edges(cls, problem: Any) -> Edges:
        """Who hears whom."""
        found: Edges = problem.edges
        return found
