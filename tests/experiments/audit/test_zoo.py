"""The zoo's regrets, each by a second way: other formulas of the project, algebra, simulation.

Simulations compare the deviation that the docstrings name with what is audited, in the same worlds.
"""

import importlib.util
import math

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import lognorm, norm, t

import nashbox
from benchmarks.zoo import MEMBERS, NEEDLES, PLUGINS, formulas, needles, truth
from benchmarks.zoo.case import TAILS
from nashbox.games.estimation import exact, prepare
from nashbox.games.registry import prepare_game
from nashbox.problem.files import from_mapping
from nashbox.problem.spec import Spec
from nashbox.strategies import make_strategy
from tests.statistics_for_tests import assert_mean

ALARM = 1e-6
ONE_SHOT = ("public_goods", "auction", "cournot", "table")


def tails_module():
    spec = importlib.util.spec_from_file_location("zoo_tails_here", PLUGINS / "zoo_tails.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def penalties(case, agent, deviation, worlds, seed):
    """Penalties (R,) of what is audited and of a deviation, in the same worlds."""
    game = prepare(case.load())
    tried = [game.strategy(agent), make_strategy(deviation, "test")]
    return [paid[agent] for paid in game.trials(agent, tried, worlds, seed)]


def saved(case, agent, deviation, worlds, seed):
    """What a deviation saves, (R,)."""
    audited, other = penalties(case, agent, deviation, worlds, seed)
    return audited - other


def honest(n, **more):
    counts = list(np.atleast_1d(n))
    counts = [int(x) for x in counts]
    return Spec("equivariant", {"collect": counts, "submit": counts, "estimator": "accept", **more})


def won(case, player, deviation, worlds, seed):
    """What a deviation wins in a game of payoffs, (R,)."""
    game = prepare_game(case.load())
    audited, other = game.trials(player, [game.strategy(player), deviation], worlds, seed)
    return other[player] - audited[player]


# built-in rules: the exact method, and simulation


@pytest.mark.parametrize(
    ("name", "worlds"),
    [
        pytest.param("cbl", 100_000, marks=pytest.mark.slow),
        ("cbl_0.9", 5000),
        ("threshold", 100_000),
        ("threshold_1.1", 20_000),
    ],
)
def test_built_in_rules_gain_what_they_do_in_simulation(name, worlds, seed):
    member = MEMBERS[name]
    case = member.case("normal", member.ratios[-1])
    game = prepare(case.load())
    best = exact.exact_answer(game, 1).best[0]
    assert best.honest
    gains = saved(case, 1, honest(best.n), worlds, seed)
    assert_mean(gains, case.truths[1].least, ALARM)
    assert case.truths[1].least == case.truths[1].most
    for wrong in (0.0, 2 * case.truths[1].least) if member.ratios[-1] else ():  # it can fail
        with pytest.raises(AssertionError):
            assert_mean(gains, wrong, ALARM)


def test_no_gain_is_what_the_best_other_count_loses():
    case = MEMBERS["cbl"].case("normal", 0.0)
    game = prepare(case.load())
    channel, cost = game.view(1).risks().channels[0], 0.06
    price = [channel.best_risk(np.float64(n)) + cost * n for n in (7, 8, 9)]
    assert case.truths[1].least == pytest.approx(price[1] - min(price[0], price[2]), abs=1e-9)
    assert case.truths[1].most == 0


def test_a_plug_in_plays_the_very_rule_it_stands_for():
    built_in, plugin = (MEMBERS[name].case("normal", 10.0) for name in ("cbl", "plain_cbl"))
    for first, second in zip(
        penalties(built_in, 1, honest(7), 500, 3),
        penalties(plugin, 1, honest(7), 500, 3),
        strict=True,
    ):
        np.testing.assert_array_equal(first, second)
    assert plugin.truths == built_in.truths
    assert exact.unavailable(prepare(built_in.load())) is None
    assert exact.unavailable(prepare(plugin.load())) is not None


@pytest.mark.parametrize("ratio", MEMBERS["sample_mean"].ratios)
def test_the_sample_mean_gains_what_the_exact_method_says(ratio):
    case = MEMBERS["sample_mean"].case("normal", ratio)
    _, known = formulas.known(case.problem)
    for ours, theirs in zip(case.truths, known, strict=True):
        assert ours.least == pytest.approx(theirs.least, abs=1e-6 * case.epsilon)
        assert ours.most == pytest.approx(theirs.most, abs=1e-6 * case.epsilon)
    assert ratio == 0 or case.ratio == pytest.approx(ratio, rel=1e-9)


# plug-ins of estimation: closed forms, algebra, simulation


@pytest.mark.parametrize("n", [1, 8, 30])
def test_no_linear_estimate_beats_the_pooled_one(n):
    v, N, noise = 100.0, 18, 2.0

    def risk(parameters):
        own, theirs = parameters  # weights that add up to 1 keep it unbiased
        return own**2 * v / n + theirs**2 * (v / N + noise**2) + 1e6 * (own + theirs - 1) ** 2

    least = minimize(risk, [0.5, 0.5], method="BFGS", options={"gtol": 1e-10}).fun
    assert truth.pooled(n, N, v, noise) == pytest.approx(least, rel=1e-4)
    assert truth.pooled(n, N, v) == pytest.approx(v / (n + N))


@pytest.mark.parametrize("tails", ["normal", "lognormal"])
def test_a_noisy_mean_gains_what_it_does_in_simulation(tails, seed):
    case = MEMBERS["noisy_mean"].case(tails, 40.0)
    (cost,) = case.problem["costs"][0]
    noise = case.problem["mechanism"]["noise"]
    price = [truth.pooled(n, 18, 100.0, noise) + cost * n for n in range(40)]
    best = int(np.argmin(price))
    assert best < 9
    gains = saved(case, 1, honest(best), 100_000, seed)
    assert_mean(gains, case.truths[1].least, ALARM)
    assert case.ratio == pytest.approx(40.0, rel=1e-9)


def test_the_median_of_three_has_the_known_variance():
    square, cross = truth.median_moments(9, 9, 100.0)
    assert square == pytest.approx(100 / 9 * (1 - math.sqrt(3) / math.pi), rel=1e-6)
    assert cross == pytest.approx(100 / 27, rel=1e-6)  # three equal covariances, E M Xbar = v/3
    assert truth.median(1e9, 9, 100.0) == pytest.approx(0.0, abs=1e-5)


def test_medians_gain_what_they_do_in_simulation(seed):
    case = MEMBERS["median"].case("normal", 10.0)
    (cost,) = case.problem["costs"][0]
    price = [truth.median(n, 9, 100.0) + cost * n for n in range(1, 40)]
    n = 1 + int(np.argmin(price))
    square, cross = truth.median_moments(n, 9, 100.0)
    weight = (100 / n - cross) / (100 / n - 2 * cross + square)
    gains = saved(case, 0, honest(n, estimator=[weight]), 30_000, seed)
    assert_mean(gains, case.truths[0].least, ALARM)
    silent = Spec("equivariant", {"collect": [9], "submit": [0], "estimator": [2 / 3]})
    penalty = penalties(case, 0, silent, 30_000, seed)[1]
    assert_mean(penalty, 100 / 27 + 9 * cost, ALARM)  # two thirds on the mean of two others
    square_9 = truth.median_moments(9, 9, 100.0)[0]
    assert case.truths[0].most >= square_9 - 100 / 27 - 1e-9


def test_errors_cost_what_they_do_in_simulation(seed):
    case = MEMBERS["errors_often"].case("errs", 10.0)
    accepted, ignored = penalties(case, 2, Spec("ignorer"), 40_000, seed)
    assert_mean(accepted, 1e-2 * 1e8 + 100 / 27 + 0.13 * 9, ALARM)
    assert_mean(ignored, 100 / 9 + 0.13 * 9, ALARM)
    assert case.truths[2].least == pytest.approx(
        1e6 + 100 / 27 + 0.13 * 9 - min(100 / n + 0.13 * n for n in range(1, 50))
    )
    assert MEMBERS["errors"].case("errs", 10.0).rarest == 1e-4


# games of one step: the project's formulas for the same games without shocks, and simulation


def built_in(name, problem):
    """The same game without shocks, as the project knows it, with its exact gains."""
    if name == "table":
        payoffs = dict(zip(("row", "column"), problem["table"], strict=True))
        payoffs["column"] = np.transpose(payoffs["column"]).tolist()
        raw = {"game": "table", "payoffs": payoffs}
    else:
        raw = {key: problem[key] for key in ("agents", "strategies")} | {"game": name}
    return [row.gain for row in nashbox.audit(raw, method="exact").agents]


@pytest.mark.parametrize("ratio", [0.0, 0.5, 1.4, 10.0, 40.0])
@pytest.mark.parametrize("name", ONE_SHOT)
def test_games_of_one_step_gain_what_the_formulas_say(name, ratio):
    case = MEMBERS[name].case("normal", ratio)
    for ours, theirs in zip(case.truths, built_in(name, case.problem), strict=True):
        room = 1e-6 * case.epsilon + theirs.upper - theirs.lower
        assert ours.most == pytest.approx(max(0.0, theirs.estimate), abs=room)
        assert room < 0.02 * case.epsilon
        near = ours.least + 0.05 * case.epsilon  # the best of a menu is next to the best of all
        assert ours.least <= ours.most <= near or ours.most == 0
    assert ratio == 0 or max(t.most for t in case.truths) / case.epsilon == pytest.approx(ratio)


BEST = {
    "public_goods": ("contribute", {"share": 0.0}),
    "auction": ("bid", {"factor": 0.5}),
    "table": ("choose", {"k": 1}),
}


@pytest.mark.parametrize("tails", ["normal", "lognormal"])
@pytest.mark.parametrize("name", ONE_SHOT)
def test_games_of_one_step_gain_what_they_do_in_simulation(name, tails, seed):
    case = MEMBERS[name].case(tails, 10.0)
    game = prepare_game(case.load())
    q = (1 - case.problem["strategies"]["a0"]["q"]) / 2 if name == "cournot" else None
    word, parameters = BEST.get(name, ("quantity", {"q": q}))
    gains = won(case, 0, game.deviation(word, **parameters).strategy, 100_000, seed)
    assert_mean(gains, case.truths[0].most, ALARM)
    assert gains.std() > 3 * case.epsilon  # the shocks do not cancel


@pytest.mark.parametrize("name", ONE_SHOT)
def test_no_formula_is_known_of_a_plug_in(name):
    with pytest.raises(nashbox.InputError, match="exact"):
        nashbox.audit(MEMBERS[name].case("normal", 10.0).load(), method="exact")


# races: the dynamic programme, and simulation


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "strategy"),
    [("hasty_race", Spec("signaller", {})), ("costly_race", Spec("optimal_stopper", {}))],
)
def test_races_gain_what_they_do_in_simulation(name, strategy, seed):
    case = MEMBERS[name].case("normal", 10.0)
    game = prepare_game(case.load())
    deviation = game.read_strategy(0, strategy, PLUGINS, "test")
    gains = won(case, 0, deviation, 30_000, seed)
    assert_mean(gains, case.truths[0].most, ALARM)
    with pytest.raises(AssertionError):
        assert_mean(gains, 1.5 * case.truths[0].most, ALARM)
    assert case.truths[0].least == case.truths[0].most == pytest.approx(10 * case.epsilon)


