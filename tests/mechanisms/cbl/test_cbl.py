"""CBL: published terms against the numbers of the paper's specification."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from nashbox.games.estimation import prepare
from nashbox.mechanisms import Cbl
from nashbox.mechanisms.cbl.channel import CorruptChannel
from nashbox.mechanisms.cbl.enforceable import compute_n_approx, condition_8
from nashbox.mechanisms.cbl.leverage import G, corruption
from nashbox.problem.files import from_mapping
from nashbox.problem.terms import View
from tests.games import figure1, worked_case

ALPHA, PENALTY = 3.936428691, 1.815832751


def risk_by_quadrature(n, owed, total, alpha, sigma=10.0):
    """Eq. 64, written down again."""
    D = total - 2 * owed

    def inside(x):
        eta2 = alpha**2 * sigma**2 * (1 / n + 1 / owed) * x * x
        return norm.pdf(x) / (D / (sigma**2 + eta2) + (n + owed) / sigma**2)

    return quad(inside, -np.inf, np.inf, epsabs=1e-13, epsrel=1e-13)[0]


def test_the_worked_case():
    terms = prepare(worked_case()).terms
    assert not terms.alone.any()
    assert (terms.counts == 10).all() and terms.fixed_totals.tolist() == [200]
    np.testing.assert_allclose(terms.alpha, ALPHA, atol=1e-9)
    channel = View(0, terms, terms.counts).risks().channels[0]
    assert float(channel.best_risk(10.0)) + 0.5 == pytest.approx(PENALTY, abs=1e-9)
    assert risk_by_quadrature(10, 10, 200, ALPHA) + 0.5 == pytest.approx(PENALTY, abs=1e-9)


@pytest.mark.parametrize("n", [1, 3, 10, 40])
@pytest.mark.parametrize(("alpha", "owed", "total"), [(3.9, 10, 200), (0.5, 3, 40), (30.0, 7, 90)])
def test_closed_form_of_the_risk_is_the_integral(n, alpha, owed, total):
    channel = CorruptChannel(10.0, owed, total - 2 * owed, alpha)
    exact = risk_by_quadrature(n, owed, total, alpha)
    assert float(channel.best_risk(float(n))) == pytest.approx(exact, rel=1e-10)
    wrong = risk_by_quadrature(n, owed, total, 1.01 * alpha)
    assert float(channel.best_risk(float(n))) != pytest.approx(wrong, rel=1e-5)


def test_alpha_makes_the_recommended_count_stationary_and_best(seed):
    rng = np.random.default_rng(seed)
    for _ in range(50):
        owed = float(rng.integers(1, 30))
        n_ind = owed * rng.uniform(2.2, 6)
        total = max(n_ind**2 / owed, 2 * owed + 1) * rng.uniform(1.0, 3.0)
        c = 100.0 / n_ind**2
        alpha = corruption(owed, total, c, 10.0)
        assert alpha is not None and alpha > np.sqrt(owed)
        assert abs(G(alpha, owed, total, c, 10.0)) < 1e-8 * max(1, alpha**3)
        below = np.geomspace(np.sqrt(owed), alpha * (1 - 1e-6), 400)
        signs = {G(a, owed, total, c, 10.0) > 0 for a in below[1:]}
        assert len(signs) == 1  # the smallest root
        channel = CorruptChannel(10.0, owed, total - 2 * owed, alpha)
        grid = owed * np.geomspace(0.02, 20, 2001)
        penalties = channel.best_risk(grid) + c * grid
        assert penalties.min() >= float(channel.best_risk(owed)) + c * owed - 1e-9


def test_algorithm_1_takes_one_pair_at_a_time():
    plan = np.full((10, 1), np.sqrt(2000) / np.sqrt(10))
    costs, sigma = np.full((10, 1), 0.05), np.array([10.0])
    result = compute_n_approx(plan, costs, sigma, integer=False)
    assert result.alone.ravel().tolist() == [True] * 4 + [False] * 6
    assert result.totals[0] == pytest.approx(263.738, abs=1e-3)
    game = prepare(worked_case(m=10, counts="real"))
    channels = [View(i, game.terms, game.terms.counts).risks().channels[0] for i in range(10)]
    social = sum(
        float(ch.best_risk(n)) + 0.05 * n
        for ch, n in zip(channels, game.terms.counts.ravel(), strict=True)
    )
    assert social == pytest.approx(31.56, abs=5e-3)


def test_solver_dust_would_be_fatal():
    clean = compute_n_approx(
        np.array([[71.17], [6.678], [0.0]]),
        np.array(figure1().costs),
        np.array([10.0]),
        integer=False,
    )
    dusty = compute_n_approx(
        np.array([[71.17], [6.678], [1e-8]]),
        np.array(figure1().costs),
        np.array([10.0]),
        integer=False,
    )
    assert clean.counts[2, 0] == 0 and dusty.counts[2, 0] == pytest.approx(10.64, abs=0.01)


def test_integer_trap_1_the_worked_case_owes_10_and_not_11():
    assert (prepare(worked_case()).terms.counts == 10).all()


def test_integer_trap_2_the_real_n_ind_has_a_root_where_the_rounded_one_has_none():
    c = 100 / 56.1
    problem = from_mapping({"game": "estimation", "sigma": 10.0, "costs": [[c]] * 21})
    terms = Cbl().terms(problem, np.ones((21, 1)))
    assert np.isfinite(terms.alpha).all() and (terms.counts == 3).all()
    # with n_ind rounded to 7, 1 point each would do (1 * 21 >= 49 fails, 3 * 21 >= 49 holds) ...
    assert corruption(1.0, 21.0, c, 10.0) is None


def test_condition_8_has_slack_for_binding_constraints():
    exact = prepare(figure1(counts="real"))
    assert exact.condition_8
    costs, sigma = exact.problem.costs, exact.problem.sigma
    assert condition_8(exact.plan * (1 + 1e-9), costs, sigma)
    assert not condition_8(exact.plan * 1.01, costs, sigma)


def test_without_leverage_the_cheapest_work_alone_and_all_ties_with_them():
    problem = from_mapping(
        {"game": "estimation", "sigma": 10.0, "costs": [[0.03], [0.03], [0.1]], "plan": "social"}
    )
    terms = Cbl().terms(problem, np.array([[200.0], [0.0], [0.0]]))
    assert not terms.leverage
    assert terms.counts.ravel().tolist() == [58, 58, 0]
    assert terms.alone.ravel().tolist() == [True, True, False]
