"""Cost ratios of 1e6 to 1e100: always a plan, rational, with exact zeros and a true gap."""

from decimal import Decimal, localcontext

import numpy as np
import pytest

from nashbox.mechanisms.plans import alone_penalties, common, compliant_penalties, solve_plan
from nashbox.mechanisms.plans.dual import Dual, improve

SOLVED = ("ir_optimal", "nash", "egalitarian", "kalai_smorodinsky")
TEN = np.array([10.0])


def wide(number, decades, holes):
    """m = 2..5, d = 1..3, log-uniform costs over +- decades, finite options."""
    rng = np.random.default_rng([number, decades])
    m, d = rng.integers(2, 6), rng.integers(1, 4)
    costs = 10.0 ** rng.uniform(-decades, decades, (m, d))
    if holes:
        costs[rng.random((m, d)) < 0.3] = np.inf
        costs[rng.integers(m), ~np.isfinite(costs).any(axis=0)] = 1.0
    sigma = 10.0 ** rng.uniform(-1, 2, d)
    alone = alone_penalties(costs, sigma)
    finite = alone[np.isfinite(alone)]
    spare = finite.max() if finite.size else 2 * (sigma * np.sqrt(costs.min(axis=0))).sum()
    return costs, sigma, np.where(np.isfinite(alone), alone, spare)


def check(rule, costs, sigma, outside):
    plan = solve_plan(rule, costs, sigma, outside)
    assert (plan.counts >= 0).all()
    assert (plan.counts[~np.isfinite(costs)] == 0).all()
    assert (plan.counts.sum(axis=0) > 0).all()
    assert np.isfinite(plan.certified_gap)
    if rule != "egalitarian":
        p = compliant_penalties(plan.counts, costs, sigma)
        options = alone_penalties(costs, sigma) if outside is None else outside
        assert (p <= options * (1 + 1e-9)).all()
    return plan


@pytest.mark.parametrize("rule", SOLVED)
@pytest.mark.parametrize("number", range(12))
def test_twelve_decades(rule, number):
    costs, sigma, outside = wide(number, 6, number % 3 == 2)
    assert check(rule, costs, sigma, outside).certified_gap < 1e-7


@pytest.mark.parametrize("rule", SOLVED)
@pytest.mark.parametrize("number", range(8))
def test_hundred_decades(rule, number):
    costs, sigma, outside = wide(number, 50, number % 2 == 1)
    options = outside if rule in ("nash", "kalai_smorodinsky") else None
    plan = check(rule, costs, sigma, options)
    assert plan.certified_gap < (1e-7 if rule == "egalitarian" else np.inf)


@pytest.mark.parametrize("ratio", [1e2, 1e4, 1e6, 1e9, 1e16, 1e50, 1e100])
def test_two_agents_and_a_closed_form(ratio):
    """c = c0 (1, r): lam_0 = r - 1, N = n_ind (1 + 1/(2 r)), n_1 = n_ind / (2r (2r + 1)) + ...

    The social penalty is 3 sigma sqrt(c0) within 1/r; agent 1 does next to nothing.
    """
    c0 = 1e-50 if ratio > 1e16 else 1e-6
    plan = check("ir_optimal", c0 * np.array([[1.0], [ratio]]), TEN, None)
    assert plan.certified_gap < 1e-7
    lonely = 10 / np.sqrt(c0)
    assert plan.counts.sum() == pytest.approx(lonely * (1 + 0.5 / ratio), rel=1 / ratio**2 + 1e-8)
    if ratio < 1e7:
        assert plan.counts[1, 0] == pytest.approx(lonely / (4 * ratio**2), rel=2 / ratio + 1e-2)


@pytest.mark.parametrize("rule", SOLVED)
@pytest.mark.parametrize("costs", [[[1e-5], [0.1]], [[1e-6], [1e3]], [[1e8], [1e-8]]])
def test_known_failures_of_the_past(rule, costs):
    assert check(rule, np.array(costs), TEN, None).certified_gap < 1e-6


def test_whoever_cannot_gain_does_not_make_others_pay():
    """At a ratio of 1e100 nash and Kalai-Smorodinsky leave agent 0 at its option, 1 idle."""
    costs = np.array([[1e-50], [1e50]])
    for rule in ("nash", "kalai_smorodinsky"):
        plan = check(rule, costs, TEN, None)
        assert plan.counts[1, 0] == 0
        assert plan.counts[0, 0] == pytest.approx(1e26)


@pytest.mark.parametrize("number", range(3))
def test_the_search_never_proves_too_much(number):
    """D(lam) stays below the penalty of rational plans, however far the search goes."""
    costs, sigma, outside = wide(number, 3, False)
    instance = common.validated(costs, sigma, outside)
    best = solve_plan("ir_optimal", costs, sigma, outside)
    p = compliant_penalties(best.counts, costs, sigma).sum()
    found = improve(Dual(instance, np.ones(len(costs))), np.zeros(len(costs)), np.inf)
    assert 0.5 * p < found <= p * (1 + 1e-12)
    lonely = np.zeros_like(costs)
    i = np.argmin(outside)
    lonely[i] = sigma / np.sqrt(costs[i])
    assert found <= compliant_penalties(lonely, costs, sigma).sum() * (1 + 1e-12)


def test_decimals_lose_nothing():
    """lam = 1e30: a double of lam o has no digit of D left, D has a closed form."""
    lam = np.array([1e30, 0.0])
    instance = common.validated(np.array([[1.0], [1e40]]), TEN, np.array([20.0, 1e21]))
    with localcontext() as context:
        context.prec = 100
        big = Decimal(float(lam[0]))
        exact = float(20 * ((2 + big) * (1 + big)).sqrt() - 20 * big)
    assert Dual(instance, np.ones(2))(lam) == pytest.approx(exact, rel=1e-15)
    assert exact == pytest.approx(30.0)
