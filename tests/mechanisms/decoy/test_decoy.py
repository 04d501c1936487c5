"""The decoy rule: its risk by two formulas, its windows, its certificate, the real mechanism."""

import math
from functools import partial

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import roots_legendre
from scipy.stats import norm

from nashbox.experiments.audit import audit
from nashbox.experiments.check import check_mechanism
from nashbox.games.estimation import prepare
from nashbox.mechanisms import Decoy
from nashbox.mechanisms.decoy.answer import unweighted, weighted
from nashbox.mechanisms.decoy.channel import DecoyChannel
from nashbox.mechanisms.decoy.moments import accepted_risk
from nashbox.mechanisms.decoy.told import gain_by_width, lost
from nashbox.mechanisms.decoy.tuning import tuned
from nashbox.mechanisms.threshold.tuning import tuned as threshold
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping
from nashbox.problem.plays import Play
from nashbox.strategies import make_strategy
from tests.games import figure1, worked_case
from tests.statistics_for_tests import assert_mean

NAN = math.nan
UNIT = 10 * math.sqrt(0.05)  # sigma sqrt(c) of the tables
WINDOWS = [0.3, 0.5, 1.0, 1.7, 2.9504, 3.2727, 4.1052, 6.0, 8.1]
NODES = roots_legendre(2400)
RULES = {  # every kind
    "name": "decoy",
    "kind": [["decoy", "decoy"], ["decoy", "free"], ["alone", "threshold"], ["free", "decoy"]],
    "n": [[6, 5], [8, 0], [40, 9], [0, 7]],
    "z": [[NAN, NAN], [NAN, NAN], [NAN, 6], [NAN, NAN]],
    "t": [[9.0, 11.0], [12.0, NAN], [NAN, 9.0], [NAN, 8.0]],
}
COSTS = [[0.05, 0.1], [0.04, 0.2], [0.08, 0.1], ["inf", 0.1]]


def everything(**changes):
    body = {"game": "estimation", "sigma": 10.0, "costs": COSTS}
    return from_mapping({**body, "mechanism": {**RULES, **changes}})


def information(a, lie=0.0, density=lambda q: q):
    """J as an integral of the squared score: the other formula. density: what q is taken for."""
    x, weights = NODES
    Q = norm.sf(a - lie) + norm.sf(a + lie)
    slope = norm.pdf(a - lie) - norm.pdf(a + lie)  # dQ/d lie
    m, q = a * x, density(Q / (2 * a))
    psi = norm.pdf(m - lie) + q
    by_lie = (m - lie) * norm.pdf(m - lie) + slope / (2 * a)
    return float(a * (weights @ (by_lie**2 / psi)))


@pytest.mark.parametrize("a", WINDOWS)
def test_what_is_lost_is_one_less_the_information(a):
    for lie in (0.0, 0.2, 1.0, a, a + 1, a + 3):
        share = float(lost(a, lie))
        assert share == pytest.approx(1 - information(a, lie), abs=1e-12)
        assert share == float(lost(a, -lie))
        if 1e-6 < share < 1 - 1e-3:  # a wrong density is noticed
            assert share != pytest.approx(1 - information(a, lie, lambda q: 1.01 * q), rel=1e-6)
    step = 1e-5 * a
    rise = (information(a + step) - information(a - step)) / (2 * step) * a
    assert gain_by_width(a) == pytest.approx(rise, rel=1e-5, abs=1e-9)


def equal(m, T):
    """t/sd, P(decoy), social penalty of m equal agents who owe T in all; units sigma = c = 1."""
    n = T / m
    rule = tuned(n, T - n, 1.0, 1.0, False)
    a = rule.t / math.sqrt(1 / n + 1 / (T - n))
    return a, 2 * norm.sf(a), m * (1 / T + n + rule.excess)


TABLE = [  # m, T, t/sd, P(decoy), social penalty for sigma 10, c .05
    (3, 1.4143, 2.950, 3.2e-3, 8.3080),
    (8, 2.4864, 3.273, 1.1e-3, 13.6166),
    (20, 4.0669, 3.602, 3.2e-4, 21.3531),
    (100, 9.3495, 4.105, 4.0e-5, 47.1496),
]


