"""Controls with known answers, by the exact and the exhaustive method."""

import json

import numpy as np
import pytest

from nashbox.experiments.audit import Audit, audit
from nashbox.problem.errors import InputError
from nashbox.problem.spec import Spec
from tests.games import figure1, random_problem, worked_case

METHODS = ("exact", "exhaustive")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("mechanism", ["sample_mean", "counted_mean", "baseline"])
def test_figure_1_in_whole_numbers(method, mechanism):
    result = audit(figure1(mechanism=mechanism), method=method)
    assert [a.verdict for a in result.agents] == ["profitable"] * 2 + ["none_above_epsilon"]
    for agent, gain, count in zip(result.agents, (0.22287, 0.33560, 0.0), (48, 0, 0), strict=True):
        assert agent.gain.estimate == pytest.approx(gain, abs=5e-6)
        assert agent.gain.lower <= agent.gain.estimate <= agent.gain.upper
        assert agent.best_deviation.parameters["collect"] == [count]
    assert result.nash == "profitable" and result.individually_rational


def test_figure_1_in_real_numbers():
    result = audit(figure1(mechanism="sample_mean", counts="real"))
    assert result.method == "exact"
    gains = [a.gain.estimate for a in result.agents]
    assert gains == pytest.approx([0.2204, 0.3202, 0.0], abs=5e-5)
    assert result.agents[0].best_deviation.parameters["collect"][0] == pytest.approx(
        48.37, abs=5e-3
    )
    assert result.social_penalty == pytest.approx(6.6430, abs=5e-5)
    assert audit(figure1(counts="real")).social_penalty == pytest.approx(9.8354, abs=5e-5)


@pytest.mark.sparse(4)
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("factor", "gain", "count"), [(0.9, 0.002409, 9), (0.5, 0.083205, 6), (0.25, 0.226752, 3)]
)
def test_cbl_with_too_little_noise(method, factor, gain, count):
    problem = worked_case(mechanism={"name": "cbl", "alpha_factor": factor})
    result = audit(problem, method=method)
    for agent in result.agents:
        assert agent.verdict == "profitable"
        assert agent.gain.estimate == pytest.approx(gain, abs=5e-7)
        assert agent.best_deviation.parameters["collect"] == [count]


@pytest.mark.parametrize(("factor", "gain"), [(0.9, 0.002557), (0.5, 0.084254), (0.25, 0.226753)])
def test_cbl_with_too_little_noise_in_real_numbers(factor, gain):
    problem = worked_case(mechanism={"name": "cbl", "alpha_factor": factor}, counts="real")
    assert audit(problem).agents[0].gain.estimate == pytest.approx(gain, abs=1e-6)


@pytest.mark.parametrize("method", METHODS)
def test_cbl_itself_is_the_negative_control(method):
    result = audit(worked_case(), method=method)
    assert {a.verdict for a in result.agents} == {"none_above_epsilon"}
    assert result.agents[0].penalty == pytest.approx(1.815832751, abs=1e-9)
    assert result.agents[0].penalty_alone == pytest.approx(200 / 90 + 4.5 / 2, abs=0.01)


def test_methods_agree_on_random_games(seed):
    rng = np.random.default_rng([seed, 7])
    for trial in range(6):
        problem = random_problem(
            rng,
            leverage=trial % 2 == 0,
            m=4,
            d=2,
            mechanism=["cbl", "sample_mean", "counted_mean"][trial % 3],
            plan="egalitarian",
        )
        exact, box = (audit(problem, method=method) for method in METHODS)
        for a, b in zip(exact.agents, box.agents, strict=True):
            assert a.penalty == pytest.approx(b.penalty, rel=1e-9)
            assert a.gain.estimate == pytest.approx(b.gain.estimate, abs=1e-7 * a.penalty)
            assert a.verdict == b.verdict


@pytest.mark.slow
@pytest.mark.parametrize("owed", [150, 300, 2000])
def test_large_counts_are_audited_alike(owed):
    """20 equal agents whose plan is `owed` points each: honesty is exactly optimal."""
    problem = worked_case(costs=[[0.05 * (10 / owed) ** 2]] * 20)
    results = [audit(problem, method=method) for method in METHODS]
    assert results[0].agents[0].recommended == [owed]
    for result in results:
        assert result.nash == "none_above_epsilon"
        assert all(abs(a.gain.upper) < 1e-7 * a.penalty for a in result.agents)
        assert all(c.gain <= 1e-9 for a in result.agents for c in a.landscape)


def test_an_outside_option_nobody_can_meet_leaves_the_audit_possible():
    problem = figure1(plan="social", outside_option={"a0": 0.001}, mechanism="sample_mean")
    result = audit(problem)
    assert result.efficiency_ratio is None and not result.individually_rational
    assert any("outside options" in note for note in result.notes)


