"""Figure 1, closed forms, and an independent solver."""

import numpy as np
import pytest
from scipy.optimize import brentq, minimize

from nashbox.mechanisms.plans import (
    RULES,
    PlanError,
    alone_penalties,
    compliant_penalties,
    solve_plan,
)

FIGURE_1 = np.array([[0.033], [0.066], [0.1]])
SIGMA = np.array([10.0])


def figure_1_in_closed_form():
    """Counts of Figure 1 from the first-order conditions of d = 1, no solver involved.

    Where everybody works and is bound (or has Delta_i = c_i / nu), A = nu sum 1/c_i and
    A sigma^2 / N^2 = nu give N^2 = sigma^2 sum 1/c_i for nash, egalitarian and kalai_smorodinsky.
    """
    c, o = FIGURE_1[:, 0], 20 * np.sqrt(FIGURE_1[:, 0])
    total = np.sqrt(100 * (1 / c).sum())
    v = 100 / total

    def ideal(j):  # the others exhaust their options, j does nothing
        rest = np.arange(3) != j
        spare = lambda n: ((o - 100 / n) / c)[rest].sum() - n  # noqa: E731
        return o[j] - 100 / brentq(spare, 60.0, 1e4, xtol=1e-12)

    ideals = np.array([ideal(j) for j in range(3)])
    t = (((o - v) / c).sum() - total) / (ideals / c).sum()
    nu = 3 / (((o - v) / c).sum() - total)
    lam = c[1] / c[0] - 1  # ir_optimal: agents 1 and 2 work, only agent 1 is bound
    n_opt = np.sqrt((3 + lam) * 100 / c[1])
    first = (o[0] - 100 / n_opt) / c[0]
    return {
        "alone": 10 / np.sqrt(c),
        "social": np.array([10 * np.sqrt(3 / c[0]), 0, 0]),
        "ir_optimal": np.array([first, n_opt - first, 0]),
        "nash": (o - v - c / nu) / c,
        "egalitarian": (1 / c) / (1 / c).sum() * total,
        "kalai_smorodinsky": (o - t * ideals - v) / c,
    }


# As printed by the specification. Its table was made with a solver of about five digits: the
# closed forms above differ from it by up to 5e-3 (social: 95.3463, not 95.3415).
SPECIFIED = {
    "alone": ([55.0482, 38.9249, 31.6228], [3.6332, 5.1381, 6.3246]),
    "social": ([95.3415, 0, 0], [4.1951, 1.0489, 1.0489]),
    "ir_optimal": ([71.1714, 6.6784, 0], [3.6332, 1.7253, 1.2845]),
    "nash": ([35.3172, 23.4179, 15.7317], [2.5083, 2.8885, 2.9161]),
    "egalitarian": ([40.6926, 20.3463, 13.4286], [2.6857, 2.6857, 2.6857]),
    "kalai_smorodinsky": ([27.9318, 24.5488, 21.9808], [2.2647, 2.9632, 3.5411]),
}


@pytest.mark.parametrize("rule", RULES)
def test_figure_1(rule):
    plan = solve_plan(rule, FIGURE_1, SIGMA)
    counts, penalties = SPECIFIED[rule]
    pooled = compliant_penalties(plan.counts, FIGURE_1, SIGMA)
    reached = alone_penalties(FIGURE_1, SIGMA) if rule == "alone" else pooled
    assert plan.counts[:, 0] == pytest.approx(figure_1_in_closed_form()[rule], rel=1e-11)
    assert plan.counts[:, 0] == pytest.approx(counts, abs=6e-3)
    assert reached == pytest.approx(penalties, abs=1.5e-4)
    assert ((plan.counts[:, 0] == 0) == (np.array(counts) == 0)).all()
    assert plan.certified_gap <= 1e-14


def test_social_splits_ties_and_nothing_else():
    costs = np.array([[0.1, 0.3], [0.1, 0.2], [np.nextafter(0.1, 1), np.inf]])
    counts = solve_plan("social", costs, np.array([2.0, 3.0])).counts
    half = 2 * np.sqrt(3 / 0.1) / 2
    assert counts == pytest.approx(np.array([[half, 0], [half, 3 * np.sqrt(3 / 0.2)], [0, 0]]))
    assert (counts[2] == 0).all()


