"""Games of thousands of players: formulas are asked once for all who are alike."""

import pytest

from nashbox.games.registry import prepare_game
from nashbox.problem.files import from_mapping

GAMES = {
    "public_goods": {"strategies": {"a1": {"name": "contribute", "share": 0.5}}},
    "cournot": {"strategies": {"a1": {"name": "quantity", "q": 0.001}}},
    "tullock": {"strategies": {"a1": {"name": "effort", "x": 0.01}}},
    "federated": {"strategies": {"a1": "free_rider"}},
    "auction": {"rule": "first_price", "strategies": {"a1": {"name": "bid", "factor": 0.5}}},
}


def game_of(name, agents):
    return prepare_game(from_mapping({"game": name, "agents": agents, **GAMES[name]}))


@pytest.mark.sparse(4)
@pytest.mark.parametrize("name", GAMES)
def test_two_thousand_players_take_as_many_formulas_as_there_are_kinds(name, monkeypatch):
    game = game_of(name, 2000)
    asked = []
    exact = type(game).exact
    monkeypatch.setattr(type(game), "exact", lambda self, i: asked.append(i) or exact(self, i))
    found = list(game.all_formulas())
    assert len(found) == 2000 and asked == [0, 1]
    assert found[0] == found[2] == found[1999] != found[1]


@pytest.mark.sparse(4)
@pytest.mark.parametrize("name", GAMES)
def test_their_answers_are_those_of_each_by_herself(name):
    game = game_of(name, 101)
    found = list(game.all_formulas())
    for i in (1, 100):
        own = game.formula(i)
        assert own.paid == pytest.approx(found[i].paid, rel=1e-9)
        assert own.best == pytest.approx(found[i].best, rel=1e-9)


def test_players_with_costs_of_their_own_are_asked_each():
    raw = {"game": "cournot", "agents": 150, "cost": [0.001 * i for i in range(150)]}
    game = prepare_game(from_mapping(raw))
    assert [game.recommended(i).q for i in (0, 149)] == [game.plays[i].q for i in (0, 149)]
    assert list(game.all_formulas()) == [game.formula(i) for i in range(150)]