@pytest.mark.slow
def test_the_plan_alone_means_the_same_counts_everywhere():
    from nashbox.rules.planning import plan_report

    costs = [[0.05]] * 5 + [[0.051]]
    problem = figure1(costs=costs, plan="alone", mechanism="sample_mean")
    plan = plan_report(problem).counts.ravel().tolist()
    assert plan == [45, 45, 45, 45, 45, 44]
    assert [a.recommended[0] for a in audit(problem).agents] == plan
    simulated = audit(problem, method="black_box", budget=5000, workers=2)
    assert [a.recommended[0] for a in simulated.agents] == plan


def test_a_profile_with_a_free_rider_is_audited_as_it_is():
    problem = figure1(mechanism="sample_mean", strategies={"a0": "free_rider"})
    result = audit(problem)
    rider, second, _ = result.agents
    assert rider.penalty == pytest.approx(100 / 7)
    assert rider.gain_over_recommended.estimate == pytest.approx(100 / 78 + 71 * 0.033 - 100 / 7)
    best = np.arange(1000)
    assert rider.best_deviation.penalty == pytest.approx((100 / (best + 7) + 0.033 * best).min())
    # what agent 2 gains, she gains against agent 1 free riding
    others = 100 / np.maximum(best, 1e-9) + 0.066 * best
    assert second.gain.estimate == pytest.approx(100 / 7 + 0.066 * 7 - others.min())


def test_an_infinite_penalty_is_left_for_any_finite_one():
    lonely = figure1(mechanism="alone", strategies={"a0": "free_rider"})
    result = audit(lonely)
    assert result.agents[0].verdict == "profitable"
    assert result.agents[0].gain.estimate == np.inf
    text = json.loads(json.dumps(result.to_json(), default=str))
    assert text["agents"][0]["verdict"] == "profitable"
    hopeless = random_problem(np.random.default_rng(1), leverage=True, m=3, d=2, mechanism="alone")
    for agent, costs in zip(audit(hopeless).agents, hopeless.costs, strict=True):
        if np.isinf(costs).any():  # nothing finite to be had
            assert agent.verdict == "none_above_epsilon" and agent.gain.estimate == 0


def test_damage_is_what_the_others_lose():
    agent = audit(figure1(mechanism="sample_mean")).agents[0]
    assert agent.damage == pytest.approx(2 * (100 / 55 - 100 / 78))
    padded = audit(figure1(mechanism="counted_mean")).agents[0]
    polluted = (7 * 100 + 71**2 * 100 / 48) / 78**2
    assert padded.damage == pytest.approx(2 * (polluted - 100 / 78))
    assert audit(figure1(mechanism="counted_mean")).agents[1].damage == np.inf


def test_what_an_audit_says_survives_saving(tmp_path):
    result = audit(figure1(mechanism="sample_mean"))
    result.save(tmp_path / "audit.json")
    assert Audit.load(tmp_path / "audit.json").to_json() == result.to_json()
    assert list(result.to_frame()["name"]) == ["a0", "a1", "a2"]


@pytest.mark.parametrize(
    ("changes", "method", "words"),
    [
        ({"strategies": {"a0": {"name": "shifter", "shift": 1.0}}}, "exact", "shifter"),
        ({"strategies": {"a0": "scaler"}}, "exact", "scaler"),
        ({"counts": "real"}, "exhaustive", "real"),
        ({"counts": "real"}, "black_box", "real"),
    ],
)
def test_a_method_that_does_not_apply_says_why(changes, method, words):
    with pytest.raises(InputError, match=words):
        audit(figure1(mechanism="sample_mean", **changes), method=method)


@pytest.mark.parametrize("mechanism", ["alone", "cbl"])
def test_points_made_up_reach_nobody_who_works_alone(mechanism):
    """CBL sends all of Figure 1's egalitarian plan home: lies of one are nothing to the others."""
    lie = {"a1": Spec.parse({"name": "fabricator", "fraction": 0.5}, "a1")}
    game = figure1(plan="egalitarian", mechanism=Spec(mechanism), strategies=lie)
    found, box = audit(game), audit(game, method="exhaustive")
    assert (found.method, box.method) == ("exact", "exhaustive")
    for answer in (found, box):
        assert [a.verdict == "profitable" for a in answer.agents] == [False, True, False]
        assert answer.nash == "profitable"
    n = 39  # sigma^2/n + c n: 39 points are best, she has the half of them, rounded
    half = min((19, 20), key=lambda k: abs(found.agents[1].penalty - (100 / k + 0.066 * k)))
    gain = 100 / half + 0.066 * half - (100 / n + 0.066 * n)
    assert found.agents[1].gain.estimate == pytest.approx(gain)
    with pytest.raises(InputError, match="did not measure"):
        audit(figure1(mechanism=Spec("sample_mean"), strategies=lie), method="exact")
