"""`import nashbox`: experiments take files, mappings and problems, of any game."""

import inspect
import warnings

import mesa
import numpy as np
import pytest

import nashbox
from nashbox.mechanisms import SampleMean
from nashbox.model.collector import DataCollector
from nashbox.problem.files import from_mapping
from nashbox.problem.spec import Spec
from tests.places import EXAMPLES

POT = {"game": "public_goods", "agents": 3}
COINS = {"p0": ["3/5", "2/5"], "p1": ["2/5", "3/5"]}
LABS = {"game": "estimation", "sigma": 1.0, "costs": [[0.1]] * 3, "mechanism": "sample_mean"}
RACE_OF_THREE = {
    "game": "testing",
    "beta": "1/10",
    "agents": [{"name": f"a{i}", **COINS} for i in range(3)],
}
RACE = EXAMPLES / "testing" / "case_a.toml"


@pytest.mark.parametrize(
    ("source", "verdict"),
    [
        (EXAMPLES / "figure1.toml", "profitable"),
        (str(EXAMPLES / "battle.toml"), "profitable"),
        pytest.param(RACE, "none_above_epsilon", marks=pytest.mark.slow),
        (POT, "profitable"),
        (nashbox.load(EXAMPLES / "figure1.toml"), "profitable"),
    ],
    ids=["figure1", "battle", "case_a", "mapping", "problem"],
)
def test_audit_takes_files_mappings_and_problems(source, verdict):
    assert nashbox.audit(source).nash == verdict


@pytest.mark.parametrize("source", [EXAMPLES / "figure1.toml", RACE, POT], ids=str)
def test_run_and_prepare_take_them_as_well(source):
    assert len(nashbox.run(source, replications=20).agents) >= 2
    model = nashbox.prepare(source).model(5, 1)
    assert isinstance(model, mesa.Model)
    model.step()


def test_a_problem_and_a_store_are_read_by_names_of_their_own(tmp_path):
    (tmp_path / "p.toml").write_text('game = "tullock"\nagents = 2\n')
    sweep = 'problem = "p.toml"\nexperiment = "audit"\nstore = "s.sqlite"\nseeds = 1\n'
    (tmp_path / "s.toml").write_text(sweep + "[grid]\nprize = [1.0, 2.0]\n")
    here = "concurrent.futures:ThreadPoolExecutor"
    nashbox.sweep(tmp_path / "s.toml", workers=1, engine=here)
    assert nashbox.load(tmp_path / "p.toml").names == ("a0", "a1")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        frame = nashbox.read_store(tmp_path / "s.sqlite")
    assert frame["payoff"].tolist() == pytest.approx([0.25, 0.25, 0.5, 0.5])
    with pytest.warns(DeprecationWarning, match="read_store"):
        assert nashbox.load(tmp_path / "s.sqlite").equals(frame)


def test_a_model_begins_with_a_file_and_runs_in_batches():
    file = str(EXAMPLES / "figure1.toml")
    model = nashbox.EstimationModel(
        file, mechanism="sample_mean", strategies={"a1": "free_rider"}, replications=10, seed=3
    )
    model.step()
    assert type(model.mechanism).__name__ == "SampleMean"
    assert [p.strategy.label for p in model.players] == ["truthful", "free_rider", "truthful"]
    rows = mesa.batch_run(
        nashbox.EstimationModel,
        parameters={"problem": file, "mechanism": ["cbl", "sample_mean"], "replications": 10},
        iterations=2,
        max_steps=3,
        number_processes=1,
        data_collection_period=-1,
        display_progress=False,
    )
    assert {row["mechanism"] for row in rows} == {"cbl", "sample_mean"}
    assert all(row["social_penalty"] > 0 for row in rows)


@pytest.mark.parametrize("made", [nashbox.model_of, nashbox.EstimationModel, nashbox.RaceModel])
def test_no_model_names_a_seed(made):
    """From version 3.5 on Mesa's batches set an argument of this name to an option of their own."""
    assert "seed" not in inspect.signature(made).parameters


