"""Decoys with sigma estimated from the others' data, and with trimmed means."""

import math

import numpy as np
import pytest
from scipy.stats import chi2, norm

from nashbox.experiments.audit import audit
from nashbox.experiments.check import check_mechanism
from nashbox.games.estimation import prepare
from nashbox.mechanisms import Decoy
from nashbox.mechanisms.decoy import estimated
from nashbox.mechanisms.decoy.estimated_channel import EstimatedChannel
from nashbox.mechanisms.decoy.told import lost
from nashbox.mechanisms.decoy.trimmed import inflation, widening
from nashbox.mechanisms.decoy.tuning import NARROWEST, WIDEST, stationary
from nashbox.mechanisms.decoy.tuning import tuned as published
from nashbox.problem.data import Dataset
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping
from nashbox.problem.plays import Play
from nashbox.rules.exchange.agreed import read_rules
from nashbox.rules.exchange.exchanging import played
from tests.exchanges import rules as exchange_rules
from tests.statistics_for_tests import assert_mean

UNIT = 10 * math.sqrt(0.05)
TABLE = [  # m, T, degrees of freedom, a, excess over that of a known sigma, social penalty
    (8, 2.4864, 20, 3.591, 1.253, 13.835),
    (8, 2.4864, 45, 3.411, 1.114, 13.715),
    (8, 2.4864, 91, 3.341, 1.057, 13.666),
    (20, 4.0669, 45, 3.802, 1.144, None),
    (20, 4.0669, 155, 3.659, 1.042, None),
    (3, 1.4143, 30, 3.094, 1.115, None),
    (3, 1.4143, 60, 3.021, 1.059, None),
]


@pytest.mark.parametrize(("m", "T", "nu", "a", "ratio", "social"), TABLE)
def test_windows_and_excess_for_known_degrees_of_freedom(m, T, nu, a, ratio, social):
    n, N = T / m, T - T / m
    w = 1 / n - 1 / T

    def slope(x):
        F = float(estimated.kept(x, nu))
        return F / n**2 + (1 - F) / T**2 + 0.5 * w * w * float(estimated.gained(x, nu)) - 1

    found = stationary(slope, NARROWEST, WIDEST)
    excess = w * float(estimated.kept(found, nu))
    assert found == pytest.approx(a, abs=6e-4)
    assert excess / published(n, N, 1.0, 1.0, False).excess == pytest.approx(ratio, abs=6e-4)
    if social is not None:
        assert UNIT * (m / T + T + m * excess) == pytest.approx(social, abs=6e-4)


def test_what_is_left_is_a_mean_over_estimates():
    """By the distribution function's inverse, on another grid; a wrong law of s is noticed."""
    p = (np.arange(4000) + 0.5) / 4000
    for nu in (3.0, 20.0, 97.0):
        s = np.sqrt(chi2.ppf(p, nu) / nu)
        for a in (2.0, 3.3):
            exact = float(estimated.kept(a, nu))
            assert float(lost(a * s).mean()) == pytest.approx(exact, rel=2e-3)
            assert float(lost(a * s**2).mean()) != pytest.approx(exact, rel=2e-2)
            lies = estimated.kept_of_lie(np.array(a), np.array([0.0, 0.7, 2.0]), nu)
            assert lies[0] == pytest.approx(exact, rel=1e-8)
            assert lies[2] == pytest.approx(float(lost(a * s, 2.0).mean()), rel=2e-3)


PLAYS = [
    Play(4, 4, 4, 0.0, 1.0),
    Play(7, 4, 4, 1.0, 0.6),
    Play(2, 6, 2, 2.0, 1.0),
    Play(2, 2, 2, 0.0, None),
]