@pytest.mark.parametrize(("m", "T", "a", "chance", "social"), TABLE)
def test_equal_agents_with_real_counts(m, T, a, chance, social):
    best = minimize_scalar(
        lambda total: equal(m, total)[2], bounds=(0.8 * T, 1.2 * T), method="bounded"
    )
    assert UNIT * best.fun == pytest.approx(social, abs=6e-5)
    assert UNIT * equal(m, T)[2] == pytest.approx(best.fun * UNIT, rel=1e-8)
    found = equal(m, T)
    assert found[0] == pytest.approx(a, abs=5e-4)
    assert found[1] == pytest.approx(chance, rel=0.04)


WHOLE = [(3, 21, 8.0671, 8.2486), (8, 14, 9.5861, 13.4096), (20, 9, 12.8670, 20.8469),
         (100, 4, 23.0559, 45.3316)]  # fmt: skip


@pytest.mark.parametrize(("m", "n", "t", "social"), WHOLE)
def test_equal_agents_with_whole_numbers(m, n, t, social):
    def value(n):
        rule = tuned(float(n), float((m - 1) * n), 0.05, 10.0, True)
        return math.inf if rule is None else m * (100 / (m * n) + 0.05 * n + rule.excess)

    assert min(range(1, 45), key=value) == n
    assert value(n) == pytest.approx(social, abs=5e-5)
    rule = tuned(float(n), float((m - 1) * n), 0.05, 10.0, True)
    assert rule.t == pytest.approx(t, abs=5e-5)
    larger = DecoyChannel(10.0, n, (m - 1) * n, 1.0001 * rule.t)
    counts = np.array([n - 1.0, n, n + 1.0])
    values = larger.best_risk(counts) + 0.05 * counts
    assert values[0] < values[1] < values[2]


@pytest.mark.parametrize("integer", [False, True])
def test_tuned_windows_make_the_count_globally_optimal(integer, seed):
    rng = np.random.default_rng([seed, 21])
    found = 0
    for _ in range(25):
        n, N = float(rng.integers(1, 40)), float(rng.integers(2, 120))
        cost = float(np.exp(rng.uniform(np.log(0.01), np.log(1))))
        rule = tuned(n, N, cost, 10.0, integer)
        if rule is None:
            continue
        found += 1
        channel = DecoyChannel(10.0, n, N, rule.t)
        counts = np.arange(1.0, 2000) if integer else np.geomspace(1e-3, 2000, 4001)
        f = channel.best_risk(counts) + cost * counts
        here = float(channel.best_risk(np.float64(n))) + cost * n
        assert here <= f.min() * (1 + 1e-9)
        assert here - cost * n - 100 / (n + N) == pytest.approx(rule.excess, rel=1e-6)
        lies = np.linspace(0.0, 6.0, 25)[:, None] * channel.spread(n)
        few = np.geomspace(0.02 * n, 6 * n, 60)
        few = np.unique(np.maximum(np.rint(few), 1.0)) if integer else few
        lying = channel.risk_of_lie(few, lies) + cost * few
        assert here <= lying.min() * (1 + 1e-9)
        assert channel.floor(cost, here) == pytest.approx(here, rel=1e-12)
        assert 1e3 * abs(channel.slope(n) + cost) < cost or integer
    assert found >= 8


@pytest.mark.sparse(1)
@pytest.mark.parametrize("integer", [False, True])
def test_a_decoy_costs_less_than_the_best_threshold(integer, seed):
    """What designs rely on when they do not try a threshold where a decoy holds."""
    rng = np.random.default_rng([seed, 25])
    seen = 0
    for _ in range(60):
        cost, x, T = math.exp(rng.uniform(-5, 0)), rng.uniform(0.01, 0.97), rng.uniform(1.05, 20)
        n, N = x * 10 / math.sqrt(cost), (T - x) * 10 / math.sqrt(cost)
        n, N = (max(1.0, round(n)), max(1.0, round(N))) if integer else (n, N)
        secret, openly = (tune(n, N, cost, 10.0, integer) for tune in (tuned, threshold))
        if openly is not None:
            seen += 1
            assert secret is not None and secret.excess <= openly.excess * (1 + 1e-9) + 1e-12
    assert seen >= 20


