"""Populations that adapt: what becomes of honesty under which mechanism."""

import numpy as np
import pytest

import nashbox
from nashbox.experiments.dynamics import RULES, Adaptation, Survival, adapt, honesty_survival
from nashbox.experiments.dynamics.menu import graph_of
from nashbox.games.registry import prepare_game
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping, load
from nashbox.tables.console import with_error
from nashbox.tables.dynamics import survival_sheet
from tests.games import figure1, worked_case
from tests.places import EXAMPLES

MENU = ["truthful", "fabricator", "free_rider"]
ALIVE = {"cbl": True, "alone": True, "sample_mean": False, "counted_mean": False}


@pytest.mark.parametrize("rule", ["best_response", "imitation", "replicator"])
def test_honesty_lives_where_lying_does_not_pay(rule):
    menu = MENU[:2] if rule == "replicator" else MENU  # which asks about all compositions
    start = {"fabricator": 4} if rule == "replicator" else None
    found = adapt(
        worked_case(), rule, menu=menu, start=start, compare=list(ALIVE), rounds=25, worlds=1000
    )
    for run in found.runs:
        shares = [row["share_honest"] for row in run.rounds]
        assert shares[0] == pytest.approx(0.8)
        if ALIVE[run.mechanism]:
            assert shares[-1] > 0.99, run.mechanism
        else:
            assert shares[-1] < 0.3, run.mechanism
        assert run.exact == (run.mechanism != "cbl")


def test_best_counts_are_said_to_be_of_normal_data_where_there_are_measurements(nashbox, problem):
    """They have formulas for these alone; with a menu the measurements are played."""
    files = {
        "p.toml": problem(source='{csv = "data.csv", columns = ["x"]}'),
        "data.csv": "x\n1\n2\n40\n",
    }
    said = " ".join(nashbox("adapt", "p.toml", "--rounds", "2", files=files).out.split())
    assert "penalties: exact: closed forms and quadrature for normal data" in said
    menu = ("--menu", "truthful,free_rider", "--worlds", "100")
    assert "normal data" not in nashbox("adapt", "p.toml", "--rounds", "2", *menu).out
    plain = nashbox("adapt", "p.toml", "--rounds", "2", files={"p.toml": problem()}).out
    assert "normal data" not in plain


def test_data_go_where_honesty_goes():
    found = adapt(worked_case(mechanism="counted_mean"), "imitation", menu=MENU, rounds=5)
    first, last = found.runs[0].rounds[0], found.runs[0].rounds[-1]
    assert first["data"] == 16 * 10 + 2 * 5 and last["data"] == 20 * 5
    # everybody pads 5 points to 10, and uses her own 5 and 190 that she takes for honest ones
    penalty = (5 * 100 + 19 * 10**2 * 100 / 5) / 195**2 + 0.05 * 5
    assert last["social_penalty"] == pytest.approx(20 * penalty)
    assert found.runs[0].rest == 1


def test_best_responses_among_all_counts():
    problem = worked_case(m=100, counts="real")
    found = adapt(problem, compare=["sample_mean", "cbl"], rounds=5)
    pooled, corrupted = ([row["data"] for row in run.rounds] for run in found.runs)
    assert pooled[0] == pytest.approx(447.2, abs=0.05)
    assert pooled[-1] == pytest.approx(44.72, abs=5e-3)
    np.testing.assert_allclose(corrupted, pooled[0], rtol=1e-6)
    assert [run.rest for run in found.runs] == [1, 0]
    axes = found.plot()
    drawn = {line.get_label(): line.get_ydata() for line in axes.lines}
    np.testing.assert_allclose(drawn["sample_mean"], pooled)
    np.testing.assert_allclose(drawn["cbl"], corrupted)


@pytest.mark.slow
def test_survival_over_mechanisms_sizes_and_graphs():
    found = honesty_survival(
        worked_case(),
        mechanisms=["sample_mean", "cbl"],
        sizes=[20, 30],
        graphs=["ring", "barabasi_albert(m=2)"],
        seeds=range(3),
        worlds=10_000,
        rounds=50,
    )
    assert len(found.rows) == 8 and {row["agents"] for row in found.rows} == {20, 30}
    for row in found.rows:
        assert 0 <= row["kept_low"] <= row["kept"] <= row["kept_high"] <= 1
        assert row["kept_high"] - row["kept_low"] > 0.5  # three seeds say little
        assert row["se"] >= 0 and 0.7 < row["start"] < 0.9
        alive = row["mechanism"] == "cbl"
        assert (row["fixed"], row["extinct"]) == ((1, 0) if alive else (0, 1)), row
        assert row["rest"] > 0
    assert len(found.to_frame()) == 8
    assert found.plot().get_legend_handles_labels()[1] == ["sample_mean", "cbl"]