@pytest.mark.parametrize("made", [nashbox.model_of, nashbox.EstimationModel])
def test_a_seed_goes_by_either_name(made):
    file = EXAMPLES / "figure1.toml"
    named = [{"seed": 7}, {"rng": 7}, {"seed": 7, "rng": None}, {"seed": 7, "rng": 8}]
    drawn = [made(file, **words).rng.random() for words in [*named, {"rng": 8}]]
    assert len({*drawn[:-1]}) == 1 and drawn[-1] != drawn[0]


@pytest.mark.parametrize(
    ("file", "key", "values", "column"),
    [
        ("figure1.toml", "sigma", [5.0, 10.0], "penalty"),
        ("testing/case_a.toml", "beta", ["1/10", "1/20"], "live"),
        ("public_goods.toml", "multiplier", [1.2, 1.6], "payoff"),
    ],
)
def test_models_of_all_games_run_in_batches(file, key, values, column):
    rows = mesa.batch_run(
        nashbox.model_of,
        parameters={"problem": str(EXAMPLES / file), key: values, "seed": [1, 2]},
        max_steps=1,
        number_processes=1,
        data_collection_period=-1,
        display_progress=False,
    )
    found = {(row[key], row["seed"]) for row in rows}
    assert found == {(value, seed) for value in values for seed in (1, 2)}
    assert all(column in row for row in rows)
    one, same, other = (nashbox.model_of(EXAMPLES / file, seed=s) for s in (1, 1, 2))
    drawn = [model.rng.random() for model in (one, same, other)]
    assert drawn[0] == drawn[1] != drawn[2]


ONLY = {"prepare_testing": "testing"} | dict.fromkeys(
    ["coalitions", "count_surface", "design", "honesty_survival", "plan_report", "robust"],
    "estimation",
)


@pytest.mark.parametrize("name", nashbox.__all__)
def test_whatever_takes_a_problem_takes_a_file_or_a_mapping(name):
    work = getattr(nashbox, name)
    if not inspect.isfunction(work) or next(iter(inspect.signature(work).parameters)) != "problem":
        return
    for source in (EXAMPLES / "nowhere.toml", str(EXAMPLES / "nowhere.toml")):
        with pytest.raises(nashbox.InputError, match=r"nowhere\.toml: cannot be read"):
            work(source)
    with pytest.raises(nashbox.InputError, match="problem: game: unknown name 'poker'"):
        work({"game": "poker"})
    with pytest.raises(nashbox.InputError, match="a problem must be a file's path, a mapping or"):
        work(5)
    if name in ONLY:
        words = f"battle.toml: {name} is for {ONLY[name]} games, got game = 'table'"
        with pytest.raises(nashbox.InputError, match=words):
            work(EXAMPLES / "battle.toml", *["social"] * (name == "design"))


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("plan_report", "social_penalty", 6.6512),
        ("count_surface", "agents", ("a0", "a1")),
    ],
)
def test_files_are_worked_on_as_problems_are(name, field, value):
    found = getattr(getattr(nashbox, name)(EXAMPLES / "figure1.toml"), field)
    assert found == (value if isinstance(value, tuple) else pytest.approx(value, abs=1e-4))


@pytest.mark.parametrize(
    ("file", "options", "words"),
    [
        ("figure1.toml", {"strategies": {"nobody": "truthful"}}, "unknown agent 'nobody'"),
        ("figure1.toml", {"strategies": {"a0": 5}}, r"strategies\.a0 must be a name, .* got 5"),
        ("figure1.toml", {"strategies": {"a0": nashbox.Strategy}}, r"strategies\.a0 must be"),
        ("figure1.toml", {"mechanism": SampleMean()}, "a Mechanism and its terms go together"),
        ("figure1.toml", {"mechanism": "cbl", "terms": 1}, "a Mechanism and its terms go together"),
        ("figure1.toml", {"revision": "sometimes"}, "revision must be one of sequential, simul"),
        ("testing/case_a.toml", {}, "is for estimation games, got testing; nashbox.model_of"),
    ],
)
def test_what_no_estimation_model_can_be_made_of(file, options, words):
    with pytest.raises(nashbox.InputError, match=words):
        nashbox.EstimationModel(str(EXAMPLES / file), **options)


