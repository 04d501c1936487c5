"""The threshold rule: its risk, its best responses, and the rules made for a plan."""

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm

from nashbox.experiments.audit import audit
from nashbox.experiments.check import check_mechanism
from nashbox.games.estimation import prepare
from nashbox.mechanisms import Threshold
from nashbox.mechanisms.cbl.channel import CorruptChannel
from nashbox.mechanisms.threshold import dual
from nashbox.mechanisms.threshold.bundle import Pair, bundled
from nashbox.mechanisms.threshold.channel import ThresholdChannel
from nashbox.mechanisms.threshold.enforcing import wants_nothing
from nashbox.mechanisms.threshold.stationary import excess
from nashbox.mechanisms.threshold.together import Together
from nashbox.mechanisms.threshold.tuning import tuned
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping
from nashbox.problem.plays import Play
from nashbox.problem.spec import Spec
from nashbox.strategies import make_strategy
from tests.games import figure1, worked_case
from tests.statistics_for_tests import assert_mean

METHODS = ("exact", "exhaustive")
NAN = math.nan
RULES = {  # every kind, in the joint form with free data that depend on passing
    "name": "threshold",
    "kind": [
        ["threshold", "threshold"],
        ["threshold", "free"],
        ["alone", "noise"],
        ["free", "threshold"],
        ["threshold", "alone"],
    ],
    "n": [[6, 5], [8, 0], [40, 9], [0, 7], [5, 30]],
    "z": [[7, 4], [9, 11], [NAN, 6], [NAN, 3], [20, NAN]],
    "t": [[6.0, 9.0], [5.0, NAN], [NAN, NAN], [NAN, 8.0], [12.0, NAN]],
    "alpha": [[NAN, NAN], [NAN, NAN], [NAN, 2.0], [NAN, NAN], [NAN, NAN]],
}
COSTS = [[0.05, 0.1], [0.04, 0.2], [0.08, 0.1], ["inf", 0.1], [0.05, 0.1]]


def everything(**changes):
    body = {"game": "estimation", "sigma": 10.0, "costs": COSTS}
    return from_mapping({**body, "mechanism": {**RULES, **changes}})


def risk_from_scratch(n, z, N, t, sigma=10.0):
    """E[h^2] over the own mean x and Z's mean by two-dimensional Gauss-Legendre; mu = 0."""
    nodes, weights = np.polynomial.legendre.leggauss(120)
    sd, rest = sigma / math.sqrt(n), N - z
    x, wx = 9 * sd * nodes, 9 * sd * weights
    total, reach = 0.0, 9 * sigma * math.sqrt(1 / n + 1 / z)
    for low, high in ((-reach, -t), (-t, t), (t, reach)):
        d, wd = (high - low) / 2 * nodes + (high + low) / 2, (high - low) / 2 * weights
        zbar = x[:, None] - d
        passed = ((n * x[:, None] + z * zbar) ** 2 + rest * sigma**2) / (n + N) ** 2
        failed = ((n * x[:, None] + z * zbar) / (n + z)) ** 2
        mass = norm.pdf(x, scale=sd)[:, None] * norm.pdf(zbar, scale=sigma / math.sqrt(z))
        total += float(wx @ (mass * (passed if high == t else failed)) @ wd)
    return total


@pytest.mark.parametrize(
    ("n", "z", "N", "t"), [(7, 12, 138, 7.0), (2, 20, 45, 11.0), (30, 3, 40, 4.0)]
)
def test_the_closed_form_is_the_double_integral(n, z, N, t):
    channel = ThresholdChannel(10.0, z, N, t)
    exact = risk_from_scratch(n, z, N, t)
    assert float(channel.best_risk(np.float64(n))) == pytest.approx(exact, rel=1e-7)
    wrong = ThresholdChannel(10.0, z, N, 1.01 * t)
    assert float(wrong.best_risk(np.float64(n))) != pytest.approx(exact, rel=1e-5)
    step = 1e-5 * n
    ends = channel.best_risk(np.array([n - step, n + step]))
    assert channel.slope(n) == pytest.approx((ends[1] - ends[0]) / (2 * step), rel=1e-6)


