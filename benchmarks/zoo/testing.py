"""Testing races of the zoo: gains by the solver's dynamic programme over all stopping policies.

In both races a strategy that every audit looks at attains them. Epsilon is set by the gain.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from benchmarks.zoo.case import Case, Truth
from nashbox.games.formulas import Exact
from nashbox.games.registry import prepare_game
from nashbox.problem.files import from_mapping

COIN = {"p0": ["0.6", "0.4"], "p1": ["0.4", "0.6"]}
HASTY = {"kind": "contest", "prize": 1.0, "cost": 0.01}
COSTLY = {"kind": "cost", "c": 0.01, "chat": 1.0}


def race(payoff: Mapping[str, Any], anticipate: bool) -> dict[str, Any]:
    """Two equal agents race. anticipate: whether A uses at once what she hears."""
    strategy = {"name": "signaller", "anticipate": anticipate}
    return {
        "game": "testing",
        "beta": "1/10",
        "payoff": payoff,
        "agents": [{"name": "A", **COIN, "strategy": strategy}, {"name": "B", **COIN}],
    }


def hasty(tails: str, ratio: float | None) -> Case:
    """A race for a prize, which the one loses who does not use at once what she hears.

    Anticipating is as good as any stopping rule; the other agent does so, and gains nothing.
    """
    return _case(race(HASTY, False), ratio)


def costly(tails: str, ratio: float | None) -> Case:
    """Observations cost so much that stopping before the threshold pays.

    `optimal_stopper` is as good as any stopping rule, and belongs to the class of every audit.
    """
    return _case(race(COSTLY, True), ratio)


def _case(raw: dict[str, Any], ratio: float | None) -> Case:
    gains = _gains(json.dumps(raw))
    return Case(raw, max(gains) / (ratio or 1.0), tuple(Truth.of(gain) for gain in gains))


@cache
def _gains(text: str) -> tuple[float, ...]:
    """What the best stopping rule gains each agent of a problem, given as JSON."""
    game = prepare_game(from_mapping(json.loads(text)))
    answers = [game.exact(i) for i in range(game.m)]
    return tuple(
        max(answer.best - answer.paid, 0.0) for answer in answers if isinstance(answer, Exact)
    )