def test_an_error_over_seeds_is_one():
    """Noisy choices leave a share that differs from seed to seed."""
    rule = {"name": "logit", "temperature": 0.3}
    options = {"mechanisms": ["sample_mean"], "sizes": [20], "graphs": ["complete"]}
    found = honesty_survival(worked_case(), rule=rule, seeds=range(6), rounds=6, **options)
    (row,) = found.rows
    assert 0.0 < row["share_honest"] < 1.0 and 0.01 < row["se"] < 0.2
    assert {"start_se", "fixed_se", "rest_se", "doubts_se"} <= row.keys()
    cells = [next(iter(column.cells)) for column in survival_sheet(found).tables[0][0].columns]
    assert cells[-1] == with_error(row["doubts"], row["doubts_se"], 1)
    again = honesty_survival(worked_case(), rule=rule, seeds=range(6), rounds=6, **options)
    assert again.rows == found.rows


def test_results_are_saved_and_loaded(tmp_path):
    found = adapt(worked_case(), "logit", menu=MENU, rounds=3, worlds=50)
    found.save(tmp_path / "a.json")
    again = Adaptation.load(tmp_path / "a.json")
    assert again.to_frame().equals(found.to_frame())
    assert again.to_frame(agents=True).equals(found.to_frame(agents=True))
    assert len(again.to_frame(agents=True)) == 4 * 20
    survived = honesty_survival(
        worked_case(), mechanisms=["alone"], sizes=[5], graphs=["ring"], seeds=[0, 1], rounds=2
    )
    survived.save(tmp_path / "s.json")
    assert Survival.load(tmp_path / "s.json").rows == survived.rows


@pytest.mark.parametrize("rule", [*RULES, "replicator"])
def test_testing_games_adapt_by_every_rule(rule):
    problem = load(EXAMPLES / "testing" / "case_a.toml")
    waits = {"name": "signaller", "anticipate": False}
    menu = ["signaller", {"name": "signaller", "alpha": 1.0}, waits]
    found = adapt(problem, rule, menu=menu, rounds=60, start={"signaller": 1, LONG: 1}, seed=3)
    (run,) = found.runs
    assert run.exact and found.honest == ["signaller(alpha=1.0)"]
    last = run.last["shares"]
    if rule == "imitation":
        assert last["signaller"] == 1.0  # better paid, and there to be seen
    elif rule == "replicator":
        assert last["signaller"] > 0.95 and last["signaller(alpha=1.0)"] == 0.0
    elif rule == "logit":
        assert sum(row["shares"][LONG] for row in run.rounds) / 61 < 0.45
    else:
        assert last[LONG] == 0.0


LONG = "signaller(anticipate=False)"


def test_agents_copy_whom_they_hear_in_a_testing_game():
    problem = load(EXAMPLES / "testing" / "case_a.toml")
    with pytest.raises(InputError, match="looks at no neighbours"):
        adapt(problem, "logit", menu=["signaller", "bluffer"], graph="ring")
    found = adapt(problem, "imitation", menu=["signaller", "bluffer"], rounds=3, worlds=500)
    assert found.runs[0].last["shares"]["bluffer"] == 1.0 and found.graph == "the problem's"


def test_random_graphs_are_repeated_by_the_seed():
    names = [f"a{i}" for i in range(30)]
    drawn = [
        graph_of("watts_strogatz(k=4, p=0.5)", names, EXAMPLES, "test", seed) for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1] != drawn[2]


def test_names_of_nashbox_itself():
    assert nashbox.honesty_survival is honesty_survival
    problem, chosen = worked_case(counts="real"), {"rounds": 2}
    assert nashbox.adapt(problem, **chosen).to_json() == adapt(problem, **chosen).to_json()
    assert nashbox.best_response_dynamics(nashbox.prepare(figure1(counts="real"))).converged


def test_mechanisms_are_told_apart_by_their_parameters():
    weak = {"name": "cbl", "alpha_factor": 0.25}
    found = adapt(worked_case(counts="real"), compare=["cbl", weak], rounds=3)
    assert [run.mechanism for run in found.runs] == ["cbl", "cbl(alpha_factor=0.25)"]
    kept, lost = (run.last["data"] for run in found.runs)
    assert kept == pytest.approx(200) and lost < 100  # without its noise CBL keeps nobody honest


def honest_of(cost):
    """What counts as honest where a menu begins with the first firm's recommendation."""
    problem = from_mapping({"game": "cournot", "agents": 2, "cost": cost})
    menu = [prepare_game(problem).recommended(0).label, "quantity(q=0.05)"]
    found = adapt(problem, menu=menu, rounds=1)
    return list(found.honest) == menu[:1], found.runs[0].last["share_honest"]


def test_what_is_honest_is_honest_of_everybody():
    assert honest_of([0.25, 0.25]) == (True, 1.0)
    assert honest_of([0.0, 0.5]) == (False, None)  # asked for 0.5 and 0
