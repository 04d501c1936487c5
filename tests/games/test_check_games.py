"""Every check of a game fails for a game that breaks just what it is about, and passes else."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pytest

import nashbox
from nashbox.experiments.check.games import CHECKS
from nashbox.games import Action, Exact, OneShot

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


class Unknown(Good):
    def exact(self, i):
        return "no formula is known"


def checked(cls):
    """Checks by name."""
    report = nashbox.check(f"{__file__}:{cls.__name__}")
    return {row.name: row.passed for row in report.checks}


def test_a_good_game_passes():
    assert checked(Good) == dict.fromkeys(("builds", *CHECKS), True)


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