@pytest.mark.parametrize("play", PLAYS, ids=str)
def test_plays_cost_what_the_formulas_say(play, seed):
    """Simulated from the definition; false alarms: 4 tests at 1e-6.

    8 points of the others: an estimate that is taken for sigma fails.
    """
    sigma, N, owed, ratio, R = 10.0, 8, 4.0, 1.6, 200_000
    channel = EstimatedChannel(sigma, owed, N, ratio)
    rng = np.random.default_rng([seed, 31])
    part = rng.normal(0, sigma / math.sqrt(play.q), R)
    own = part
    if play.n > play.q:
        rest = rng.normal(0, sigma / math.sqrt(play.n - play.q), R)
        own = (play.q * part + (play.n - play.q) * rest) / play.n
    others, Y = rng.normal(0, sigma, (R, N)), part + play.shift
    W, t = others.mean(axis=1), ratio * others.std(axis=1, ddof=1)
    M = np.where(np.abs(W - Y) <= t, W - Y, t * rng.uniform(-1, 1, R))
    sd = sigma * math.sqrt(1 / owed + 1 / N)
    q = 2 * norm.sf(t / sd) / (2 * t)
    b = M * norm.pdf(M, scale=sd) / (norm.pdf(M, scale=sd) + q)
    information = Y + N / (play.s + N) * b
    weight = 1.0 if play.weight is None else play.weight
    error = ((1 - weight) * own + weight * information) ** 2
    exact, doubt = channel.risk(play)
    assert_mean(error, exact, false_alarm=1e-6)
    assert channel.risk_floor(play.n) <= exact - doubt + 1e-12
    known = EstimatedChannel(sigma, owed, N, ratio)
    known.__dict__["_parts"] = [(1.0, channel._parts[len(channel._parts) // 3][1])]
    with pytest.raises(AssertionError):
        assert_mean(
            error, known.accepted(Play(play.n, play.s, play.q, play.shift, weight))[0], 1e-6
        )


def rules(owed=14, m=8, t=None, counts="integer", cost=0.05, **more):
    table = {} if t is None else {"kind": [["decoy"]] * m, "n": [[owed]] * m, "t": [[t]] * m}
    mechanism = {"name": "decoy", **table, **more}
    body = {"game": "estimation", "sigma": 10.0, "costs": [[cost]] * m, "mechanism": mechanism}
    return from_mapping({**body, "counts": counts, "plan": [[owed]] * m})


def errors(problem, points, seed, reader=0):
    """Squared errors of what the real mechanism tells one reader; points: (m, R, n)."""
    game = prepare(problem)
    told = game.mechanism.inform(
        [Dataset([block]) for block in points], game.terms, np.random.default_rng(seed), [reader]
    )
    return told[0][:, 0] ** 2


def test_the_real_mechanism_costs_what_the_formula_says(seed):
    """Three agents of three points; false alarms at 1e-6, and a known sigma is refuted."""
    problem = rules(owed=3, m=3, t=17.0, sigma="estimated")
    rng = np.random.default_rng([seed, 32])
    found = errors(problem, 10 * rng.standard_normal((3, 150_000, 3)), seed)
    exact = audit(problem, method="exact").agents[0].penalty - 0.15
    assert_mean(found, exact, false_alarm=1e-6)
    known = audit(rules(owed=3, m=3, t=17.0)).agents[0].penalty - 0.15
    with pytest.raises(AssertionError):
        assert_mean(found, known, false_alarm=1e-6)


@pytest.mark.slow
@pytest.mark.parametrize("counts", ["integer", "real"])
def test_rules_made_for_a_plan_keep_it(counts):
    for owed, m in ((14, 8), (21, 3)):
        made = rules(owed=owed, m=m, counts=counts, sigma="estimated")
        result = audit(made, method="exact")
        known = audit(rules(owed=owed, m=m, counts=counts), method="exact")
        assert result.agents[0].recommended == [owed]
        assert result.nash == "none_above_epsilon"
        assert result.agents[0].gain.upper < 1e-8
        assert 1.002 < result.social_penalty / known.social_penalty < 1.02


def test_a_window_10_percent_too_wide_is_caught():
    made = prepare(rules(owed=14, sigma="estimated")).terms.t[0, 0]
    wide = audit(rules(owed=14, t=1.1 * made, sigma="estimated"), method="exact")
    assert wide.nash == "profitable"
    best = wide.agents[0].best_deviation
    assert best.parameters["collect"] == [13] or best.parameters["collect"][0] < 14


def test_no_count_and_no_lie_is_below_the_floor():
    for n, N, cost, left in ((14.0, 98.0, 0.0005, 1e-9), (5.0, 6.0, 0.02, 1e-4)):
        rule = estimated.tuned(n, N, cost, 1.0, False)
        channel = EstimatedChannel(1.0, n, N, rule.t)
        here = float(channel.best_risk(np.float64(n))) + cost * n
        least = channel.floor(cost, here)
        assert here * (1 - left) <= least <= here
        counts = np.geomspace(0.02, 8, 25) * n
        lies = np.linspace(0, 6, 13)[:, None] * math.sqrt(1 / n + 1 / N)
        assert (channel.risk_of_lie(counts, lies) + cost * counts).min() >= least


def test_windows_follow_the_estimate_and_not_the_published_sigma():
    """Where all measurements are twice as far apart, twice the error is told."""
    points = 10 * np.random.default_rng(3).standard_normal((8, 2000, 14))
    problem = rules(t=9.5, sigma="estimated")
    once, twice = (errors(problem, f * points, 5) for f in (1.0, 2.0))
    far = np.abs(np.sqrt(twice) - 2 * np.sqrt(once)) > 0.05 * np.sqrt(once) + 0.05
    assert far.mean() < 0.02  # but for the weights of what is told, which know the published one


@pytest.mark.parametrize(("n", "share"), [(14, 0.1), (98, 0.1), (20, 0.25)])
def test_trimmed_means_of_normal_points_scatter_as_said(n, share, seed):
    """False alarms: 3 tests of 3e5 worlds at 5 standard errors, the formula being off by .6 %."""
    from scipy.stats import trim_mean

    worlds = 100_000 if n > 50 else 300_000
    points = np.random.default_rng([seed, 33]).standard_normal((worlds, n))
    found = n * trim_mean(points, share, axis=1).var()
    assert abs(found - inflation(n, share)) < 5 * math.sqrt(2 / worlds) * found + 0.006
    assert abs(found - 1) > 5 * math.sqrt(2 / worlds) * found + 0.006


def student(seed, worlds, m=8, n=14):
    return 10 / math.sqrt(2) * np.random.default_rng([seed, 34]).standard_t(4, (m, worlds, n))


def test_trimmed_means_repair_heavy_tails(seed):
    """Student's t4 of standard deviation 10: 1.399 instead of 1.983 (5 s.e. of both)."""
    points = student(seed, 30_000)
    trimmed = errors(rules(t=9.5861, trim=0.1), points, seed) + 0.7
    plain = errors(rules(t=9.5861), points, seed) + 0.7
    se = trimmed.std() / math.sqrt(trimmed.size)
    assert abs(trimmed.mean() - 1.399) < 5 * math.hypot(se, 0.002)
    assert plain.mean() - 1.399 > 5 * math.hypot(se, 0.002)


@pytest.mark.slow
def test_trimmed_means_cost_a_little_on_normal_data(seed):
    """1.716 with the window made for the plan, 1.676 without (5 s.e.; 1.5e5 worlds)."""
    points = 10 * np.random.default_rng([seed, 35]).standard_normal((8, 150_000, 14))
    found = errors(rules(trim=0.1), points, seed) + 0.7
    se = found.std() / math.sqrt(found.size)
    assert prepare(rules(trim=0.1)).terms.t[0, 0] == pytest.approx(9.78, abs=0.01)
    assert widening(14, 98, 0.1) == pytest.approx(9.78 / 9.5861, abs=1e-3)
    assert abs(found.mean() - 1.716) < 5 * math.hypot(se, 0.003)


def test_trimmed_rules_have_no_formula_and_say_why():
    problem = rules(trim=0.1)
    with pytest.raises(InputError, match="compare trimmed means have none"):
        audit(problem, method="exact")
    with pytest.raises(InputError, match="sees single points"):
        audit(problem, method="exhaustive")
    assert prepare(problem).view(0).risks().channels == (None,)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"trim": 0.5}, r"decoy.trim must be a number >= 0 and < 0.5.*got 0.5"),
        ({"trim": -0.1}, "decoy.trim must be"),
        ({"trim": math.nan}, "decoy.trim must be"),
        ({"sigma": "guessed"}, "decoy.sigma must be 'published' or 'estimated', got 'guessed'"),
        ({"sigma": "estimated", "joint": True}, "decoy.sigma = 'estimated' is for decoys one by"),
        ({"trim": 0.1, "t": 9.0, "kind": [["mirror"]] * 8}, "decoy.trim is for decoys one by one"),
    ],
)
def test_what_makes_no_sense_is_refused(changes, words):
    t = changes.pop("t", None)
    with pytest.raises(InputError, match=words):
        prepare(rules(t=t, **changes))