PLAYS = [
    Play(7, 7, 7, 3.0, 1.0),
    Play(7, 4, 4, 1.0, 0.6),
    Play(3, 9, 3, 2.0, 0.7),
    Play(3, 9, 3, 0.0, None),
    Play(7, 7, 7, 2.0, None),
    Play(7, 2, 7, 0.0, None),
    Play(7, 30, 7, 5.0, None),
]


@pytest.mark.parametrize("play", PLAYS, ids=str)
def test_deviations_cost_what_quadrature_says(play, seed):
    """Simulated from the definition; false alarms: 7 tests at 1e-6."""
    sigma, z, N, t, R = 10.0, 12, 138, 7.0, 200_000
    channel = ThresholdChannel(sigma, z, N, t)
    rng = np.random.default_rng([seed, 11])
    part = rng.normal(0, sigma / math.sqrt(play.q), R)
    own = part
    if play.n > play.q:
        others = rng.normal(0, sigma / math.sqrt(play.n - play.q), R)
        own = (play.q * part + (play.n - play.q) * others) / play.n
    Z = rng.normal(0, sigma / math.sqrt(z), R)
    W = (z * Z + (N - z) * rng.normal(0, sigma / math.sqrt(N - z), R)) / N
    Y = part + play.shift
    full, left = (play.s * Y + N * W) / (play.s + N), (play.s * Y + z * Z) / (play.s + z)
    information = np.where(np.abs(Y - Z) <= t, full, left)
    if play.weight is None:
        estimate = channel.estimate(play, own, Y, information)
    else:
        estimate = (1 - play.weight) * own + play.weight * information
    exact = channel.risk(play)[0]
    assert_mean(estimate**2, exact, false_alarm=1e-6)
    assert exact >= float(channel.best_risk(np.float64(play.n))) - 1e-9
    with pytest.raises(AssertionError):
        assert_mean(estimate**2, 1.06 * exact, false_alarm=1e-6)


def test_no_submission_and_no_estimator_beats_honesty():
    """Anderson: among all means handed in, the own one passes most often."""
    channel = ThresholdChannel(10.0, 12.0, 138.0, 7.0)
    least = float(channel.best_risk(np.float64(7)))
    for shift in (0.0, 0.5, 2.0, 8.0, 40.0):
        for s in (1, 4, 7, 14, 50):
            risk, error = channel.risk(Play(7, s, 7, shift, None))
            assert risk >= least - error, (shift, s)


def test_the_penalty_is_convex_and_its_root_the_global_minimum(seed):
    rng = np.random.default_rng([seed, 12])
    for _ in range(150):
        N = float(np.exp(rng.uniform(0, 7)))
        z, t = N * np.exp(rng.uniform(-6, 0)), float(np.exp(rng.uniform(-3, 4)))
        channel, cost = ThresholdChannel(10.0, z, N, t), float(np.exp(rng.uniform(-7, 1)))
        even = np.linspace(0.0, 2 * N, 4001)
        risk = channel.best_risk(even)
        assert (np.diff(risk, 2) >= -1e-12 * risk[0]).all()
        n, price_ = channel.least(cost)
        grid = np.concatenate([[0.0], np.geomspace(1e-6, 3000, 20_001)])
        assert price_ <= (channel.best_risk(grid) + cost * grid).min() * (1 + 1e-12)
        assert price_ == pytest.approx(float(channel.best_risk(np.float64(n))) + cost * n)
        beside = channel.best_risk(np.array([0.9 * n, 1.1 * n])) + cost * n * np.array([0.9, 1.1])
        assert (beside > price_).all()


