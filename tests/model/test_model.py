import numpy as np
import pytest

from nashbox.experiments.run import Run, run
from nashbox.games.estimation import prepare
from nashbox.mechanisms import SampleMean
from nashbox.model import EstimationSandbox
from nashbox.problem.errors import ContractError, InputError
from nashbox.problem.source import CsvSource
from tests.games import figure1, from_mapping, worked_case
from tests.statistics_for_tests import assert_mean


def model_of(problem, **options):
    game = prepare(problem)
    return EstimationSandbox(game.problem, game.mechanism, game.terms, game.strategies, **options)


def test_records_rounds_and_agents():
    model = model_of(figure1(mechanism="sample_mean"), replications=50, rng=1)
    model.step()
    model.step()
    frame = model.datacollector.get_agent_vars_dataframe()
    assert frame.index.names == ["Step", "AgentID"] and len(frame) == 6
    assert set(frame.columns) == {
        "agent",
        "strategy",
        "collected",
        "submitted",
        "error",
        "cost",
        "penalty",
    }
    assert frame["collected"].iloc[0] == [71.0] and frame["cost"].iloc[0] == pytest.approx(
        71 * 0.033
    )
    social = model.datacollector.get_model_vars_dataframe()["social_penalty"]
    assert social.iloc[0] == pytest.approx(frame.loc[1, "penalty"].sum())


def test_same_seed_same_bits_other_seed_other_bits():
    first, again, other = (model_of(worked_case(), replications=20, rng=seed) for seed in (3, 3, 4))
    for model in (first, again, other):
        model.step()
    for a, b, c in zip(first.players, again.players, other.players, strict=True):
        np.testing.assert_array_equal(a.penalty, b.penalty)
        assert not np.array_equal(a.penalty, c.penalty)


def test_one_world_and_many_worlds_are_the_same_game(seed):
    single = model_of(figure1(mechanism="sample_mean"), replications=1, rng=seed)
    draws = []
    for _ in range(600):
        single.step()
        draws.append(single.players[0].error[0])
    assert_mean(draws, 100 / 78, false_alarm=1e-6)


def test_agents_may_differ_and_others_do_not_notice_who_joined():
    """An agent's own draws do not depend on how many others there are."""
    few, many = (
        model_of(worked_case(m=m, mechanism="alone"), replications=5, rng=9) for m in (2, 5)
    )
    for model in (few, many):
        model.step()
    np.testing.assert_array_equal(few.players[0].penalty, many.players[0].penalty)


def test_best_responders_collapse_the_sample_mean_and_leave_cbl_alone():
    rounds = 4
    for mechanism, collapses in (("sample_mean", True), ("cbl", False)):
        names = {f"a{i}": "best_responder" for i in range(20)}
        result = run(
            worked_case(mechanism=mechanism, strategies=names), rounds=rounds, replications=50
        )
        totals = [
            sum(sum(row["collected"]) for row in result.steps if row["Step"] == t + 1)
            for t in range(rounds)
        ]
        assert totals[0] == 200
        # free riding ends where one agent collects what she would alone
        assert totals[-1] == (45 if collapses else 200)


def test_baseline_refuses_other_strategies():
    with pytest.raises(InputError, match="compliance"):
        model_of(figure1(mechanism="baseline", strategies={"a0": "free_rider"}))


def test_real_measurements_have_the_columns_mean_and_spread(seed):
    problem = from_mapping(
        {
            "game": "estimation",
            "sigma": 2.312,
            "costs": [[0.01], [0.01]],
            "mechanism": "sample_mean",
            "source": {"csv": "measurements.csv", "columns": ["color_intensity"]},
        },
        "examples/wine",
    )
    assert isinstance(problem.source, CsvSource)
    column = problem.source.columns[0]
    result = run(problem, replications=20_000, seed=seed)
    total = sum(sum(a["collected"]) for a in result.agents)
    for agent in result.agents:
        assert abs(agent["error"] - column.var() / total) < 5 * agent["se"]


def test_run_takes_the_worst_mu_where_it_matters(seed):
    problem = figure1(
        mechanism="sample_mean", strategies={"a1": {"name": "scaler", "factor": 1.01}}
    )
    result = run(problem, replications=500, seed=seed)
    assert "1024" in result.extra["mu"]
    share, mu = 7 / 78, 1e7  # 1e6 sigma, scaled by one per cent
    assert result.agents[0]["penalty"] == pytest.approx((0.01 * mu * share) ** 2, rel=0.01)


def test_every_mean_of_a_run_has_the_error_of_its_own_worlds(seed):
    """Of 40 short runs the means scatter as much as their errors say; sums hold what is shared."""
    runs = [
        run(figure1(mechanism="sample_mean"), replications=50, seed=100 * seed + k)
        for k in range(40)
    ]
    for key in ("error", "cost"):
        means = np.array([r.agents[0][key] for r in runs])
        said = np.mean([r.agents[0][f"{key}_se"] for r in runs])
        assert said == 0 if key == "cost" else 0.6 < means.std(ddof=1) / said < 1.6
    social = [r.extra["social"][0] for r in runs]
    values = np.array([row["penalty"] for row in social])
    said = np.mean([row["se"] for row in social])
    assert 0.6 < values.std(ddof=1) / said < 1.6  # errors are one: three times that of each
    assert said == pytest.approx(3 * np.mean([r.agents[0]["se"] for r in runs]), rel=1e-9)


def test_the_error_of_a_sum_over_several_states_is_that_of_its_parts_at_most():
    problem = figure1(
        mechanism="sample_mean", strategies={"a1": {"name": "scaler", "factor": 1.01}}
    )
    result = run(problem, replications=200)
    [row] = result.extra["social"]
    assert row["penalty"] == pytest.approx(sum(a["penalty"] for a in result.agents))
    assert 0 < row["se"] <= sum(a["se"] for a in result.agents) * (1 + 1e-12)


def test_run_survives_saving(tmp_path):
    result = run(figure1(mechanism="sample_mean"), rounds=2, replications=30)
    result.save(tmp_path / "run.json")
    assert Run.load(tmp_path / "run.json").to_json() == result.to_json()
    assert list(result.to_frame()["Step"]) == [1, 1, 1, 2, 2, 2]


@pytest.mark.parametrize("kind", [complex, str])
def test_information_is_real_numbers(kind):
    """numpy would only warn that it drops what is imaginary, and read texts."""

    class Odd(SampleMean):
        def mediate(self, submissions, terms, rng):
            return [x.astype(kind) for x in super().mediate(submissions, terms, rng)]

    game = prepare(figure1(mechanism="sample_mean"))
    model = EstimationSandbox(game.problem, Odd(), game.terms, replications=5, rng=1)
    with pytest.raises(ContractError, match=r"Odd\.mediate: information must be real numbers, got"):
        model.step()
