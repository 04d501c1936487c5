"""Cost ratios of 1e6 to 1e100: a rational plan with exact zeros and a true gap, or a refusal."""

import re
from decimal import Decimal, localcontext

import numpy as np
import pytest

from nashbox.mechanisms.plans import (
    CERTIFIED,
    PlanError,
    alone_penalties,
    base,
    compliant_penalties,
    solve_plan,
)
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
    """The plan, held to what every plan is; None where its gap cannot be certified."""
    try:
        plan = solve_plan(rule, costs, sigma, outside)
    except PlanError as refusal:
        assert re.search("could be certified|too little room|at least 1$", str(refusal))
        return None
    assert plan.certified_gap <= CERTIFIED
    assert (plan.counts >= 0).all()
    assert (plan.counts[~np.isfinite(costs)] == 0).all()
    assert (plan.counts.sum(axis=0) > 0).all()
    assert np.isfinite(plan.certified_gap)
    if rule != "egalitarian":
        p = compliant_penalties(plan.counts, costs, sigma)
        options = alone_penalties(costs, sigma) if outside is None else outside
        assert (p <= options * (1 + 1e-9)).all()
    return plan


@pytest.mark.sparse(43)
@pytest.mark.parametrize("rule", SOLVED)
@pytest.mark.parametrize("number", range(12))
def test_twelve_decades(rule, number):
    costs, sigma, outside = wide(number, 6, number % 3 == 2)
    assert check(rule, costs, sigma, outside).certified_gap < 1e-7


@pytest.mark.slow
@pytest.mark.parametrize("rule", SOLVED)
@pytest.mark.parametrize("number", [0, 1, 2, 4, 6, 7])
def test_hundred_decades(rule, number):
    costs, sigma, outside = wide(number, 50, number % 2 == 1)
    options = outside if rule in ("nash", "kalai_smorodinsky") else None
    plan = check(rule, costs, sigma, options)
    if rule == "egalitarian":
        assert plan.certified_gap < 1e-7
    if rule == "ir_optimal":
        assert plan is not None


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


@pytest.mark.sparse(8)
@pytest.mark.parametrize("rule", SOLVED)
@pytest.mark.parametrize("costs", [[[1e-5], [0.1]], [[1e-6], [1e3]], [[1e8], [1e-8]]])
def test_known_failures_of_the_past(rule, costs):
    plan = check(rule, np.array(costs), TEN, None)
    if rule == "nash" and costs[0][0] / costs[1][0] >= 1e16:  # 1e-8 of an option is left to share
        assert plan is None
    else:
        assert plan.certified_gap < 1e-6


@pytest.mark.slow
@pytest.mark.parametrize("ratio", [1e3, 1e7, 1e11, 1e12, 1e14, 1e20])
def test_nash_is_certified_by_the_product_of_savings_or_refused(ratio):
    """c = (1, r): agent 1 hands in a sliver, and both save; nobody may be left with nothing.

    An independent look: a fine grid of what agent 1 hands in and of the total.
    """
    costs, one = np.array([[1.0], [ratio]]), np.array([1.0])
    plan = check("nash", costs, one, None)
    if plan is None:
        assert ratio > 1e13
        return
    options = alone_penalties(costs, one)

    def product(counts):
        saved = options - compliant_penalties(counts, costs, one)
        return np.log(saved).sum() if (saved > 0).all() else -np.inf

    sliver = np.geomspace(0.1, 10, 301) / np.sqrt(ratio)
    total = 1 + np.linspace(-2, 2, 301) / np.sqrt(ratio)
    best = max(product(np.array([[N - n], [n]])) for n in sliver for N in total if n < N)
    assert product(plan.counts) > best - 2e-3


@pytest.mark.parametrize("number", range(3))
def test_the_search_never_proves_too_much(number):
    """D(lam) stays below the penalty of rational plans, however far the search goes."""
    costs, sigma, outside = wide(number, 3, False)
    instance = base.validated(costs, sigma, outside)
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
    instance = base.validated(np.array([[1.0], [1e40]]), TEN, np.array([20.0, 1e21]))
    with localcontext() as context:
        context.prec = 100
        big = Decimal(float(lam[0]))
        exact = float(20 * ((2 + big) * (1 + big)).sqrt() - 20 * big)
    assert Dual(instance, np.ones(2))(lam) == pytest.approx(exact, rel=1e-15)
    assert exact == pytest.approx(30.0)
