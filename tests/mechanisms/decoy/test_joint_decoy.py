"""The joint decoy: its formulas by integrals and simulation, its radius, its bound, its search."""

import itertools
import math

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import chi2

from nashbox.experiments.audit import audit
from nashbox.games.estimation import prepare
from nashbox.mechanisms.decoy.ball import fails, lost, lost_honestly, passes, rise
from nashbox.mechanisms.decoy.ball_accepted import accepted
from nashbox.mechanisms.decoy.ball_certificate import least_penalty
from nashbox.mechanisms.decoy.ball_joint import SAMPLED_ERROR, BallJoint, left_over
from nashbox.mechanisms.decoy.ball_tuning import ball
from nashbox.mechanisms.decoy.information import cut_normal
from nashbox.mechanisms.decoy.minorant import minorant
from nashbox.mechanisms.decoy.quadratic import below, moments
from nashbox.problem.data import Dataset
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping
from nashbox.problem.plays import Play
from tests.statistics_for_tests import assert_mean


def problem(m=8, d=3, cost=0.05, **changes):
    body = {"game": "estimation", "sigma": 10.0, "costs": [[cost] * d] * m, "counts": "real"}
    return from_mapping({**body, "mechanism": {"name": "decoy", "joint": True}, **changes})


def joint(d=3, n=14.0, N=98.0, wider=1.0):
    rule = ball(d, n, N, 0.05, 10.0)
    return BallJoint(tuple(range(d)), 10.0, n, N, (N,) * d, wider * rule.radius)


@pytest.mark.parametrize(("d", "r"), [(2, 3.5), (3, 3.8), (10, 5.16), (5, 1.2)])
def test_what_the_honest_lose_has_a_closed_form_and_so_has_its_slope(d, r):
    across, along = lost(d, r, 1.0)
    assert across == pytest.approx(lost_honestly(d, r), rel=1e-10)
    assert along == pytest.approx(across, rel=1e-10)
    step = 1e-4
    (low, _), (high, _) = lost(d, r, 1 - step), lost(d, r, 1 + step)
    assert rise(d, r) == pytest.approx(float(high - low) / (2 * step), rel=1e-6)
    assert rise(d, r) != pytest.approx(1.01 * float(high - low) / (2 * step), rel=1e-3)


@pytest.mark.parametrize("lie", [0.0, 0.7, 2.0, 4.5])
def test_two_integrals_agree_with_points_in_the_ball(lie):
    """Polar integrals against moments by Ruben's series and an average over a Sobol sequence."""
    d, r, v = 4, 4.1, 1.0
    mu = np.array([lie, 0.0, 0.0, 1e-9])
    sampled = left_over(d, r, np.full(d, v), mu)
    across, along = lost(d, r, v, lie)
    assert sampled[0] == pytest.approx(float(along), rel=1e-2)
    assert sampled[1] == pytest.approx(float(across), rel=1e-2)


def test_truncated_moments(seed):
    """False alarms: 8 tests at 1e-6."""
    v, mean, rng = np.array([1.0, 2.0, 0.5]), np.array([0.3, 0.0, 1.2]), np.random.default_rng(seed)
    chance, first, second, _ = moments(6.0, v, mean)
    u = mean + np.sqrt(v) * rng.normal(size=(400_000, 3))
    inside = (u**2).sum(axis=1) <= 6.0
    assert_mean(inside.astype(float), chance, 1e-6)
    for k in range(3):
        assert_mean(u[:, k] * inside, first[k], 1e-6)
        assert_mean(u[:, k] ** 2 * inside, second[k], 1e-6)
    with pytest.raises(AssertionError):
        assert_mean(inside.astype(float), 1.01 * chance, 1e-6)
    assert below(5.0, (1.0,) * 4, (1,) * 4, (0.0,) * 4)[0] == pytest.approx(chi2.cdf(5, 4))
    assert below(5.0, (2.0,) * 3, (1,) * 3, (0.0,) * 3)[0] == pytest.approx(chi2.cdf(2.5, 3))


def test_falsehoods_are_normal_cut_to_the_ball(seed):
    d, r = 3, 2.0
    M = cut_normal(200_000, d, r, np.random.default_rng(seed))
    assert (np.linalg.norm(M, axis=1) <= r * (1 + 1e-12)).all()
    for k in range(d):
        assert_mean(M[:, k], 0.0, 1e-6)
        assert_mean(M[:, k] ** 2, passes(d + 2, r) / passes(d, r), 1e-6)