def test_too_few_points_of_the_others_show_no_sigma():
    with pytest.raises(InputError, match=r"a0, x0: the others must owe at least 2 points.*got 1"):
        prepare(rules(owed=1, m=2, t=9.0, sigma="estimated"))
    alone = audit(rules(owed=1, m=2, sigma="estimated"))
    assert alone.agents[0].recommended == [45]


@pytest.mark.parametrize("more", ['sigma = "estimated"', "trim = 0.1"])
def test_answers_of_exchanges_do_not_depend_on_the_order_of_points(more, tmp_path):
    text = exchange_rules("x").replace('"x"', f'{{name = "decoy", {more}}}')
    (tmp_path / "rules.toml").write_text(text.replace("0.1, inf]", "0.1, 0.1]"))
    agreed = read_rules(tmp_path / "rules.toml")
    points = np.random.default_rng(4).normal(3, 10, (3, 25, 2))
    files = []
    for order in (np.arange(25), np.random.default_rng(5).permutation(25)):
        contents = {
            name: ("marker,volume\n" + "".join(f"{a!r},{b!r}\n" for a, b in block[order].tolist()))
            for name, block in zip(agreed.game.problem.names, points, strict=True)
        }
        coded = {name: text.encode() for name, text in contents.items()}
        files.append(played(agreed, coded, bytes(range(32)), None, "in").answers)
    for one, other in zip(*files, strict=True):
        assert one.information.tolist() == other.information.tolist()
        assert np.isfinite(one.information).any()


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"sigma": "estimated"}, marks=pytest.mark.slow),
        pytest.param({"trim": 0.1}, marks=pytest.mark.long),
    ],
    ids=str,
)
def test_the_contract_holds(more):
    assert [r for r in check_mechanism(Decoy(**more)) if r.passed is False] == []


@pytest.mark.slow
def test_two_audits_agree():
    problem = rules(owed=5, m=3, t=16.0, cost=0.5, sigma="estimated")
    exact, box = (audit(problem, method=method) for method in ("exact", "exhaustive"))
    for a, b in zip(exact.agents, box.agents, strict=True):
        assert a.penalty == pytest.approx(b.penalty, rel=1e-9)
        assert a.gain.estimate == pytest.approx(b.gain.estimate, rel=1e-3)
        assert a.verdict == b.verdict == "profitable"