@pytest.mark.slow
@pytest.mark.parametrize("integer", [False, True])
def test_joint_best_responses_against_all_counts(integer, seed):
    rng = np.random.default_rng([seed, 13])
    grid = np.arange(0.0, 45.0)
    table = np.stack(np.meshgrid(grid, grid, grid, indexing="ij"), axis=-1)
    for _ in range(3):
        channels = tuple(
            ThresholdChannel(10.0, float(z), float(N), float(t))
            for z, N, t in zip(
                rng.integers(1, 20, 3), rng.integers(40, 200, 3), rng.uniform(5, 20, 3), strict=True
            )
        )
        joint = Together((0, 1, 2), channels, (True, bool(rng.integers(2)), True))
        costs = rng.uniform(0.08, 0.3, 3)
        f = joint.risks(table) + table @ costs
        found = joint.best(costs, integer=integer)
        assert found.bound <= found.penalty + 1e-12
        assert found.penalty - found.bound < (1e-3 if integer else 1e-8) * found.penalty
        if integer:
            assert found.penalty == pytest.approx(f.min(), rel=1e-12)
        else:
            assert found.penalty <= f.min()
            j = np.array(np.unravel_index(np.argmin(f), f.shape), dtype=float)
            near = j + rng.uniform(-1, 1, (50_000, 3))
            near = near[(near >= 0).all(axis=1)]
            assert found.bound <= (joint.risks(near) + near @ costs).min()


@pytest.mark.sparse(1)
@pytest.mark.parametrize("unit", [1e-6, 1.0, 1e6])
def test_a_count_may_be_worth_more_than_its_own_distribution(unit):
    """Points of the first serve its test, on which the answer about the second hangs."""
    channels = (
        ThresholdChannel(unit, 100.0, 400.0, 0.3 * unit),
        ThresholdChannel(300 * unit, 1.0, 1000.0, 600 * unit),
    )
    joint, costs = Together((0, 1), channels, (True, True)), np.array([0.05, 200.0]) * unit**2
    table = np.stack(np.meshgrid(np.arange(900.0), np.arange(20.0), indexing="ij"), axis=-1)
    least = (joint.risks(table) + table @ costs).min()
    found = joint.best(costs, integer=True)
    assert [play.n for play in found.plays] == [679, 6]
    assert found.penalty == pytest.approx(least, rel=1e-12)
    assert 0.999 * least < found.bound <= least


@pytest.mark.parametrize("tabled", [0, 10**6])
def test_the_dual_is_least_where_a_list_of_all_counts_is(tabled, seed, monkeypatch):
    monkeypatch.setattr(dual, "TABLED", tabled)
    rng, n = np.random.default_rng([seed, 14]), np.arange(2000.0)
    for _ in range(40):
        z, N = rng.integers(1, 30), rng.integers(30, 200)
        channel = ThresholdChannel(1.0, float(z), float(N), 10 ** rng.uniform(-1, 1))
        kind = dual.Costed(channel, bool(rng.integers(2)), 10 ** rng.uniform(-3, -1))
        alpha, nu = rng.random(5), np.array([0.0, *10 ** rng.uniform(-6, 1, 4)])
        whole, real = dual.WholeDual([kind], np.ones(1)), dual.ResponseDual([kind], np.ones(1))
        least = whole.least(alpha, nu)[1]
        with np.errstate(divide="ignore", invalid="ignore"):
            pull = nu[:, None] * (np.log(1 - channel.fails(n)) if kind.owed else 0 * n)
        risk = [(1 - a) / (n + channel.clean) + a / (n + channel.others) for a in alpha]
        value = (risk + kind.cost * n - np.nan_to_num(pull, nan=0.0))[:, : int(whole.top[0]) + 1]
        np.testing.assert_allclose(least, value.min(axis=1), rtol=1e-11)
        assert (real.least(alpha, nu)[1] <= least * (1 + 1e-12)).all()


def test_a_joint_rule_over_one_distribution_is_a_separate_one():
    channel = ThresholdChannel(10.0, 12.0, 138.0, 10.0)
    joint = Together((0,), (channel,), (True,))
    n = np.array([0.5, 3.0, 7.0, 30.0])
    np.testing.assert_allclose(joint.risks(n[:, None]), channel.best_risk(n), rtol=1e-13)
    found = joint.best(np.array([0.05]), integer=False)
    assert found.penalty == pytest.approx(channel.least(0.05)[1], rel=1e-9)