def test_worked_case_of_20_equal_agents():
    """PAPERS: 20 agents, c = 0.05, sigma = 10: n = 10 each, penalty 1 under compliance."""
    costs = np.full((20, 1), 0.05)
    for rule in ("ir_optimal", "nash", "egalitarian", "kalai_smorodinsky"):
        plan = solve_plan(rule, costs, SIGMA)
        assert plan.counts == pytest.approx(10.0)
        assert len(np.unique(plan.counts)) == 1
        assert compliant_penalties(plan.counts, costs, SIGMA) == pytest.approx(1.0)


@pytest.mark.parametrize("m", [2, 5, 18])
def test_theorem_4(m):
    """d = 2: agent 1 alone samples k = 1, all others only k = 2, all at gamma: p_ind = inf."""
    gamma, sigma = 0.3, np.array([10.0, 10.0])
    costs = np.full((m, 2), np.inf)
    costs[0, 0] = gamma
    costs[1:, 1] = gamma
    plan = solve_plan("ir_optimal", costs, sigma)
    social = compliant_penalties(plan.counts, costs, sigma).sum()
    assert social == pytest.approx(4 * 10 * np.sqrt(m * gamma))
    assert len(np.unique(plan.counts[1:, 1])) == 1
    for rule in ("nash", "kalai_smorodinsky"):
        with pytest.raises(PlanError, match=r"agents 0, 1"):
            solve_plan(rule, costs, sigma)
        plan = solve_plan(rule, costs, sigma, np.full(m, 22.0))
        assert plan.certified_gap < 1e-9
    plan = solve_plan("egalitarian", costs, sigma)
    p = compliant_penalties(plan.counts, costs, sigma)
    assert p == pytest.approx(p[0], rel=1e-12)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("d", [1, 3])
def test_one_agent_works_alone(rule, d):
    costs, sigma = np.array([[0.05, 0.2, 3.0]])[:, :d], np.array([10.0, 1.0, 2.0])[:d]
    plan = solve_plan(rule, costs, sigma)
    assert plan.counts == pytest.approx(sigma / np.sqrt(costs), rel=1e-7)
    assert plan.certified_gap < 1e-9


def test_one_agent_with_a_better_or_worse_option():
    alone = 2 * 10 * np.sqrt(0.05)
    for rule in ("ir_optimal", "nash", "kalai_smorodinsky"):
        plan = solve_plan(rule, np.array([[0.05]]), SIGMA, np.array([1.01 * alone]))
        assert plan.counts == pytest.approx(10 / np.sqrt(0.05))
        with pytest.raises(PlanError, match="cannot all be met"):
            solve_plan(rule, np.array([[0.05]]), SIGMA, np.array([0.99 * alone]))


def slsqp(rule, costs, sigma, outside, guess):
    """An independent solver in the unknowns n_ik / guess scale, for small instances."""
    m, d = costs.shape
    can = np.isfinite(costs)
    scale = np.broadcast_to(sigma / np.sqrt(np.min(costs, axis=0)), (m, d))[can]

    def counts(x):
        n = np.zeros((m, d))
        n[can] = np.maximum(x[: can.sum()], 0) * scale
        return n

    def p(x):
        n = counts(x)
        big_n = np.maximum(n.sum(axis=0), 1e-9)
        return (sigma**2 / big_n).sum() + np.where(n > 0, np.where(can, costs, 0) * n, 0).sum(
            axis=1
        )

    start = np.append(guess[can] / scale, 0.0)
    finite = np.isfinite(outside)
    rational = {"type": "ineq", "fun": lambda x: (outside - p(x))[finite]}
    if rule == "ir_optimal":
        goal, limits = lambda x: p(x).sum(), [rational]
    elif rule == "nash":
        goal = lambda x: -np.log(np.maximum(outside - p(x), 1e-12)).sum()  # noqa: E731
        limits = [rational]
    else:
        goal = lambda x: x[-1]  # noqa: E731
        start[-1] = p(start).max()
        limits = [{"type": "ineq", "fun": lambda x: x[-1] - p(x)}]
    limits.append({"type": "ineq", "fun": lambda x: x[: can.sum()]})
    found = minimize(
        goal, start, method="SLSQP", constraints=limits, options={"maxiter": 500, "ftol": 1e-13}
    )
    return goal(found.x), counts(found.x)