def test_no_window_holds_whoever_wants_more_or_has_nobody_to_be_compared_with():
    assert tuned(5.0, 30.0, 0.05, 10.0, False) is None  # T = 35 < n_ind = 44.7
    assert tuned(50.0, 30.0, 0.05, 10.0, False) is None  # more than she would collect alone
    assert tuned(5.0, 0.0, 0.05, 10.0, False) is None
    assert tuned(5.0, 30.0, math.inf, 10.0, False) is None


def test_the_penalty_is_convex_and_its_slope_the_derivative(seed):
    rng = np.random.default_rng([seed, 22])
    for _ in range(40):
        N, t = float(np.exp(rng.uniform(0, 7))), float(np.exp(rng.uniform(-1, 4)))
        channel = DecoyChannel(10.0, 5.0, N, t)
        n = np.linspace(0.05, 2.0, 401) * min(N, 100)
        risk = channel.best_risk(n)
        assert (np.diff(risk, 2) >= -1e-10 * risk[1:-1]).all()
        at = float(n[40])
        ends = channel.best_risk(np.array([at * (1 - 1e-5), at * (1 + 1e-5)]))
        assert channel.slope(at) == pytest.approx((ends[1] - ends[0]) / (2e-5 * at), rel=1e-5)


def test_the_answer_tells_as_much_as_what_is_told():
    for t, s in ((9.6, 2.86), (1.0, 3.0), (30.0, 2.0)):
        m = np.linspace(-t, t, 2001)
        answered = partial(weighted, t=t, s=np.float64(s))
        told = answered(m)
        assert (np.diff(told) > 0).all() and (np.abs(told) <= np.abs(m)).all()
        np.testing.assert_allclose(unweighted(told, t, answered), m, atol=1e-6 * t)
    a = 3.2727  # the largest value told to an honest agent, in standard deviations
    assert float(weighted(np.array(a), a, np.float64(1.0))) == pytest.approx(3.0125, abs=5e-5)


def test_accepting_is_the_best_use_at_honesty_alone():
    channel = DecoyChannel(10.0, 14.0, 98.0, 9.5861)
    best = channel.risk(Play.truthful(14.0))[0]
    assert accepted_risk(channel, Play.truthful(14.0))[0] == pytest.approx(best, rel=1e-12)
    for n, weight in ((14.0, 0.9), (14.0, 0.97)):
        assert channel.risk(Play(n, n, n, 0.0, weight))[0] > best
    for n in (7.0, 20.0):
        accepted, used = channel.risk(Play.truthful(n)), channel.risk(Play(n, n, n, 0.0, None))
        assert accepted[0] > used[0]


PLAYS = [
    Play(7, 7, 7, 3.0, 1.0),
    Play(7, 4, 4, 1.0, 0.6),
    Play(3, 9, 3, 2.0, 0.7),
    Play(3, 9, 3, 0.0, None),
    Play(14, 14, 14, 5.0, None),
    Play(7, 2, 7, 0.0, None),
    Play(7, 30, 7, 5.0, None),
]