@pytest.mark.sparse(2)
@pytest.mark.parametrize("joint", [False, True])
@pytest.mark.parametrize(
    "strategy",
    [
        None,
        {"name": "under_collector", "factor": 0.5},
        {"name": "withholder", "fraction": 0.5},
        {"name": "equivariant", "collect": 3, "submit": 8, "shift": 1.0, "estimator": "accept"},
    ],
    ids=lambda s: s["name"] if s else "truthful",
)
def test_the_model_costs_what_the_formulas_say(joint, strategy, seed):
    """False alarms: 8 tests of 5 agents at 1e-7; the last shows that 4 % would be seen."""
    game = prepare(everything(joint=joint))
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
            assert_mean(model.players[i].penalty, 1.06 * exact, false_alarm=1e-7)


def test_who_owes_and_submits_nothing_has_failed(seed):
    for joint, risk in ((False, 100 / 7 + 100 / (28 - 5 + 44)), (True, 100 / 7 + 100 / 4)):
        game = prepare(everything(joint=joint))
        lazy = {"name": "equivariant", "collect": [0, 5], "submit": [0, 5], "estimator": "accept"}
        changed = game.with_strategies({"a0": make_strategy(lazy, "t")})
        view = changed.view(0)
        exact = view.risks().price(changed.strategy(0).plays(view))[0] - 0.5
        model = changed.model(40_000, seed)
        model.step()
        assert_mean(model.players[0].error, exact, false_alarm=1e-7)
        assert exact >= risk * 0.5
        failed = 100 / 7 + (100 / 9 if joint else exact - 100 / 7)
        assert exact == pytest.approx(
            failed, rel=1e-12
        )  # 5 own points and 4 of Z in the joint form


