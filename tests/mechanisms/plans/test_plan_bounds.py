"""The certificates: valid on random plans, and not fooled by wrong ones."""

import numpy as np
import pytest
from scipy.optimize import brentq

from nashbox.mechanisms.plans import (
    alone_penalties,
    base,
    bounds,
    compliant_penalties,
    solve_plan,
)
from nashbox.mechanisms.plans.bounds import weighted_bound


def setting(number, m=6, d=3):
    rng = np.random.default_rng(number)
    costs = np.exp(rng.uniform(np.log(0.01), 0, (m, d)))
    costs[1, 0] = np.inf
    sigma = rng.uniform(1, 10, d)
    alone = alone_penalties(costs, sigma)
    outside = np.where(np.isfinite(alone), alone, alone[np.isfinite(alone)].max())
    return rng, costs, sigma, outside


def random_rational_plans(rng, costs, sigma, outside, wanted=200):
    """Pooled work of random size and sparsity that leaves nobody worse off."""
    lonely = np.where(np.isfinite(costs), sigma / np.sqrt(costs), 0)
    while wanted:
        counts = lonely * rng.uniform(0, 1.5, costs.shape) * (rng.random(costs.shape) < 0.8)
        if (counts.sum(axis=0) > 0).all():
            p = compliant_penalties(counts, costs, sigma)
            if (p <= outside).all():
                wanted -= 1
                yield counts, p


@pytest.mark.parametrize("number", range(3))
def test_any_weights_bound_any_plan(number):
    rng, costs, sigma, outside = setting(number)
    m = len(costs)
    for _, p in random_rational_plans(rng, costs, sigma, outside):
        lam = rng.exponential(size=m) * (rng.random(m) < 0.7)
        assert weighted_bound(costs, sigma, lam.sum(), lam) <= lam @ p * (1 + 1e-12)
        social = weighted_bound(costs, sigma, m + lam.sum(), 1 + lam) - lam @ outside
        assert social <= p.sum() * (1 + 1e-12)


@pytest.mark.parametrize("number", range(3))
def test_no_random_plan_beats_a_certified_one(number):
    rng, costs, sigma, outside = setting(number)
    plans = {
        r: solve_plan(r, costs, sigma, outside)
        for r in ("ir_optimal", "nash", "egalitarian", "kalai_smorodinsky")
    }
    best = {r: compliant_penalties(p.counts, costs, sigma) for r, p in plans.items()}
    saved = outside - best["kalai_smorodinsky"]
    for _, p in random_rational_plans(rng, costs, sigma, outside):
        assert best["ir_optimal"].sum() <= p.sum()
        assert best["egalitarian"].max() <= p.max()
        assert np.log(outside - best["nash"]).sum() >= np.log(outside - p).sum()
        # Delta_i / saved_i is proportional to Delta_i / I_i: nobody has a larger minimum.
        assert ((outside - p) / saved).min() <= 1 + 1e-12
    assert all(p.certified_gap < 1e-12 for p in plans.values())


def multipliers(counts, costs, sigma, base):
    """Weights w_i of the optimum from its counts alone, no solver asked.

    w_i c_ik >= nu_k = A sigma_k^2 / N_k^2 with equality where i works, so w_i = max_k nu_k / c_ik,
    and never below `base` (1 where slack has a price, 0 elsewhere); A = sum_i w_i.
    """
    per_a = (sigma**2 / counts.sum(axis=0) ** 2 / costs).max(axis=1)  # w_i / A
    if base == 0:
        return per_a / per_a.sum()
    a = brentq(lambda a: np.maximum(1, a * per_a).sum() - a, len(costs) / 2, 1e9)
    return np.maximum(1, a * per_a)


@pytest.mark.parametrize("rule", ["ir_optimal", "nash", "egalitarian"])
@pytest.mark.parametrize("factor", [0.99, 1.01])
def test_a_plan_off_by_one_percent_is_noticed(rule, factor):
    """With the right multipliers the right plan has gap 0, and 1 % more or less work does not.

    The second time one agent alone is wrong by 1 %, in one place.
    """
    _, costs, sigma, outside = setting(5)
    instance = base.validated(costs, sigma, 2 * outside)
    counts = solve_plan(rule, costs, sigma, 2 * outside).counts
    if rule == "nash":
        gap = lambda n: bounds.nash_gap(instance, n)  # noqa: E731
    elif rule == "egalitarian":
        w = multipliers(counts, costs, sigma, 0)
        gap = lambda n: bounds.egalitarian_gap(instance, n, w)  # noqa: E731
    else:
        lam = multipliers(counts, costs, sigma, 1) - 1
        gap = lambda n: bounds.ir_optimal_gap(instance, n, lam)  # noqa: E731
    assert gap(counts) < 1e-10
    assert gap(factor * counts) > 1e-6
    wrong = counts.copy()
    wrong[np.unravel_index(np.argmax(counts), counts.shape)] *= factor
    assert gap(wrong) > 1e-7