@pytest.mark.parametrize(
    ("body", "name", "played"),
    [
        (LABS, "free_rider", "ignorer"),
        (POT, "contribute(share=0.5)", "contribute(share=0)"),
        (RACE_OF_THREE, "silent", "inverter"),
    ],
)
def test_strategies_of_a_problem_are_replaced_by_name(body, name, played):
    problem = from_mapping({**body, "strategies": {"a1": name}})
    other = problem.with_strategies({"a2": Spec.parse(played, "a2")})
    assert [p.strategy.label for p in nashbox.model_of(other).players][1:] == [name, played]
    back = other.with_strategies({"a1": Spec("recommended")})
    usual = nashbox.prepare(body).strategy(1).label
    assert [p.strategy.label for p in nashbox.model_of(back).players][1:] == [usual, played]


@pytest.mark.parametrize("body", [LABS, POT, RACE_OF_THREE], ids=lambda body: body["game"])
def test_nobody_plays_for_an_agent_that_a_game_does_not_have(body):
    game = nashbox.prepare(body)
    with pytest.raises(nashbox.InputError, match=r"strategies: unknown agent 'a9' \(allowed: a0,"):
        game.with_strategies({"a9": game.strategy(0)})
    assert game.with_strategies({"a1": game.strategy(0)}).strategy(1) == game.strategy(0)


def test_an_estimation_model_plays_what_its_file_says():
    labs = {**LABS, "strategies": {"a2": "ignorer"}}
    model = nashbox.EstimationModel(labs, strategies={"a0": "free_rider"})
    assert [p.strategy.label for p in model.players] == ["free_rider", "truthful", "ignorer"]
    assert nashbox.EstimationModel(labs).players[2].strategy.label == "ignorer"


@pytest.mark.parametrize("file", ["figure1.toml", "testing/case_a.toml", "public_goods.toml"])
def test_models_of_all_games_take_whole_seeds_and_numbers_of_worlds(file):
    game = nashbox.prepare(EXAMPLES / file)
    for worlds in (0, 2.5, "many"):
        with pytest.raises(nashbox.InputError, match="replications must be a whole number"):
            nashbox.model_of(EXAMPLES / file, replications=worlds)
        with pytest.raises(nashbox.InputError, match="replications must be a whole number"):
            game.model(worlds, 1)
    for seed in ("seven", 2.5, float("nan"), -1):
        with pytest.raises(nashbox.InputError, match="seed must be a whole number"):
            game.model(5, seed)
    assert type(game.model(5, 1).datacollector) is DataCollector  # alike in all versions of Mesa
    plain, of_numpy = (game.model(50, kind(7)).play() for kind in (int, np.int64))
    np.testing.assert_array_equal(game.payments(plain), game.payments(of_numpy))


def test_a_race_that_is_over_goes_no_further():
    model = nashbox.model_of(EXAMPLES / "testing" / "case_a.toml", replications=3, rng=1).play()
    rounds, games = model.round, model.datacollector.get_table_dataframe("games")
    model.step()
    assert model.round == rounds and not model.running
    assert model.datacollector.get_table_dataframe("games").equals(games)


@pytest.mark.parametrize("kind", ["Model", "Problem", "Strategy"])
def test_names_of_before_warn(kind):
    with pytest.warns(DeprecationWarning, match=f"is now nashbox.Race{kind}"):
        old = getattr(nashbox, f"Testing{kind}")
    assert old is getattr(nashbox, f"Race{kind}")
