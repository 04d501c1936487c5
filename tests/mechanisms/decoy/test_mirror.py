"""The mirror: what is left by simulation, its table, and where its certificate holds."""

import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from nashbox.experiments.audit import audit
from nashbox.games.estimation import prepare
from nashbox.mechanisms.decoy.mirror import analytic_mirror, lost_by_mirror
from nashbox.mechanisms.decoy.mirror_certificate import holds
from nashbox.mechanisms.decoy.mirror_tuning import mirror_window, tuned_mirror
from nashbox.mechanisms.decoy.moments import accepted_risk
from nashbox.problem.files import from_mapping
from nashbox.problem.plays import Play
from tests.statistics_for_tests import assert_mean

UNIT = 10 * math.sqrt(0.05)  # sigma sqrt(c) of the table
TABLE = [  # m, T, t/sd, social penalty for sigma 10, c .05
    (3, 1.4485, 3.2068, 8.2554),
    (100, 9.4086, 4.3059, 46.9535),
    (8, 2.5284, 3.5246, 13.5112),
    (20, 4.1123, 3.8324, 21.2193),
]


def window(x, T):
    """The tuned window in standard deviations and in units of sigma = 1."""
    a = mirror_window(x, T - x, 1.0)
    return a, a * math.sqrt(1 / x + 1 / (T - x))


@pytest.mark.sparse(2)
@pytest.mark.parametrize(("m", "T", "a", "social"), TABLE)
def test_equal_agents(m, T, a, social):
    def value(total):
        x = total / m
        F = float(lost_by_mirror(mirror_window(x, total - x, 1.0)))
        return UNIT * m * (1 / total + x + (1 / x - 1 / total) * F)

    best = minimize_scalar(value, bounds=(0.8 * T, 1.2 * T), method="bounded")
    assert best.fun == pytest.approx(social, abs=6e-5)
    assert mirror_window(T / m, T - T / m, 1.0) == pytest.approx(a, abs=6e-5)
    assert tuned_mirror(T / m, T - T / m, 1.0, 1.0, False) is not None


@pytest.mark.parametrize(("a", "lie"), [(1.3, 0.4), (0.8, 0.0), (2.0, 1.5)])
def test_what_is_left_by_simulation(a, lie, seed):
    """The variance of e within narrow bins of what is told, which is a little too large."""
    rng = np.random.default_rng([seed, 7])
    e = lie + rng.normal(size=2_000_000)
    false = -np.sign(e) * a * np.sqrt(rng.random(e.size))
    told = np.where(np.abs(e) <= a, e, false)
    where = np.digitize(told, np.linspace(-a, a, 801))
    size, once, twice = (np.bincount(where, x) for x in (np.ones_like(e), e, e * e))
    left = float((twice - once**2 / np.maximum(size, 1)).sum()) / e.size
    assert left == pytest.approx(float(lost_by_mirror(a, lie)), rel=5e-3)


def test_the_analytic_continuation_agrees_on_the_real_line():
    lies = np.array([0.0, 0.1, 0.3])
    there = analytic_mirror(3.5, lies.astype(complex))
    np.testing.assert_allclose(there.real, lost_by_mirror(3.5, lies), rtol=1e-10)


@pytest.mark.parametrize(("x", "T"), [(0.03, 1.1), (0.2, 2.0), (0.5, 10.0), (0.7, 2.0)])
def test_the_certificate_holds_for_small_debts_and_notices_a_wide_window(x, T):
    _, t = window(x, T)
    assert holds(t, x, T - x, 1.0)
    assert not holds(1.02 * t, x, T - x, 1.0)


@pytest.mark.slow
@pytest.mark.parametrize(("x", "T"), [(0.85, 2.0), (0.95, 2.0), (0.95, 10.0)])
def test_large_debts_are_refused(x, T):
    _, t = window(x, T)
    assert not holds(t, x, T - x, 1.0)
    assert tuned_mirror(x, T - x, 1.0, 1.0, False) is None


def test_lies_pay_where_the_certificate_is_refused():
    x, T = 0.95, 10.0
    a, _ = window(x, T)
    lies = np.linspace(0, 4, 81)
    assert lost_by_mirror(a, lies).min() < float(lost_by_mirror(a)) * (1 - 1e-4)


def mirrors(wider=1.0, m=8, n=14, counts="integer"):
    t = tuned_mirror(float(n), float((m - 1) * n), 0.05, 10.0, True).t
    rules = {"name": "decoy", "kind": [["mirror"]] * m, "n": [[n]] * m, "t": [[wider * t]] * m}
    body = {"game": "estimation", "sigma": 10.0, "costs": [[0.05]] * m, "counts": counts}
    return from_mapping({**body, "mechanism": rules})


@pytest.mark.slow
def test_the_exact_audit_passes_and_a_window_too_wide_is_caught():
    assert audit(mirrors(), method="exact").nash == "none_above_epsilon"
    assert audit(mirrors(1.1, counts="real"), method="exact").nash == "profitable"


def test_the_real_mechanism_agrees_and_accepting_is_best(seed):
    """False alarms: 2 tests at 1e-6."""
    game = prepare(mirrors())
    view = game.view(0)
    exact, _ = view.risks().price([Play.truthful(14.0)])
    assert accepted_risk(view.risks().channels[0], Play.truthful(14.0))[0] == pytest.approx(
        exact - 0.05 * 14, rel=1e-11
    )
    model = game.model(40_000, seed)
    model.step()
    paid = np.mean([player.penalty for player in model.players], axis=0)
    assert_mean(paid, exact, 1e-6)
    play = Play(7.0, 7.0, 7.0, 3.0, 0.8)
    rng = np.random.default_rng([seed, 9])
    channel, R = view.risks().channels[0], 400_000
    X, W = rng.normal(0, 10 / math.sqrt(7), R), rng.normal(0, 10 / math.sqrt(98), R)
    e = W - X - 3.0
    false = -np.sign(e) * channel.t * np.sqrt(rng.random(R))
    told = channel.answered(np.where(np.abs(e) <= channel.t, e, false))
    error = 0.2 * X + 0.8 * (X + 3.0 + 98 / 105 * told)
    assert_mean(error**2, accepted_risk(channel, play)[0], 1e-6)