# noise


@pytest.mark.parametrize("tails", ["normal", "lognormal", "rare", "errs"])
def test_noise_has_mean_0_and_variance_1(tails, seed):
    x = tails_module().draw(tails, 2_000_000, np.random.default_rng(seed))
    assert_mean(x, 0.0, 1e-4)
    assert_mean(x**2, 1.0, 1e-4)


@pytest.mark.parametrize("tails", TAILS[:4])
def test_noise_has_the_distribution_it_says(tails, seed):
    x = tails_module().draw(tails, 400_000, np.random.default_rng(seed))
    known = {
        "normal": norm,
        "t3": t(3, scale=math.sqrt(1 / 3)),
        "t2.5": t(2.5, scale=math.sqrt(0.5 / 2.5)),
        "lognormal": lognorm(1, -(scale := 1 / math.sqrt(math.e**2 - math.e)) * math.e**0.5, scale),
    }[tails]
    for p in (0.001, 0.1, 0.5, 0.9, 0.999):
        assert_mean(x <= known.ppf(p), p, ALARM)


# needles: what is known of them, and whether audits find them


def test_a_needle_gains_what_it_does_in_simulation(seed):
    case = NEEDLES["needle"].case("normal", None)
    gains = saved(case, 0, honest(37), 20_000, seed)
    assert_mean(gains, case.truths[0].least, ALARM)
    for n in (36, 38, 71):
        alone = penalties(case, 0, honest(n), 4000, seed)[1]
        assert_mean(alone, 100 / n + 100 / 71**2 * n, ALARM)