def test_mixed_counts_are_compared_world_by_world(seed):
    half = replace(
        everything(),
        strategies={"a1": Spec("mixed", {"strategies": ["truthful", "free_rider"]})},
    )
    game = prepare(half)
    model = game.model(30_000, seed)
    model.step()
    handed = model.players[1].submitted[:, 0]
    for points, strategy in ((8, "truthful"), (0, "free_rider")):
        changed = game.with_strategies({"a1": make_strategy(strategy, "t")})
        view = changed.view(0)
        exact = view.risks().price(changed.strategy(0).plays(view))[0]
        assert_mean(model.players[0].penalty[handed == points], exact, false_alarm=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("joint", [False, True])
def test_three_audits_agree(joint):
    exact, box = (audit(everything(joint=joint), method=method) for method in METHODS)
    black = audit(everything(joint=joint), method="black_box", budget=4_000, workers=1)
    for a, b, c in zip(exact.agents, box.agents, black.agents, strict=True):
        assert a.penalty == pytest.approx(b.penalty, rel=1e-9)
        assert a.gain.estimate == pytest.approx(b.gain.estimate, abs=1e-7 * a.penalty)
        assert a.best_deviation.parameters["collect"] == b.best_deviation.parameters["collect"]
        assert c.gain.lower <= a.gain.estimate + 1e-9
    assert exact.agents[0].verdict == "profitable"


@pytest.mark.parametrize(
    ("m", "n", "epsilon", "count", "gain"),
    [(20, 145.34 / 20, None, 6.35, 0.0073), (3, 51.43 / 3, 1e-3, 16.01, 0.0020)],
)
def test_a_threshold_10_percent_too_large_is_caught(m, n, epsilon, count, gain):
    """Best z for m = 20 is 11.5; with z = 12 the gain is the one usually quoted."""
    z = 12.0 if m == 20 else 10.0
    _, u = excess(n, (m - 1) * n, z, 0.05 / 100)
    t = float(u) * 10 * math.sqrt(1 / n + 1 / z)
    for factor in (1.0, 1.1):
        rows = {"kind": "threshold", "n": n, "z": z, "t": factor * t}
        rules = {"name": "threshold", **{k: [[v]] * m for k, v in rows.items()}}
        agent = audit(worked_case(m=m, mechanism=rules, counts="real"), epsilon=epsilon).agents[0]
        if factor == 1.0:
            assert agent.verdict == "none_above_epsilon" and agent.gain.upper < 1e-8
        else:
            assert agent.verdict == "profitable"
            assert agent.gain.estimate == pytest.approx(gain, abs=1e-4)
            assert agent.best_deviation.parameters["collect"][0] == pytest.approx(count, abs=0.02)


@pytest.mark.parametrize("integer", [False, True])
def test_tuned_rules_make_the_count_globally_optimal(integer, seed):
    rng = np.random.default_rng([seed, 14])
    found = 0
    for _ in range(25):
        n, N = rng.integers(1, 40), rng.integers(2, 120)
        cost = float(np.exp(rng.uniform(np.log(0.01), np.log(1))))
        rule = tuned(float(n), float(N), cost, 10.0, integer)
        if rule is None:
            continue
        found += 1
        channel = ThresholdChannel(10.0, rule.z, float(N), rule.t)
        counts = np.arange(0.0, 2000) if integer else np.geomspace(1e-4, 2000, 100_001)
        f = channel.best_risk(counts) + cost * counts
        here = float(channel.best_risk(np.float64(n))) + cost * n
        assert here <= f.min() * (1 + 1e-9)
        assert here - cost * n - 100 / (n + N) == pytest.approx(rule.excess, rel=1e-4, abs=1e-9)
        if integer:
            assert rule.z == round(rule.z)
            larger = ThresholdChannel(10.0, rule.z, float(N), 1.02 * rule.t)
            g = larger.best_risk(counts) + cost * counts
            if larger.fails(np.float64(n)) > 1e-12:  # else t does not matter any more
                assert g[n] > g.min() * (1 + 1e-12)
    assert found >= 8


def test_no_rule_holds_whoever_wants_more_or_has_nobody_to_be_compared_with():
    assert tuned(5.0, 30.0, 0.05, 10.0, False) is None  # T = 35 < n_ind = 44.7
    assert tuned(50.0, 30.0, 0.05, 10.0, False) is None  # more than she would collect alone
    assert tuned(5.0, 0.0, 0.05, 10.0, False) is None
    assert wants_nothing(0.0, math.inf, 1.0, integer=True) is False


def test_noise_that_grows_is_never_better_than_a_step():
    """For each n and T the best noise over z and alpha costs more than the best threshold."""
    ratios = np.geomspace(0.003, 0.95, 24)
    alphas = np.geomspace(0.02, 300, 160)
    for x in (0.05, 0.2, 0.45):
        for T in (1.1, 1.6, 3.0, 10.0):
            N = T - x
            step = excess(x, N, N * ratios, 1.0)[0].min()
            noise = np.inf
            for z in N * ratios:
                for alpha in alphas:
                    channel = CorruptChannel(1.0, z, N - z, alpha)
                    if channel.slope(x) + 1.0 <= 0:  # the first that deters enough
                        noise = min(noise, float(channel.best_risk(np.float64(x))) - 1 / T)
                        break
            assert step < 0.97 * noise, (x, T)


@pytest.mark.parametrize(("m", "ratio"), [(8, 1.14207), (20, 1.12541)])
def test_joint_rules_deter_more(m, ratio):
    """Equal agents, d = 10, at the best equal counts (98.4 and 165.5 points in all)."""
    T = {8: 98.387, 20: 165.47}[m]
    pair = Pair(T / m, T - T / m, 0.05, 10.0)
    rule = bundled((pair,) * 10, False)
    penalty = m * (10 * (100 / T + 0.05 * T / m) + rule.excess)
    assert penalty / (10 * 2 * 10 * math.sqrt(0.05 * m)) == pytest.approx(ratio, abs=2e-5)


def test_rules_for_a_plan_keep_it_where_a_rule_can():
    result = audit(figure1(mechanism="threshold", plan="egalitarian"))
    assert [a.recommended for a in result.agents] == [[41], [20], [13]]
    assert (result.nash == "none_above_epsilon" and result.notes == ()[:0]) or result.notes == []
    home = audit(figure1(mechanism="threshold", plan="ir_optimal"))
    assert [a.recommended for a in home.agents] == [[55], [7], [0]]
    assert "a0, x0" in home.notes[0]


@pytest.mark.sparse(1)
@pytest.mark.parametrize("counts", ["integer", "real"])
def test_joint_rules_for_a_plan(counts):
    problem = worked_case(d=2, counts=counts)
    apart, tied = (
        audit(replace(problem, mechanism=Spec("threshold", {"joint": joint})))
        for joint in (False, True)
    )
    assert apart.nash == tied.nash == "none_above_epsilon"
    assert tied.social_penalty < apart.social_penalty - 0.5
    assert all(a.gain.upper < 1e-7 for a in tied.agents)


@pytest.mark.slow
@pytest.mark.parametrize("joint", [False, True])
def test_the_contract_holds_in_both_forms(joint):
    assert [r for r in check_mechanism(Threshold(joint=joint)) if r.passed is False] == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": None}, "needs threshold.kind"),
        ({"kind": [["threshold"]]}, "5 rows and 2 columns"),
        ({"kind": [["thresholds"] * 2] * 5}, "must be one of"),
        ({"z": [[7, 4], [9, 11], [NAN, NAN], [NAN, 3], [20, NAN]]}, "'noise' needs z"),
        ({"t": [[NAN, 9.0], *RULES["t"][1:]]}, "'threshold' needs t"),
        ({"t": [[-1.0, 9.0], *RULES["t"][1:]]}, ">= 0"),
        ({"z": [[7.5, 4], *RULES["z"][1:]]}, "whole number"),
        ({"n": [[0, 5], *RULES["n"][1:]]}, "needs a count > 0"),
        ({"n": [[6, 5], [8, 1], *RULES["n"][2:]]}, "owes nothing"),
        ({"n": 5}, "must be a table"),
    ],
)
def test_rules_that_make_no_sense_are_refused(changes, words):
    rules = {k: v for k, v in {**RULES, **changes}.items() if v is not None}
    body = {"game": "estimation", "sigma": 10.0, "costs": COSTS, "mechanism": rules}
    with pytest.raises(InputError, match=words):
        prepare(from_mapping(body))