def test_a_binding_plan_off_by_one_percent_is_noticed():
    """ir_optimal with an agent at its option: work moved to the next agent costs P."""
    costs, sigma = np.array([[0.033], [0.066], [0.1]]), np.array([10.0])
    instance = base.validated(costs, sigma, None)
    counts = solve_plan("ir_optimal", costs, sigma).counts
    lam = multipliers(counts, costs, sigma, 1) - 1
    assert lam == pytest.approx([1.0, 0.0, 0.0])
    assert bounds.ir_optimal_gap(instance, counts, lam) < 1e-12
    moved = counts + 0.01 * counts[0] * np.array([[-1.0], [1.0], [0.0]])
    assert 1e-4 < bounds.ir_optimal_gap(instance, moved, lam) < np.inf
    assert bounds.ir_optimal_gap(instance, 1.01 * counts, lam) == np.inf  # agent 0 pays too much


def test_a_kalai_smorodinsky_plan_off_by_one_percent_is_noticed():
    costs, sigma = np.array([[0.033], [0.066], [0.1]]), np.array([10.0])
    instance = base.validated(costs, sigma, None)
    counts = solve_plan("kalai_smorodinsky", costs, sigma).counts
    w = multipliers(counts, costs, sigma, 0)
    ideals = np.array([2.80098826, 4.45163652, 5.69734768])  # brute force, test_plan_numbers
    assert bounds.kalai_smorodinsky_gap(instance, counts, w, ideals, ideals) < 1e-8
    for factor in (0.99, 1.01):
        assert bounds.kalai_smorodinsky_gap(instance, factor * counts, w, ideals, ideals) > 1e-3
    # Doubt about the ideals is doubt about the plan.
    doubt = bounds.kalai_smorodinsky_gap(instance, counts, w, 0.99 * ideals, 1.01 * ideals)
    assert doubt == pytest.approx(0.02, abs=1e-3)


def test_an_infeasible_plan_has_no_gap():
    _, costs, sigma, outside = setting(2)
    counts = solve_plan("nash", costs, sigma, outside).counts
    tight = base.validated(costs, sigma, 0.999 * compliant_penalties(counts, costs, sigma))
    zeros, ones = np.zeros(len(costs)), np.ones(len(costs))
    assert bounds.nash_gap(tight, counts) == np.inf
    assert bounds.ir_optimal_gap(tight, counts, zeros) == np.inf
    assert bounds.kalai_smorodinsky_gap(tight, counts, ones, ones, ones) == np.inf
    loose = base.validated(costs, sigma, outside)
    for wrong in (-counts, np.full_like(counts, np.nan), 0 * counts, counts + 1.0):
        assert bounds.ir_optimal_gap(loose, wrong, zeros) == np.inf  # 1.0: where c = inf
        assert bounds.egalitarian_gap(loose, wrong, ones) == np.inf


def test_multipliers_that_are_wrong_only_widen_the_gap():
    rng, costs, sigma, outside = setting(3)
    instance = base.validated(costs, sigma, outside)
    plan = solve_plan("ir_optimal", costs, sigma, outside)
    for _ in range(50):
        lam = rng.exponential(size=len(costs))
        assert bounds.ir_optimal_gap(instance, plan.counts, lam) >= plan.certified_gap


def test_dust_is_as_good_as_zero_for_the_gap_but_not_for_us():
    """Why zeros come from the support: a gap cannot see 1e-8 of a sample, Algorithm 1 can."""
    costs, sigma = np.array([[0.033], [0.066], [0.1]]), np.array([10.0])
    instance = base.validated(costs, sigma, None)
    counts = solve_plan("ir_optimal", costs, sigma).counts
    dusty = counts + np.array([[0], [0], [1e-8]])
    assert bounds.ir_optimal_gap(instance, dusty, np.array([1.0, 0, 0])) < 1e-8
    assert counts[2, 0] == 0.0