def test_a_correlated_lie_gains_what_it_does_in_simulation(seed):
    case = NEEDLES["correlated_lie"].case("normal", None)
    lie = honest([50, 50], shift=[20.0, -20.0])
    assert_mean(saved(case, 1, lie, 20_000, seed), case.truths[1].least, ALARM, atol=2e-3)
    for shift in ([20.0, 20.0], [20.0, 0.0], [-20.0, 20.0]):
        assert_mean(penalties(case, 1, honest([50, 50], shift=shift), 4000, seed)[1], 8.0, ALARM)
    assert needles.missed_chance(50) < 1e-8


@pytest.mark.slow
@pytest.mark.parametrize("name", list(NEEDLES))
def test_an_audit_finds_a_needle(name, seed):
    case = NEEDLES[name].case("normal", None)
    answer = nashbox.audit(
        case.load(), method="black_box", epsilon=case.epsilon, seed=seed, budget=250_000, workers=1
    )
    for row, known in zip(answer.agents, case.truths, strict=True):
        assert row.verdict == "profitable"
        assert row.gain.lower <= known.most
        assert row.gain.upper >= known.least * (1 - 1e-12)  # what rounds in many worlds


@pytest.mark.slow
def test_every_member_can_be_made():
    kinds = {member.kind for member in MEMBERS.values()}
    assert len(MEMBERS) >= 8
    assert len(kinds) >= 5
    for member in MEMBERS.values():
        for tails in member.tails:
            case = member.case(tails, member.ratios[0])
            assert len(case.truths) == from_mapping(case.problem, PLUGINS).m
            assert all(known.least <= known.most + 1e-9 for known in case.truths)
            assert case.epsilon > 0
