"""Every check of a game fails for a game that breaks just what it is about, and passes else."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

import nashbox
from nashbox.experiments.check.games import CHECKS
from nashbox.games import Action, Exact, OneShot, Pay

DICE = np.random.default_rng(3)


@dataclass(frozen=True)
class Ask(Action):
    x: float = 0.5

    def act(self, view, rng):
        return self.x * rng.random(view.worlds)


@dataclass(frozen=True, kw_only=True)
class Good(OneShot):
    """Each is paid what she asks for less a half of the square; the best is x = 1."""

    menu: ClassVar = {"ask": Ask}
    agents: int = 3

    def recommended(self, i):
        return Ask(1.0)

    def pay(self, view, action, received):
        return action

    def deviations(self, i):
        return [self.family("ask", x=(0.0, 1.0), coarse=5)]

    def exact(self, i):
        x = self.strategy(i).x
        return Exact(x / 2, 0.5, self.deviation("ask", x=1.0), error=1e-12)


class Shape(Good):
    def pay(self, view, action, received):
        return received[:2]


class Forgetful(Good):
    def pay(self, view, action, received):
        return action + DICE.random()


class Nothing(Good):
    def deviations(self, i):
        return []


class Contagious(Good):
    def with_strategies(self, strategies, *, specs=None):
        everybody = [dict.fromkeys(self.players, play) for play in strategies.values()]
        return replace(self, strategies=everybody[0]) if everybody else self


class Shared(Good):
    def view(self, i, worlds, private):
        found = super().view(i, worlds, private)
        return replace(found, private=self.strategy(0).x)


class Peeping(Shared):
    menu: ClassVar = {}

    def recommended(self, i):
        return Peep(1.0)

    def deviations(self, i):
        return [self.family("peep", x=(0.0, 1.0), coarse=5)]


@dataclass(frozen=True)
class Peep(Ask):
    def act(self, view, rng):
        return np.full(view.worlds, self.x * view.private)


Peeping.menu = {"peep": Peep}


class Wrong(Good):
    def exact(self, i):
        return Exact(0.7, 0.8, self.deviation("ask", x=1.0))


class TooLow(Good):
    def recommended(self, i):
        return Ask(0.2)

    def exact(self, i):
        return Exact(0.1, 0.3, self.deviation("ask", x=0.6), error=1e-12)


class Guest(Good):
    """Staying away pays .3: more than half of what asking for .5 brings."""

    def outside(self, i):
        return 0.3


class Bill(Good):
    """The same as costs: lower is better, and the best is to ask for nothing."""

    pays: ClassVar = Pay("penalty", -1)

    def recommended(self, i):
        return Ask(0.0)

    def exact(self, i):
        return Exact(self.strategy(i).x / 2, 0.0, self.deviation("ask", x=0.0), error=1e-12)


class Unknown(Good):
    def exact(self, i):
        return "no formula is known"


def checked(cls):
    """Checks by name."""
    report = nashbox.check(f"{__file__}:{cls.__name__}")
    return {row.name: row.passed for row in report.checks}


def test_a_good_game_passes():
    assert checked(Good) == {**dict.fromkeys(("builds", *CHECKS), True), "alike": None}


@pytest.mark.parametrize(
    ("cls", "name"),
    [
        (Shape, "plays"),
        (Forgetful, "repeats"),
        (Nothing, "deviations"),
        (Contagious, "strategies"),
        (Peeping, "streams"),
        (Wrong, "exact"),
        (TooLow, "exact"),
    ],
)
def test_what_is_broken_is_named(cls, name):
    assert checked(cls)[name] is False


def test_what_was_not_tested_did_not_pass():
    assert checked(Unknown)["exact"] is None
    assert checked(Nothing)["streams"] is None


def test_formulas_count_for_their_own_rules_alone():
    class Doubled(Good):
        def pay(self, view, action, received):
            return 2 * action

    class Deaf:
        def mediate(self, actions, rng):
            return [None] * len(actions)

    assert isinstance(Good().formula(0), Exact)
    assert "another pay" in Doubled().formula(0)
    assert "Deaf" in Good(mechanism=Deaf()).formula(0)
    assert isinstance(Doubled().paid(0), str)


METHODS = pytest.mark.parametrize("method", ["exact", "black_box"])


@METHODS
def test_who_would_rather_stay_away_is_said(method):
    strategies = {"a0": {"name": "ask", "x": 0.5}}
    problem = {"game": f"{__file__}:Guest", "strategies": strategies}
    audit = nashbox.audit(problem, method=method, budget=20_000)
    assert [a.individually_rational for a in audit.agents] == [False, True, True]
    assert audit.individually_rational is False


@METHODS
def test_gains_of_games_that_pay_penalties_are_what_is_saved(method):
    strategies = {"a0": {"name": "ask", "x": 0.5}}
    problem = {"game": f"{__file__}:Bill", "strategies": strategies}
    audit = nashbox.audit(problem, method=method, budget=100_000)
    first, second, _ = audit.agents
    assert first.verdict == "profitable" and abs(first.gain.estimate - 0.25) < 0.02
    assert first.best_deviation.strategy in ("ask", "recommended")
    assert second.gain.upper < 1e-3 and second.verdict != "profitable"
    assert nashbox.run(problem, replications=500).agents[0]["penalty"] > 0.2