TABLE = [(10, 1.0482, 3.0e-3), (3, 1.0666, 2.4e-3)]  # d, most of ratio to compliance, P(falsehood)


@pytest.mark.parametrize(("d", "ratio", "chance"), TABLE)
def test_eight_equal_agents(d, ratio, chance):
    m = 8

    def excess(T):
        return 1 / T + T / m + ball(d, T / m, T - T / m, 1.0, 1.0).excess / d

    best = minimize_scalar(excess, bounds=(2.2, 2.9), method="bounded")
    assert m * best.fun / (2 * math.sqrt(m)) <= ratio + 5e-5
    rule = ball(d, best.x / m, best.x - best.x / m, 1.0, 1.0)
    assert fails(d, rule.radius) == pytest.approx(chance, rel=0.05)


@pytest.mark.slow
@pytest.mark.parametrize(("d", "m", "T"), [(3, 8, 2.53), (2, 3, 1.43), (10, 8, 2.6)])
def test_the_bound_is_close_and_notices_a_radius_too_large(d, m, T):
    n, N = T / m, T - T / m
    rule = ball(d, n, N, 1.0, 1.0)
    here = d * (1 / T + n) + rule.excess
    assert here * (1 - 1e-3) < least_penalty(d, rule.radius, n, N, 1.0, here) <= here
    larger = 1.1 * rule.radius
    here = d * (1 / T + n) + d * (1 / n - 1 / T) * lost_honestly(d, larger)
    assert least_penalty(d, larger, n, N, 1.0, here) < here * (1 - 5e-3)