@pytest.mark.parametrize("play", PLAYS, ids=str)
def test_deviations_cost_what_the_formulas_say(play, seed):
    """Simulated from the definition; false alarms: 7 tests at 1e-6."""
    sigma, N, t, R = 10.0, 98, 9.5861, 200_000
    channel = DecoyChannel(sigma, 14.0, N, t)
    rng = np.random.default_rng([seed, 23])
    part = rng.normal(0, sigma / math.sqrt(play.q), R)
    own = part
    if play.n > play.q:
        others = rng.normal(0, sigma / math.sqrt(play.n - play.q), R)
        own = (play.q * part + (play.n - play.q) * others) / play.n
    W, Y = rng.normal(0, sigma / math.sqrt(N), R), part + play.shift
    M = np.where(np.abs(W - Y) <= t, W - Y, rng.uniform(-t, t, R))
    s = sigma * math.sqrt(1 / 14 + 1 / N)
    q = 2 * norm.sf(t / s) / (2 * t)
    b = M * norm.pdf(M, scale=s) / (norm.pdf(M, scale=s) + q)
    information = (play.s * Y + N * (Y + b)) / (play.s + N)
    if play.weight is None:
        estimate = channel.estimate(play, own, Y, information)
    else:
        estimate = (1 - play.weight) * own + play.weight * information
    exact = channel.risk(play)[0]
    assert_mean(estimate**2, exact, false_alarm=1e-6)
    assert exact >= channel.risk_floor(play.n)
    with pytest.raises(AssertionError):
        assert_mean(estimate**2, 1.08 * exact, false_alarm=1e-6)


def equal_rules(m, n, t, counts):
    rows = {"kind": "decoy", "n": n, "t": t}
    rules = {"name": "decoy", **{key: [[v]] * m for key, v in rows.items()}}
    return worked_case(m=m, mechanism=rules, counts=counts)