@pytest.mark.parametrize("rule", ["ir_optimal", "nash", "egalitarian"])
@pytest.mark.parametrize("number", range(4))
def test_no_independent_solver_finds_better(rule, number):
    rng = np.random.default_rng(number)
    m, d = 3, 1 + number % 2
    costs = np.exp(rng.uniform(np.log(0.02), 0, (m, d)))
    if number == 3:
        costs[1, 0] = np.inf
    sigma = rng.uniform(1, 5, d)
    alone = alone_penalties(costs, sigma)
    outside = np.where(np.isfinite(alone), alone, alone[np.isfinite(alone)].max())
    plan = solve_plan(rule, costs, sigma, outside)
    p = compliant_penalties(plan.counts, costs, sigma)
    ours = p.max() if rule == "egalitarian" else p.sum()
    if rule == "nash":
        ours = -np.log(outside - p).sum()
    guess = np.where(np.isfinite(costs), 0.7 * sigma / np.sqrt(costs), 0)
    theirs, counts = slsqp(rule, costs, sigma, outside, guess)
    assert ours <= theirs + 1e-6 * abs(theirs)
    # and it is no wonder: the two agree, in N always and in n as d = 1 leaves no choice
    assert plan.counts.sum(axis=0) == pytest.approx(counts.sum(axis=0), rel=2e-3)


def test_kalai_smorodinsky_on_a_grid():
    """m = 2, d = 1: every ideal and t by brute force on a fine grid of (n1, n2)."""
    costs, o = np.array([[0.04], [0.09]]), np.array([4.0, 6.0])
    n1, n2 = np.meshgrid(np.linspace(0, 90, 1501), np.linspace(0, 70, 1501), indexing="ij")
    with np.errstate(divide="ignore"):
        v = 100 / (n1 + n2)
    saved = np.stack([o[0] - v - 0.04 * n1, o[1] - v - 0.09 * n2])
    rational = (saved >= 0).all(axis=0)
    ideals = np.array([s[rational].max() for s in saved])
    t = (saved / ideals[:, None, None]).min(axis=0).max()
    plan = solve_plan("kalai_smorodinsky", costs, SIGMA)
    share = (o - compliant_penalties(plan.counts, costs, SIGMA)) / ideals
    assert share == pytest.approx(t, abs=2e-3)
    assert plan.certified_gap < 1e-12


def test_nash_leaves_out_who_cannot_gain():
    """At options that only one plan meets, that plan is the answer."""
    costs = np.array([[0.04, 0.2], [0.09, 0.1], [0.3, np.inf]])
    sigma = np.array([10.0, 5.0])
    only = solve_plan("egalitarian", costs, sigma)
    options = compliant_penalties(only.counts, costs, sigma)
    for rule in ("nash", "kalai_smorodinsky", "ir_optimal"):
        plan = solve_plan(rule, costs, sigma, options)
        assert plan.counts == pytest.approx(only.counts, rel=1e-4)
        assert plan.certified_gap < 1e-6
        with pytest.raises(PlanError, match="cannot all be met"):
            solve_plan(rule, costs, sigma, options * (1 - 1e-6))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"rule": "utilitarian"}, "rule must be one of"),
        ({"costs": np.array([[0.0], [1.0]])}, "agent 0, distribution 0"),
        ({"costs": np.array([[np.nan], [1.0]])}, "agent 0, distribution 0"),
        ({"costs": np.array([[np.inf], [np.inf]])}, "nobody can sample distribution 0"),
        ({"costs": np.array([1.0, 2.0])}, "got shape"),
        ({"sigma": np.array([1.0, 2.0])}, "sigma must be 1"),
        ({"outside": np.array([1.0])}, "outside must be 2"),
        ({"outside": np.array([1.0, -1.0])}, "outside must be 2"),
    ],
)
def test_bad_input_is_named(change, words):
    call = {"rule": "nash", "costs": np.array([[0.1], [0.2]]), "sigma": SIGMA, **change}
    with pytest.raises(PlanError, match=words):
        solve_plan(**call)
