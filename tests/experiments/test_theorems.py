"""Theorems 1, 4 and 5 on random instances, by the exact method."""

import numpy as np
import pytest

from nashbox.experiments.audit import audit
from nashbox.experiments.dynamics import best_response_dynamics
from nashbox.experiments.game import prepare
from nashbox.problem.files import from_mapping
from tests.games import figure1, random_problem, worked_case


def instances(rng, wanted):
    """Random cost tables, with and without condition (8), infinite costs in both."""
    found = {True: [], False: []}
    while min(len(v) for v in found.values()) < wanted:
        problem = random_problem(rng, leverage=rng.random() < 0.6, counts="real")
        holds = prepare(problem).condition_8
        if len(found[holds]) < wanted:
            found[holds].append(problem)
    return found


def hold_to_theorem_1(problem, holds):
    result = audit(problem)
    assert result.nash == "none_above_epsilon", result.to_json()
    assert result.individually_rational
    if problem.counts == "real":
        bound = 8 if holds else np.sqrt(problem.m)
        assert result.efficiency_ratio <= bound * (1 + 1e-6)


@pytest.mark.parametrize("counts", ["real", "integer"])
def test_theorem_1_on_200_instances(counts, seed):
    from dataclasses import replace

    found = instances(np.random.default_rng([seed, 5]), 100)
    assert all(any(np.isinf(p.costs).any() for p in group) for group in found.values())
    for holds, group in found.items():
        for problem in group:
            hold_to_theorem_1(replace(problem, counts=counts), holds)


@pytest.mark.parametrize("plan", ["egalitarian", "nash", "kalai_smorodinsky"])
def test_theorem_5_for_fair_plans(plan, seed):
    rng = np.random.default_rng([seed, 6])
    for trial in range(25):
        problem = random_problem(
            rng, leverage=trial % 2 == 0, infinite=0.0, counts="real", plan=plan
        )
        game = prepare(problem)
        result = audit(problem)
        assert result.nash == "none_above_epsilon"
        if game.condition_8:  # 8-approximation agent by agent
            N = game.plan.sum(axis=0)
            honest = (problem.sigma**2 / N + problem.costs * game.plan).sum(axis=1)
            assert all(
                a.penalty <= 8 * p * (1 + 1e-9) for a, p in zip(result.agents, honest, strict=True)
            )
            assert result.individually_rational


def test_these_tests_can_fail():
    weak = worked_case(mechanism={"name": "cbl", "alpha_factor": 0.5})
    with pytest.raises(AssertionError):
        hold_to_theorem_1(weak, True)


@pytest.mark.parametrize("m", [2, 5, 10, 100, 1000])
def test_theorem_4_the_price_of_stability(m):
    gamma = 0.05
    costs = [[gamma, np.inf]] + [[np.inf, gamma]] * (m - 1)
    problem = from_mapping(
        {"game": "estimation", "sigma": 10.0, "costs": costs, "counts": "real", "plan": "social"}
    )
    game = prepare(problem)
    honest = (100 / game.plan.sum(axis=0)).sum() * m + 0.05 * game.plan.sum()
    assert honest == pytest.approx(4 * 10 * np.sqrt(m * gamma), rel=1e-9)
    result = audit(problem)
    assert result.nash == "none_above_epsilon"  # an equilibrium, so the bound is about it
    ratio = result.social_penalty / honest
    assert ratio >= np.sqrt(m) / 4 * (1 - 1e-9)
    assert result.efficiency_ratio <= np.sqrt(m) * (1 + 1e-6) or game.condition_8


@pytest.mark.parametrize(("mechanism", "end"), [("sample_mean", 44.72), ("cbl", None)])
def test_best_response_dynamics(mechanism, end):
    game = prepare(worked_case(m=100, mechanism=mechanism, counts="real"))
    found = best_response_dynamics(game)
    assert found.converged
    start, last = found.totals[0, 0], found.totals[-1, 0]
    if end is None:
        assert last == pytest.approx(start, rel=1e-6)
    else:
        assert start == pytest.approx(447.2, abs=0.05) and last == pytest.approx(end, abs=5e-3)


def test_figure_1_free_riding_equilibrium():
    found = best_response_dynamics(prepare(figure1(mechanism="sample_mean", counts="real")))
    n = found.counts[-1].ravel()
    assert n == pytest.approx([55.0482, 0, 0], abs=1e-4)
    assert 3 * 100 / n.sum() + 0.033 * n[0] == pytest.approx(7.2664, abs=5e-5)
