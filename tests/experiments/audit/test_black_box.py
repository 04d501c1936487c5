"""The black box against games whose answers are known exactly."""

import numpy as np
import pytest

import nashbox
from nashbox.experiments.audit import audit
from nashbox.experiments.report import write_audit_report
from nashbox.experiments.run import run
from nashbox.problem.spec import Spec
from tests.games import figure1, worked_case

BUDGET = 120_000


def collected(deviation):
    """Points that a found deviation collects, 0 for those who collect nothing."""
    if deviation.strategy == "under_collector":
        return 3
    return sum(deviation.parameters.get("collect", [0]))


@pytest.mark.slow
@pytest.mark.parametrize("mechanism", ["sample_mean", "counted_mean"])
def test_finds_the_known_holes(mechanism, seed):
    exact = audit(figure1(mechanism=mechanism))
    found = audit(figure1(mechanism=mechanism), method="black_box", seed=seed)
    assert [a.verdict for a in found.agents[:2]] == ["profitable"] * 2
    assert found.agents[2].verdict != "profitable"
    for ours, truth in zip(found.agents[:2], exact.agents[:2], strict=True):
        # the class holds a best response up to the grid: its gain lies inside the interval
        assert ours.gain.lower <= truth.gain.estimate + 1e-9
        assert ours.gain.upper >= 0.9 * truth.gain.estimate
        assert ours.candidates >= 10
    for agent, owed in zip(found.agents[:2], (71, 7), strict=True):
        assert collected(agent.best_deviation) < owed


@pytest.mark.slow
def test_names_its_class_and_never_calls_cbl_unsafe(seed):
    found = audit(worked_case(m=20), method="black_box", budget=40_000, seed=seed, workers=1)
    assert found.nash != "profitable"
    assert "fabricator" in found.class_ and found.seeds["seed"] == seed
    for agent in found.agents:
        assert agent.gain.lower <= 1e-9
        if agent.verdict == "undecided":
            assert agent.budget_needed > 40_000


@pytest.mark.slow
def test_the_same_bits_whatever_the_number_of_workers():
    problem = figure1(mechanism="counted_mean")
    one, two = (audit(problem, method="black_box", budget=60_000, workers=n) for n in (1, 2))
    assert one.to_json() == two.to_json()


@pytest.mark.slow
def test_a_deviation_can_be_replayed(seed):
    problem = figure1(mechanism="counted_mean")
    for method in ("exact", "black_box"):
        found = audit(problem, method=method, budget=BUDGET, seed=seed)
        for agent in found.agents[:2]:
            best = agent.best_deviation
            spec = Spec(best.strategy, best.parameters)
            again = run(
                problem.with_strategies({agent.name: spec}), replications=4000, seed=seed + 9
            )
            row = next(a for a in again.agents if a["name"] == agent.name)
            width = 4 * np.hypot(row["se"], best.se)
            assert abs(row["penalty"] - best.penalty) <= width


@pytest.mark.slow
def test_where_something_is_not_equivariant_mu_is_searched(seed):
    problem = figure1(
        mechanism="sample_mean", strategies={"a0": {"name": "shrinker", "weight": 0.5}}
    )
    found = audit(problem, method="black_box", budget=BUDGET, seed=seed)
    assert "1024" in found.class_
    liar = found.agents[0]
    assert liar.penalty > 1e6  # mu is far away in the worst case
    assert liar.verdict == "profitable" and liar.gain_over_recommended.upper < -1e6


def test_a_plugged_in_median_has_its_hole_found(seed, tmp_path):
    from tests.games import from_mapping

    problem = from_mapping(
        {
            "game": "estimation",
            "sigma": 10.0,
            "costs": [[0.033], [0.066], [0.1]],
            "mechanism": "robust_means.py:Median",
        },
        "examples/plugins",
    )
    found = audit(problem, budget=BUDGET, seed=seed)
    assert found.method == "black_box"
    assert found.agents[1].verdict == "profitable"
    assert collected(found.agents[1].best_deviation) < 7
    assert found.agents[1].gain.estimate > 0.1


