"""What no truthful rule gets below: the figures, and that no rule we have does."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import linprog
from scipy.stats import norm

from nashbox.mechanisms.decoy.tuning import tuned as decoy
from nashbox.mechanisms.threshold.tuning import tuned as threshold
from nashbox.problem.files import from_mapping
from nashbox.rules.bound import no_rule_below
from nashbox.rules.bound.pearson import excluded, largest_loss, least_excess
from nashbox.rules.bound.surface import MARGIN, surface
from tests.games import figure1, worked_case

POINTS = [(0.1625, 3.25, 0.01668), (0.1, 10.0, 0.00970), (0.6, 1.8, 0.09425)]


@pytest.mark.parametrize(("x", "T", "converged"), POINTS)
def test_converged_values(x, T, converged):
    found = float(least_excess(x, T))
    assert found == pytest.approx(converged, abs=1.5e-5)


@pytest.mark.parametrize(("s", "r", "nu"), [(1.3, 2.0, 1.0), (0.4, 4.0, 1.7), (3.0, 5.0, 1.02)])
def test_the_largest_loss_is_the_integral(s, r, nu):
    exact = 2 * quad(lambda e: (e + r) ** 2 * norm.pdf(e, scale=np.sqrt(nu)), s, np.inf)[0]
    assert float(largest_loss(np.array(s), np.array(r), nu)) == pytest.approx(exact, rel=1e-9)


def test_the_step_is_the_best_loss_by_linear_programming():
    """The largest E_nu l with E_1 l given, over all losses between 0 and (|e| + r)^2 on a grid."""
    r, nu, s = 3.0, 1.4, 1.9
    e = np.linspace(-9, 9, 2001)
    one, other = norm.pdf(e) * (e[1] - e[0]), norm.pdf(e, scale=np.sqrt(nu)) * (e[1] - e[0])
    given = float(largest_loss(np.array(s), np.array(r), 1.0))
    found = linprog(
        -other, A_ub=one[None], b_ub=[given], bounds=[(0, (abs(y) + r) ** 2) for y in e]
    )
    assert -found.fun == pytest.approx(float(largest_loss(np.array(s), np.array(r), nu)), rel=2e-3)


def test_each_deviation_gives_a_bound_and_the_best_is_searched():
    x, T = np.array(0.1625), np.array(3.25)
    best = float(least_excess(x, T))
    for share in (0.2, 0.7, 0.95, 0.999):
        for r in (2.0, 4.0, 4.7, 6.0):
            f = float(excluded(np.array(share * x), np.array(r), x, T))
            assert f * (1 / 0.1625 - 1 / 3.25) <= best * (1 + 1e-4)


def test_no_rule_we_have_is_below(seed):
    rng = np.random.default_rng([seed, 31])
    seen = 0
    for _ in range(40):
        x, T = rng.uniform(0.02, 0.97), 1 + float(np.exp(rng.uniform(-3, 4)))
        if 1.02 * x > T:
            continue
        low = float(least_excess(x, T))
        for tune in (decoy, threshold):
            rule = tune(float(x), float(T - x), 1.0, 1.0, False)
            if rule is not None:
                assert rule.excess >= low
                seen += 1
                near = float(surface(np.array([x]), np.array([T]))[0])
                assert near <= low * (1 + 1e-3)
                assert near >= low * (1 - 2.5 * MARGIN)
    assert seen > 40


TABLE = [(3, 8.206), (100, 46.814), (8, 13.427), (20, 21.118)]


@pytest.mark.sparse(2)
@pytest.mark.parametrize(("m", "printed"), TABLE)
def test_equal_agents(m, printed):
    """Converged values are up to 1.5 % of the excess above the printed ones."""
    found = no_rule_below(worked_case(m=m, counts="real"), "social")
    assert printed - 1e-3 <= found.value <= printed + 2e-3
    assert found.how.startswith("numerical")
    largest = no_rule_below(worked_case(m=m, counts="real"), "egalitarian")
    assert m * largest.value == pytest.approx(found.value, rel=1e-3)


def test_unequal_agents():
    found = no_rule_below(figure1(counts="real"), "egalitarian")
    assert found.value == pytest.approx(2.8188, abs=4e-4)
    social = no_rule_below(figure1(counts="real"), "social")
    assert 7.2 < social.value < 7.2664
    costs = [[0.05 * (1 + 1e-6 * i)] for i in range(8)]
    body = {"game": "estimation", "sigma": 10.0, "counts": "real", "costs": costs}
    nearly = no_rule_below(from_mapping(body), "social")
    assert 13.4281 * (1 - 6e-4) < nearly.value < 13.4282
    blind = no_rule_below(from_mapping({**body, "costs": [*costs[:3], ["inf"]]}), "social")
    assert blind.value > no_rule_below(from_mapping({**body, "costs": costs[:3]}), "social").value


def test_what_is_not_known_says_why():
    for problem, goal, word in (
        (figure1(), "social", "real counts"),
        (figure1(counts="real"), "nash", "social and egalitarian"),
        (worked_case(m=3, d=2, counts="real"), "egalitarian", "one distribution"),
    ):
        found = no_rule_below(problem, goal)
        assert found.value is None and word in found.how
    apart = no_rule_below(worked_case(m=3, d=2, counts="real"), "social")
    assert apart.value == pytest.approx(2 * 8.2064, abs=1e-3) and "apart" in apart.how
