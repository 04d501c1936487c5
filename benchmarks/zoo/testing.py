"""Testing races of the zoo: gains by the solver's dynamic programme over all stopping policies.

Any audit looks at signallers who rely on themselves, anticipating or not, whose payoffs are exact
as well; what a better stopping rule gains beyond is known, too. Epsilon is set by the gain.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any

from benchmarks.zoo.case import Case, Truth
from nashbox.games.registry import prepare_game
from nashbox.problem.files import from_mapping

COIN = {"p0": ["0.6", "0.4"], "p1": ["0.4", "0.6"]}


def race(cost: float, anticipate: bool) -> dict[str, Any]:
    """Two equal agents race for a prize of 1. anticipate: whether A uses at once what she hears."""
    strategy = {"name": "signaller", "anticipate": anticipate}
    return {
        "game": "testing",
        "beta": "1/10",
        "payoff": {"kind": "contest", "prize": 1.0, "cost": cost},
        "agents": [{"name": "A", **COIN, "strategy": strategy}, {"name": "B", **COIN}],
    }


@cache
def known(cost: float, anticipate: bool) -> tuple[Truth, ...]:
    """What each agent gains by the other way to listen, and by the best stopping rule."""
    game = prepare_game(from_mapping(race(cost, anticipate)))
    found = []
    for i in range(game.m):
        answer = game.exact(i)
        assert not isinstance(answer, str), answer
        least = max(answer.reached[:2]) - answer.paid
        found.append(Truth(least, max(answer.best - answer.paid, 0.0)))
    return tuple(found)


def races(cost: float, anticipate: bool, finest: bool) -> Callable[..., Case]:
    """Cases of one race. finest: whether epsilon is set by the best stopping rule's gain."""
    return partial(_case, cost, anticipate, finest)


def _case(cost: float, anticipate: bool, finest: bool, tails: str, ratio: float | None) -> Case:
    truths = known(cost, anticipate)
    if finest:  # the shipped optimal stopper is in the class
        truths = tuple(Truth(t.most, t.most) for t in truths)
    gain = max(t.least for t in truths)
    return Case(race(cost, anticipate), gain / (ratio or 1.0), truths)