@pytest.mark.slow
def test_the_budget_is_kept_and_small_ones_decide_nothing(seed):
    from nashbox.experiments.audit.simulated import audit_player
    from nashbox.games.estimation import prepare

    names = {
        "a0": {"name": "mixed"},
        "a1": {"name": "fabricator", "kind": "constant"},
        "a2": "scaler",
    }
    game = prepare(figure1(mechanism="counted_mean", strategies=names))
    for budget in (1000, 20_000, 60_000):
        found = audit_player(game, 0, None, 0.01, seed, budget)
        assert found.spent <= max(budget, 1500)
        if found.verdict == "undecided":
            assert found.gain.lower <= found.epsilon <= found.gain.upper


def test_an_infinite_penalty_is_profitable_at_any_budget_and_damage_is_counted(seed):
    problem = figure1(mechanism="counted_mean", strategies={"a0": "free_rider", "a1": "withholder"})
    found = audit(problem, method="black_box", budget=20_000, seed=seed)
    assert found.agents[0].verdict == "profitable" and found.agents[0].gain.estimate == np.inf
    exact = audit(problem)
    assert exact.agents[2].damage == pytest.approx(0.0)
    assert (
        abs(found.agents[0].damage - exact.agents[0].damage) < 5 * found.agents[0].damage_se + 1e-9
    )


POOL = """
from dataclasses import dataclass
from nashbox import Mechanism

@dataclass(frozen=True)
class Pool(Mechanism):
    sees = "count_and_mean"
    def mediate(self, submissions, terms, rng):
        pooled = sum(s.sum for s in submissions) / sum(s.counts for s in submissions)
        return [pooled] * len(submissions)
"""


@pytest.mark.slow
def test_the_box_is_simulated_for_a_mechanism_without_formulas(tmp_path, seed):
    from tests.games import FIGURE1, from_mapping

    (tmp_path / "mine.py").write_text(POOL)
    problem = from_mapping(
        {"game": "estimation", "sigma": 10.0, "costs": FIGURE1, "mechanism": "mine.py:Pool"},
        tmp_path,
    )
    found = audit(problem, method="exhaustive", seed=seed)
    exact = audit(figure1(mechanism="sample_mean"))
    assert found.method == "exhaustive"
    for ours, truth in zip(found.agents, exact.agents, strict=True):
        # the box is closed from below, so the interval holds the true gain of the best response
        assert ours.gain.lower - 1e-9 <= truth.gain.estimate <= ours.gain.upper
    assert [a.verdict for a in found.agents[:2]] == ["profitable"] * 2
    assert found.agents[2].verdict != "profitable"


def test_damage_goes_by_one_name_in_all_games(tmp_path):
    pot = {"game": "public_goods", "agents": 3}
    found = nashbox.audit(pot, method="black_box", budget=100_000)
    row = found.agents[0]
    assert row.damage == pytest.approx(2 * 1.6 / 3) and row.damage_se < 1e-12
    body = found.to_json()
    for told in (body["agents"][0], audit(figure1(mechanism="sample_mean")).to_json()["agents"][0]):
        assert {"damage_to_others", "damage_se"} <= {*told} and "damage" not in told
    assert "what a deviation costs the others in sum: a0's 1.0667" in found.to_markdown()
    write_audit_report(found, tmp_path / "r.html")
    assert "costs the others" in (tmp_path / "r.html").read_text(encoding="utf-8")
    for old in body["agents"]:  # as versions before wrote it
        old["damage"] = old.pop("damage_to_others")
        del old["damage_se"]
    assert type(found).from_json(body).agents[0].damage == row.damage
    exact = nashbox.audit(pot, method="exact").to_json()["agents"][0]
    assert not {"damage_to_others", "damage_se"} & {*exact}
