"""Invariants on generated instances: symmetry, scaling, exact zeros, valid certificates."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nashbox.mechanisms.plans import (
    RULES,
    alone_penalties,
    compliant_penalties,
    solve_plan,
)

SOLVED = ("ir_optimal", "nash", "egalitarian", "kalai_smorodinsky")
QUICK = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)


@st.composite
def instances(draw, agents=8, distributions=4):
    """Random, tied, wild or partly impossible costs with finite outside options."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    m, d = draw(st.integers(1, agents)), draw(st.integers(1, distributions))
    kind = draw(st.sampled_from(["plain", "tied", "wild", "proportional"]))
    low, high = (1e-6, 1e3) if kind == "wild" else (0.01, 1.0)
    costs = np.exp(rng.uniform(np.log(low), np.log(high), (m, d)))
    if kind == "tied":
        costs = rng.choice([0.1, 0.2, 0.1 + 0.2, 0.3], (m, d))
    if kind == "proportional":
        costs = costs[:, :1] * costs[:1]
    if draw(st.booleans()):
        costs[rng.random((m, d)) < 0.3] = np.inf
        lost = ~np.isfinite(costs).any(axis=0)
        costs[rng.integers(m), lost] = 0.1
    sigma = np.exp(rng.uniform(-1, 3, d))
    return costs, sigma, options(costs, sigma)


def options(costs, sigma):
    """p_ind, and the largest finite one (or the price of the cheapest costs) where it is inf."""
    alone = alone_penalties(costs, sigma)
    finite = alone[np.isfinite(alone)]
    spare = finite.max() if finite.size else 2 * (sigma * np.sqrt(costs.min(axis=0))).sum()
    return np.where(np.isfinite(alone), alone, spare)


@pytest.mark.parametrize("rule", SOLVED)
@QUICK
@given(instances())
@pytest.mark.sparse(2)
def test_certified_feasible_and_clean(rule, instance):
    costs, sigma, outside = instance
    plan = solve_plan(rule, costs, sigma, outside)
    assert plan.certified_gap < 1e-7
    assert plan.counts.shape == costs.shape
    assert (plan.counts >= 0).all()
    assert (plan.counts[~np.isfinite(costs)] == 0).all()
    p = compliant_penalties(plan.counts, costs, sigma)
    if rule != "egalitarian":
        assert (p <= outside * (1 + 1e-9)).all()
    # Dust would be a share of N far below rounding both in samples and in money.
    money = np.where(np.isfinite(costs), costs, 0) * plan.counts / outside[:, None]
    share = plan.counts / plan.counts.sum(axis=0)
    assert (np.maximum(money, share)[plan.counts > 0] > 1e-13).all()


@pytest.mark.parametrize("rule", RULES)
@settings(QUICK, max_examples=15)
@given(instances(), st.randoms(use_true_random=False))
@pytest.mark.sparse(5)
def test_relabelling_permutes_the_plan(rule, instance, random):
    costs, sigma, outside = instance
    order = list(range(len(costs)))
    random.shuffle(order)
    first = solve_plan(rule, costs, sigma, outside)
    second = solve_plan(rule, costs[order], sigma, outside[order])
    assert np.array_equal(first.counts[order], second.counts)  # to the bit


@pytest.mark.parametrize("rule", RULES)
@settings(QUICK, max_examples=10)
@given(instances(agents=4))
def test_equal_agents_get_equal_counts(rule, instance):
    costs, sigma, outside = (
        np.concatenate([x, x]) if i != 1 else x for i, x in enumerate(instance)
    )
    counts = solve_plan(rule, costs, sigma, outside).counts
    assert np.array_equal(counts[: len(costs) // 2], counts[len(costs) // 2 :])


@pytest.mark.parametrize("rule", RULES)
@settings(QUICK, max_examples=10)
@given(instances())
@pytest.mark.sparse(5)
def test_scaling(rule, instance):
    """Costs times 4: penalties times 2, counts divided by 2. Sigma times 3: both times 3.

    Only N and the spendings are unique, so they are compared.
    """
    costs, sigma, outside = instance

    def summary(plan, c):
        return plan.counts.sum(axis=0), compliant_penalties(plan.counts, c, sigma)

    total, p = summary(solve_plan(rule, costs, sigma, outside), costs)
    plan = solve_plan(rule, 4 * costs, sigma, 2 * outside)
    assert plan.counts.sum(axis=0) == pytest.approx(total / 2, rel=1e-6)
    if rule != "ir_optimal":  # whose slack agents may share a tie in more than one way
        assert compliant_penalties(plan.counts, 4 * costs, sigma) == pytest.approx(2 * p, rel=1e-6)
    plan = solve_plan(rule, costs, 3 * sigma, 3 * outside)
    assert plan.counts.sum(axis=0) == pytest.approx(3 * total, rel=1e-6)


def test_arguments_are_left_alone():
    costs, sigma, outside = np.array([[0.1], [0.2]]), np.array([3.0]), np.array([5.0, 5.0])
    before = costs.copy(), sigma.copy(), outside.copy()
    for rule in RULES:
        solve_plan(rule, costs, sigma, outside)
    assert all(np.array_equal(a, b) for a, b in zip(before, (costs, sigma, outside), strict=True))


@pytest.mark.parametrize("rule", SOLVED)
def test_proportional_costs_give_a_sparse_plan(rule):
    """All work of active agents is tight; a forest has fewer edges than agents + distributions."""
    rng = np.random.default_rng(0)
    costs = rng.uniform(0.1, 1, (30, 1)) * rng.uniform(0.1, 1, 6)
    plan = solve_plan(rule, costs, np.full(6, 10.0))
    assert plan.certified_gap < 1e-10
    assert (plan.counts > 0).sum() < 36


def test_two_agents_who_tie_do_not_confuse_the_support():
    """0.1 + 0.2 and 0.3 differ in the last bit: not a tie, but no solver could tell."""
    costs = np.array([[0.1 + 0.2, 0.5], [0.3, 0.5], [0.4, 0.6]])
    for rule in SOLVED:
        assert solve_plan(rule, costs, np.array([10.0, 1.0])).certified_gap < 1e-12


def test_egalitarian_equalises_and_has_no_second_criterion():
    """Everybody who can sample anything ends at the same penalty, so P is decided too."""
    rng = np.random.default_rng(1)
    costs = rng.uniform(0.1, 1, (12, 3))
    costs[5] = np.inf
    costs[6, 1:] = np.inf
    sigma = np.array([1.0, 2.0, 3.0])
    p = compliant_penalties(solve_plan("egalitarian", costs, sigma).counts, costs, sigma)
    busy = np.arange(12) != 5
    assert p[busy] == pytest.approx(p.max(), rel=1e-12)
    assert p[5] < p.max()
