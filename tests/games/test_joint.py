"""What strategies pay side by side: by formula, and in worlds that are played in pieces."""

import numpy as np
import pytest

from nashbox import compare
from nashbox.experiments.dynamics import oracle_for, read_choices
from nashbox.games import joint
from nashbox.games.joint import paid_by_formula, paid_in_worlds
from nashbox.games.registry import prepare_game
from nashbox.problem.files import from_mapping

BIDS = from_mapping({"game": "auction", "agents": 3, "rule": "first_price"})


def menu(game):
    return [deviation.strategy for deviation in (game.deviation("bid", factor=f) for f in (0.5, 1))]


def test_worlds_say_what_formulas_say():
    """Within 5 standard errors: a false alarm in a million; a third bidder less is found out."""
    game = prepare_game(BIDS)
    known = paid_by_formula(game, 0, menu(game))
    found = paid_in_worlds(game, 0, menu(game), 40_000, lambda block: 7 + block)
    assert (abs(found.values - known.values) <= 5 * found.se + 1e-6).all()
    other = prepare_game(from_mapping({"game": "auction", "agents": 2, "rule": "first_price"}))
    wrong = paid_by_formula(other, 0, menu(other))
    assert abs(found.values - wrong.values).max() > 5 * found.se.max()


@pytest.mark.parametrize("worlds", [64, 65, 1000])
def test_no_more_worlds_are_played_at_once_than_fit(monkeypatch, worlds):
    monkeypatch.setattr(joint, "PIECE", 64)
    game, sizes, seeds = prepare_game(BIDS), [], []
    played = type(game).trials

    def trials(self, i, strategies, count, seed, *rest):
        sizes.append(count)
        seeds.append(seed)
        return played(self, i, strategies, count, seed, *rest)

    monkeypatch.setattr(type(game), "trials", trials)
    found = paid_in_worlds(game, 0, menu(game), worlds, lambda block: 10 + block)
    assert max(sizes) <= 64 and sum(sizes) == worlds
    assert seeds == [10 + block for block in range(len(sizes))]
    assert np.isfinite(found.values).all() and (found.se > 0).any()


def test_comparisons_of_large_budgets_play_in_pieces(monkeypatch, folder):
    """A thousandth of the budget for each candidate was played at once."""
    monkeypatch.setattr(joint, "PIECE", 100)
    (folder / "g.py").write_text(NOISY)
    sizes = []
    game = prepare_game(from_mapping({"game": "g.py:Noisy"}))
    played = type(game).trials

    def trials(self, i, strategies, count, seed, *rest):
        sizes.append(count)
        return played(self, i, strategies, count, seed, *rest)

    monkeypatch.setattr(type(game), "trials", trials)
    compare(from_mapping({"game": "g.py:Noisy"}), budget=250_000, starts=0)
    assert sizes and max(sizes) <= 100


@pytest.mark.sparse(1)
@pytest.mark.parametrize("block", [1 << 17, 50])
def test_games_say_how_many_worlds_fit(monkeypatch, block):
    game, sizes = prepare_game(BIDS), []
    played = type(game).trials

    def trials(self, i, strategies, count, *rest):
        sizes.append(count)
        return played(self, i, strategies, count, *rest)

    monkeypatch.setattr(type(game), "trials", trials)
    monkeypatch.setattr(type(game), "block", block)
    paid_in_worlds(game, 0, menu(game), 1 << 16, lambda number: number)
    assert max(sizes) == min(block, joint.PIECE)


def test_what_nature_hides_is_at_its_worst_for_each_entry(folder):
    """Populations and comparisons took the game at one state of nature."""
    (folder / "g.py").write_text(WEATHER)
    problem = from_mapping({"game": "g.py:Weather", "agents": 2})
    oracle = oracle_for(problem, read_choices(problem, ["stay", "sail"]), "auto", 500, 0)
    assert "the worst of 3 values of sky" in oracle.method
    answer = oracle.against(0, np.zeros(2, dtype=int))
    assert abs(answer.values[0] - 0.5) < 5 * answer.se[0]  # whatever the sky
    assert abs(answer.values[1] + 1.5) < 5 * answer.se[1]  # in a storm
    result = compare(problem, starts=0, budget=500_000)
    assert "the worst of 3 values of sky" in " ".join(result.notes)
    honest = result.rows[0]
    assert honest["strategies"] == ["stay", "stay"] and honest["equilibrium"]


WEATHER = """
from dataclasses import dataclass, replace
from typing import ClassVar

from nashbox.games import Action, OneShot


@dataclass(frozen=True)
class Stay(Action):
    def act(self, view, rng):
        return 0.0


@dataclass(frozen=True)
class Sail(Action):
    def act(self, view, rng):
        return 1.0


@dataclass(frozen=True, kw_only=True)
class Weather(OneShot):
    menu: ClassVar = {"stay": Stay, "sail": Sail}

    sky: float = 3.0  # how good it is

    def unknowns(self):
        return (3.0, 0.0, -2.0), {"sky": "fair to storm"}

    def recommended(self, i):
        return Stay()

    def model(self, worlds, seed, at=None):
        return OneShot.model(self if at is None else replace(self, sky=at), worlds, seed)

    def nature(self, worlds, rng):
        return list(rng.random((self.m, worlds)))

    def pay(self, view, action, received):
        return view.private + self.sky * action

    def deviations(self, i):
        return [self.deviation("sail")]
"""

NOISY = """
from dataclasses import dataclass
from typing import ClassVar

from nashbox.games import Action, OneShot


@dataclass(frozen=True)
class Push(Action):
    force: float = 1.0  # newton

    def act(self, view, rng):
        return self.force


@dataclass(frozen=True, kw_only=True)
class Noisy(OneShot):
    menu: ClassVar = {"push": Push}

    def recommended(self, i):
        return Push()

    def nature(self, worlds, rng):
        return list(rng.random((self.m, worlds)))

    def pay(self, view, action, received):
        return view.private - action

    def deviations(self, i):
        return [self.family("push", force=(0.0, 2.0), coarse=3)]
"""
