"""One run for all games: the same keys, means over all blocks, options of one game."""

import json

import numpy as np
import pytest

from nashbox.experiments.run import Run, run
from nashbox.experiments.tally import Vector, WorldMeans
from nashbox.games.registry import perform, prepare_game
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping
from nashbox.strategies import Strategy
from tests.games import figure1

COIN = {"p0": ["0.6", "0.4"], "p1": ["0.4", "0.6"]}
PROBLEMS = {
    "estimation": lambda: figure1(mechanism="sample_mean"),
    "testing": lambda: from_mapping(
        {"game": "testing", "beta": "1/10", "agents": [{"name": n, **COIN} for n in "AB"]}
    ),
    "public_goods": lambda: from_mapping({"game": "public_goods", "agents": 3}),
    "auction": lambda: from_mapping({"game": "auction", "agents": 2}),
}


@pytest.mark.parametrize("game", PROBLEMS)
def test_every_game_answers_with_the_same_keys(game, tmp_path):
    ticks = []
    found = run(
        PROBLEMS[game](), rounds=2, replications=60, progress=lambda *done: ticks.append(done)
    )
    body = found.to_json()
    keys = {"format", "game", "rounds", "replications", "agents", "steps", "seeds", "problem"}
    assert keys <= set(body) and body["game"] == game
    for agent in body["agents"]:
        assert {"name", "strategy", found.pays, "se", "error", "cost"} <= set(agent)
    assert [row["Step"] for row in body["steps"]] == sorted([1, 2] * len(body["agents"]))
    assert ticks == [(k + 1, len(ticks)) for k in range(len(ticks))]
    found.save(tmp_path / "run.json")
    assert Run.load(tmp_path / "run.json").to_json() == body


def test_one_world_has_no_standard_error():
    assert run(PROBLEMS["auction"](), replications=1).agents[0]["se"] is None


def test_files_of_older_versions_say_no_game(tmp_path):
    found = run(PROBLEMS["estimation"](), replications=9)
    body = {key: value for key, value in found.to_json().items() if key != "game"}
    path = tmp_path / "run.json"
    path.write_text(json.dumps(body))
    assert Run.load(path).game == "estimation"


@pytest.mark.parametrize(
    ("game", "option"),
    [("public_goods", "revision"), ("testing", "revision"), ("estimation", "signals")],
)
def test_options_of_other_games_are_refused(game, option):
    with pytest.raises(InputError, match=rf"{option} is .*, got 'any' and game = '{game}'"):
        run(PROBLEMS[game](), replications=9, **{option: "any"})


def test_means_are_those_of_all_blocks():
    rng = np.random.default_rng(5)
    numbers, pairs = rng.normal(size=7), rng.normal(size=(7, 2))
    means = WorldMeans()
    for part in (slice(0, 3), slice(3, 7)):
        means.add({"x": numbers[part], "by": {"y": numbers[part] ** 2}, "k": pairs[part]})
    row = means.row()
    assert row["x"] == pytest.approx(numbers.mean())
    assert row["x_se"] == pytest.approx(numbers.std(ddof=1) / 7**0.5)
    squares = numbers**2
    by = {"y": squares.mean(), "y_se": squares.std(ddof=1) / 7**0.5}
    assert row["by"] == pytest.approx(by)
    assert row["k"] == pytest.approx(pairs.mean(axis=0).tolist())


LINE = """from dataclasses import dataclass
from typing import ClassVar

from nashbox.games.public_goods import PublicGoods


@dataclass(frozen=True, kw_only=True)
class Line(PublicGoods):
    engines: ClassVar = {"solve": "builtins:type"}
"""


def test_a_game_of_ones_own_says_which_experiments_it_has(tmp_path):
    (tmp_path / "line.py").write_text(LINE)
    problem = from_mapping({"game": "line.py:Line", "agents": 3}, tmp_path)
    assert perform("solve", problem) is type(problem)
    with pytest.raises(InputError, match="design is for estimation games, got"):
        perform("design", problem, "social")


def test_mean_counts_have_their_errors_where_worlds_differ():
    strategies = {"a0": {"name": "mixed", "strategies": ["truthful", "free_rider"]}}
    problem = figure1(strategies=strategies)
    mixer, honest, _ = run(problem, replications=900, seed=3).agents
    owed = prepare_game(problem).terms.counts[0, 0]
    p = mixer["collected"][0] / owed  # she tosses a coin for all of what she owes
    assert mixer["collected_se"] == pytest.approx([owed * np.sqrt(p * (1 - p) / 899)])
    assert mixer["submitted_se"] == mixer["collected_se"]
    assert honest["collected_se"] == honest["submitted_se"] == [0.0]


def test_means_of_vectors_do_not_depend_on_blocks():
    values = np.random.default_rng(0).normal(1e6, 3.0, (1000, 4))
    vector = Vector()
    for block in np.split(values, [1, 300, 301]):
        vector.add(block)
    vector.add(np.broadcast_to(values[:1], (5, 4)))
    everything = np.concatenate([values, np.broadcast_to(values[:1], (5, 4))])
    assert vector.mean == pytest.approx(everything.mean(axis=0))
    assert vector.se == pytest.approx(everything.std(axis=0, ddof=1) / np.sqrt(1005))


def test_fewer_games_of_many_agents_are_kept_in_every_detail():
    for m, kept in ((10, 100), (300, 3)):
        agents = [{"name": f"a{i}", **COIN} for i in range(m)]
        raw = {"game": "testing", "beta": "1/10", "graph": "cycle", "agents": agents}
        found = run(from_mapping(raw), replications=100)
        games = {row["game"] for row in found.extra["records"]["games"]}
        assert len(games) == kept == len({row["game"] for row in found.extra["records"]["steps"]})


def test_everybody_is_asked_once_whether_she_moves_along_with_the_data(monkeypatch):
    asked = []
    monkeypatch.setattr(Strategy, "invariant", lambda self, view: not asked.append(view.agent))
    costs = [[0.05]] * 80
    raw = {"game": "estimation", "sigma": 10.0, "costs": costs, "mechanism": "sample_mean"}
    found = run(from_mapping(raw), replications=20)
    assert sorted(asked) == list(range(80)) and "any" in found.extra["mu"]