def simulated(worlds, seed, batch=100_000):
    """Sums of the social penalty of the real mechanism at m = 8 and of its square, by batches."""
    game = prepare(equal_rules(8, 14, 9.5861, "integer"))
    for b in range(worlds // batch):
        model = game.model(batch, 1000 * seed + b)
        model.step()
        yield np.sum([player.penalty for player in model.players], axis=0)


def test_the_real_mechanism_costs_what_the_formula_says(seed):
    """8 agents, 14 points each, 2e5 worlds: 13.4096 within 3 standard errors (1 in 370 fails)."""
    social = np.concatenate(list(simulated(200_000, seed)))
    assert_mean(social, 13.409600, false_alarm=2 * norm.sf(3.0))
    with pytest.raises(AssertionError):
        assert_mean(social, 13.409600 * 1.02, false_alarm=2 * norm.sf(3.0))


@pytest.mark.slow
def test_the_real_mechanism_in_ten_million_worlds(seed):
    total, square, worlds = 0.0, 0.0, 10_000_000
    for social in simulated(worlds, seed + 1):
        total += social.sum()
        square += ((social - 13.4096) ** 2).sum()
    mean = total / worlds
    se = math.sqrt((square / worlds - (mean - 13.4096) ** 2) / worlds)
    assert se < 0.006 and abs(mean - 13.4096) < 3 * se, (mean, se)


@pytest.mark.sparse(2)
@pytest.mark.parametrize(
    "strategy",
    [
        None,
        {"name": "under_collector", "factor": 0.5},
        {"name": "withholder", "fraction": 0.5},
        {"name": "equivariant", "collect": 3, "submit": 8, "shift": 1.0, "estimator": "pitman"},
    ],
    ids=lambda s: s["name"] if s else "truthful",
)
def test_the_model_costs_what_the_formulas_say(strategy, seed):
    """False alarms: 4 tests of 4 agents at 1e-7; the last shows that 20 % would be seen."""
    game = prepare(everything())
    for i, name in enumerate(game.problem.names):
        changed = (
            game if strategy is None else game.with_strategies({name: make_strategy(strategy, "t")})
        )
        view = changed.view(i)
        exact, error = view.risks().price(changed.strategy(i).plays(view))
        if not np.isfinite(exact):
            continue
        model = changed.model(20_000, seed + 3)
        model.step()
        assert_mean(model.players[i].penalty, exact, false_alarm=1e-7)
        assert error < 1e-8 * exact
    if strategy is None:
        with pytest.raises(AssertionError):
            assert_mean(model.players[i].penalty, 1.2 * exact, false_alarm=1e-7)


def test_who_owes_and_hands_in_nothing_is_told_nothing():
    game = prepare(everything())
    empty = {"name": "equivariant", "collect": [6, 5], "submit": [0, 5], "estimator": "accept"}
    changed = game.with_strategies({"a0": make_strategy(empty, "t")})
    model = changed.model(50, 1)
    submissions = [player.act() for player in model.players]
    answers = changed.mechanism.mediate(submissions, changed.terms, np.random.default_rng(0))
    assert np.isnan(answers[0][:, 0]).all() and np.isfinite(answers[0][:, 1]).all()
    assert np.isfinite(answers[1]).all()


def test_a_decoy_10_percent_too_rare_is_caught():
    """The gain by the other formula: her best count, with J as an integral of squared scores."""
    m, T = 8, 2.4864 * 10 / math.sqrt(0.05)
    n, N = T / m, T - T / m
    rule = tuned(n, N, 0.05, 10.0, False)
    assert audit(equal_rules(m, n, rule.t, "real")).agents[0].gain.upper < 1e-8

    def penalty(x):
        J = information(1.1 * rule.t / (10 * math.sqrt(1 / x + 1 / N)))
        return 100 * ((1 - J) / x + J / (x + N)) + 0.05 * x

    best = minimize_scalar(penalty, bounds=(0.3 * n, n), method="bounded", options={"xatol": 1e-9})
    agent = audit(equal_rules(m, n, 1.1 * rule.t, "real")).agents[0]
    assert agent.verdict == "profitable"
    assert agent.gain.estimate == pytest.approx(penalty(n) - best.fun, rel=1e-6)
    assert agent.gain.estimate > 0.004 * agent.penalty
    assert agent.best_deviation.parameters["collect"][0] == pytest.approx(best.x, rel=1e-5)


@pytest.mark.slow
def test_three_audits_agree():
    exact, box = (audit(everything(), method=method) for method in ("exact", "exhaustive"))
    black = audit(everything(), method="black_box", budget=4_000, workers=1)
    for a, b, c in zip(exact.agents, box.agents, black.agents, strict=True):
        assert a.penalty == pytest.approx(b.penalty, rel=1e-9)
        assert a.gain.estimate == pytest.approx(b.gain.estimate, abs=1e-7 * a.penalty)
        assert a.best_deviation.parameters["collect"] == b.best_deviation.parameters["collect"]
        assert c.gain.lower <= a.gain.estimate + 1e-9
    assert exact.agents[0].verdict == "profitable"


def test_rules_for_a_plan_keep_it_where_a_window_can():
    result = audit(figure1(mechanism="decoy", plan="egalitarian"))
    assert [a.recommended for a in result.agents] == [[41], [20], [13]]
    assert result.nash == "none_above_epsilon" and result.notes == []
    home = audit(figure1(mechanism="decoy", plan="ir_optimal"))
    assert [a.recommended for a in home.agents] == [[55], [7], [0]]
    assert "a0, x0" in home.notes[0]


@pytest.mark.slow
def test_the_contract_holds():
    assert [r for r in check_mechanism(Decoy()) if r.passed is False] == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": None}, "needs decoy.kind"),
        ({"kind": [["decoy"]]}, "decoy.kind must have 4 rows and 2 columns"),
        ({"kind": [["noise"] * 2] * 4}, "decoy.kind.*must be one of alone, free, threshold, decoy"),
        ({"t": [[NAN, 9.0], *RULES["t"][1:]]}, "decoy: a0, x0: kind 'decoy' needs t"),
        ({"z": [*RULES["z"][:2], [NAN, NAN], RULES["z"][3]]}, "'threshold' needs z"),
        ({"n": [[0, 5], *RULES["n"][1:]]}, "needs a count > 0"),
        ({"n": 5}, "decoy.n must be a table"),
    ],
)
def test_rules_that_make_no_sense_are_refused(changes, words):
    rules = {k: v for k, v in {**RULES, **changes}.items() if v is not None}
    body = {"game": "estimation", "sigma": 10.0, "costs": COSTS, "mechanism": rules}
    with pytest.raises(InputError, match=words):
        prepare(from_mapping(body))