@pytest.mark.slow
def test_the_functions_below_are_below_and_a_larger_one_is_refused():
    d, r = 3, 3.8
    found = minorant(d, r, 0.3)
    lie = np.linspace(0, r + 6, 701)
    A, B = found.at(lie**2)
    across, along = lost(d, r, 1.0, lie)
    assert (across >= A).all() and (along >= A + B).all()
    from dataclasses import replace

    from nashbox.mechanisms.decoy.minorant import _below

    assert not _below(replace(found, least=found.least * 1.002), r)
    # means in closed form against a sum over lies
    rng = np.random.default_rng(5)
    y = np.array([0.05])
    w = float(np.expm1(y)[0] / found.pivot)
    t = w * rng.chisquare(d, 200_000)
    assert_mean(found.at(t)[0], float(found.means(y)[0][0]), 1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("d", [3, pytest.param(10, marks=pytest.mark.slow)])
def test_no_deviation_of_the_search_gains(d):
    """Counts scaled .1 to 1.3 in one, half or all, the rest as owed or scaled the other way.

    Lies of 0 to 7 sd along an axis or the diagonal.
    """
    rule, n = joint(d), 14.0
    here = rule.used(np.full(d, n), np.zeros(d)) + 0.05 * d * n
    tolerance = SAMPLED_ERROR * (here - d * 100 / 112 - 0.05 * d * n)  # of what falsehoods cost
    factors = (0.1, 0.3, 0.5, 0.7, 0.85, 0.95, 1.0, 1.05, 1.3)
    for changed in sorted({1, d // 2, d}):
        for one, rest in itertools.product(factors, (1.0, 0.8, 1.2)):
            counts = np.where(np.arange(d) < changed, one * n, rest * n)
            for direction in (np.eye(d)[0], np.eye(d)[-1], np.full(d, 1 / math.sqrt(d))):
                for lie in (0.0, 0.3, 1.0, 2.0, 4.0, 7.0):
                    paid = rule.used(counts, lie * rule.sd * direction) + 0.05 * counts.sum()
                    assert paid > here - tolerance


PLAYS = [
    [Play(7, 7, 7), Play(14, 14, 14), Play(14, 14, 14)],
    [Play(7, 7, 7, 1.0, 0.8), Play(9, 9, 9, 2.0, 0.8), Play(14, 5, 5, -3.0, 0.7)],
    [Play(14, 14, 14, 5.0), Play(14, 20, 14), Play(3, 14, 3)],
]


@pytest.mark.parametrize("plays", PLAYS)
def test_weighting_the_answer_costs_what_the_closed_form_says(plays, seed):
    """From the definition; false alarms: 3 tests at 1e-6."""
    rule, R, N = joint(), 200_000, 98.0
    rng = np.random.default_rng([seed, 3])
    n, s, q, shift = (np.array([getattr(p, k) for p in plays]) for k in ("n", "s", "q", "shift"))
    w = np.array([p.weight for p in plays])
    X = rng.normal(size=(R, 3)) * 10 / np.sqrt(q)
    rest = rng.normal(size=(R, 3)) * 10 / np.sqrt(np.maximum(n - q, 1))
    own = (q * X + (n - q) * rest) / n
    Y, W = X + shift, rng.normal(size=(R, 3)) * 10 / np.sqrt(N)
    u = (W - Y) / rule.sd
    M = cut_normal(R, 3, rule.radius, rng)
    told = np.where(((u**2).sum(axis=1) <= rule.radius**2)[:, None], u, M)
    answer = Y + N / (s + N) * passes(3, rule.radius) * rule.sd * told
    error = (((1 - w) * own + w * answer) ** 2).sum(axis=1)
    assert_mean(error, accepted(rule, plays)[0], 1e-6)


def test_accepting_is_the_best_use_at_honesty():
    rule = joint()
    honest = [Play.truthful(14.0)] * 3
    assert accepted(rule, honest)[0] == pytest.approx(rule.risk(honest)[0], rel=1e-10)
    for n in (7.0, 20.0):
        plays = [Play.truthful(n)] * 3
        assert accepted(rule, plays)[0] > rule.used(np.full(3, n), np.zeros(3))


def test_the_real_mechanism_agrees(seed):
    """Its penalty in 20,000 worlds of eight agents; false alarm 1e-6."""
    game = prepare(problem(counts="integer"))
    exact, _ = game.view(0).risks().price([Play.truthful(float(n)) for n in game.terms.counts[0]])
    model = game.model(20_000, seed)
    model.step()
    penalties = [player.penalty for player in model.players]  # 8 agents, all alike
    assert_mean(np.mean(penalties, axis=0), exact, 1e-6)
    with pytest.raises(AssertionError):
        assert_mean(np.mean(penalties, axis=0), 1.05 * exact, 1e-6)


@pytest.mark.slow
def test_the_exact_audit_passes_and_a_radius_too_large_is_caught():
    rules = problem()
    game = prepare(rules)
    found = audit(rules, method="exact")
    assert found.nash == "none_above_epsilon" and "at most what is owed" in found.class_
    terms = game.terms
    body = {
        "name": "decoy",
        "joint": True,
        "kind": [["decoy"] * 3] * 8,
        "n": terms.counts.tolist(),
        "t": (1.1 * terms.t).tolist(),
    }
    larger = audit(problem(mechanism=body), method="exact")
    assert larger.nash == "profitable"
    n, N = float(terms.counts[0, 0]), terms.promised(0, 0)
    rule = BallJoint((0, 1, 2), 10.0, n, N, (N,) * 3, 1.1 * terms.radius(0))

    def scaled(x):
        return rule.used(np.full(3, x), np.zeros(3)) + 0.15 * x

    best = minimize_scalar(scaled, bounds=(0.5 * n, n), method="bounded").fun
    assert larger.agents[0].gain.estimate == pytest.approx(scaled(n) - best, rel=1e-6)


def test_unequal_debts_are_refused_with_the_reason():
    costs = [[0.05, 0.05, 0.2]] * 8
    with pytest.raises(InputError, match="counts owed must be equal"):
        prepare(problem(costs=costs))
    body = {"name": "decoy", "joint": True, "kind": [["decoy"] * 2] * 3, "n": [[5, 6]] * 3,
            "t": [[9, 9]] * 3}  # fmt: skip
    with pytest.raises(InputError, match="counts owed must be equal"):
        prepare(problem(costs=[[0.05, 0.05]] * 3, mechanism=body))


def test_who_hands_in_nothing_somewhere_is_told_nothing_there_and_falsehoods_elsewhere():
    game = prepare(problem(counts="integer"))
    terms, rng = game.terms, np.random.default_rng(1)

    def handed_in(counts):
        return Dataset([rng.normal(size=(400, int(n))) for n in counts])

    hands = [handed_in(row) for row in terms.counts]
    hands[0] = handed_in([0, *terms.counts[0, 1:]])
    answer = game.mechanism.inform(hands, terms, rng, [0])[0]
    assert np.isnan(answer[:, 0]).all() and np.isfinite(answer[:, 1:]).all()
    others = sum(h.sum[:, 1] for h in hands[1:]) / sum(h.counts[:, 1] for h in hands[1:])
    moved = answer[:, 1] - hands[0].mean[:, 1]
    assert abs(np.corrcoef(moved, others - hands[0].mean[:, 1])[0, 1]) < 0.25