def test_quad_of_the_chance_to_pass():
    """P(n) from the definition: |Y - Z| > t for a normal difference."""
    channel = ThresholdChannel(10.0, 12.0, 138.0, 7.0)
    sd = 10 * math.sqrt(1 / 7 + 1 / 12)
    inside = quad(lambda d: norm.pdf(d, scale=sd), -7.0, 7.0)[0]
    assert float(channel.fails(np.float64(7))) == pytest.approx(1 - inside, abs=1e-12)


FOUR = np.array([[0.0494, 0.2165], [0.0757, 0.0317], [0.0045, 0.03], [0.0084, 0.0058]])


@pytest.mark.sparse(2)
@pytest.mark.parametrize("mechanism", ["threshold", "decoy"])
@pytest.mark.parametrize("rule", ["egalitarian", "social", "kalai_smorodinsky", "nash"])
def test_no_order_of_rows_or_columns_matters(mechanism, rule):
    """Also where pairs are sent home one after another, which changes what the rest is offered."""
    rng = np.random.default_rng(5)
    cases = [(np.array([8.75, 2.26]), FOUR)]  # two of these go home, and who is first matters
    for _ in range(12):
        m, d = int(rng.integers(3, 7)), int(rng.integers(1, 4))
        cases.append((rng.uniform(1, 10, d), np.exp(rng.normal(-3, 1.2, (m, d)))))
    for sigma, costs in cases:
        rows, columns = rng.permutation(len(costs)), rng.permutation(len(sigma))
        found = []
        for s, c in ((sigma, costs), (sigma[columns], costs[np.ix_(rows, columns)])):
            raw = {"game": "estimation", "sigma": s.tolist(), "costs": c.tolist(), "plan": rule}
            raw |= {"mechanism": mechanism, "counts": "real"}
            answer = audit(from_mapping(raw), method="exact")
            found.append(np.array([a.penalty for a in answer.agents]))
        assert found[1] == pytest.approx(found[0][rows], rel=1e-6)
