from fractions import Fraction

import numpy as np
import pytest
from testing_brute import Tree

from nashbox.problem.errors import InputError
from nashbox.solver import (
    Contest,
    Cost,
    Rival,
    best_response,
    critical_cost_ratio,
    signaller_payoff,
    solve,
    win,
)
from tests.testing_games import CASES, COIN, HALF, SHARP, SIX, parse
from tests.testing_simulation import assert_mean, draw

TENTH = Fraction(1, 10)
G1 = Contest(1.0, 0.01)


def respond(own, rival, payoff, **options):
    return best_response(own, rival, HALF, TENTH, payoff, **options)


@pytest.mark.sparse(1)
@pytest.mark.parametrize(
    "alpha, knows, anticipates",
    [(0.0, None, True), (0.25, None, True), (0.5, None, True), (0.5, None, False),
     (0.5, "signed", True), (0.5, "crossing", False)],
)  # fmt: skip
def test_contest_of_equals_has_no_deviation(alpha, knows, anticipates):
    game = solve(CASES["a"], HALF, TENTH)
    value = signaller_payoff(game, "A", G1, anticipates=True)
    assert value == pytest.approx(0.340811, abs=1e-6)
    best = respond(COIN, Rival(COIN, alpha, anticipates), G1, knows=knows)
    assert best.lower == pytest.approx(value, abs=1e-9)
    assert best.upper == pytest.approx(value, abs=1e-9)


def test_bluffing_pays_against_an_anticipating_rival_only():
    game = solve(CASES["a"], HALF, TENTH)
    honest = signaller_payoff(game, "A", G1, anticipates=True)
    bluff = respond(COIN, Rival(COIN), G1, signals="any")
    assert bluff.lower - honest == pytest.approx(0.407613, abs=1e-6)
    assert bluff.lower == pytest.approx(1 - 0.01 * game.expected_time["A"], abs=1e-9)
    deaf = respond(COIN, Rival(COIN, anticipates=False), G1, signals="any")
    assert deaf.upper == pytest.approx(honest, abs=1e-9)


@pytest.mark.slow
def test_cost_payoff_low_price():
    payoff = Cost(0.005, 1.0)
    game = solve(CASES["a"], HALF, TENTH)
    played = signaller_payoff(game, "A", payoff, anticipates=True)
    best = respond(COIN, Rival(COIN), payoff)
    assert -played == pytest.approx(0.270857, abs=1e-6)
    assert -best.upper == pytest.approx(0.206494, abs=1e-6)
    assert best.lower - played == pytest.approx(0.064363, abs=1e-6)
    alone = signaller_payoff(game, "A", payoff, anticipates=False)
    assert best.lower == pytest.approx(alone, abs=1e-9)


def test_cost_payoff_high_price():
    payoff = Cost(0.02, 1.0)
    game = solve(CASES["a"], HALF, TENTH)
    played = signaller_payoff(game, "A", payoff, anticipates=True)
    best = respond(COIN, Rival(COIN), payoff)
    assert -played == pytest.approx(0.509640, abs=1e-6)
    assert -best.upper == pytest.approx(0.384615, abs=1e-6)
    gain = best.lower - played  # .02 * 15.918879170 + .191262631 - 5/13
    assert gain == pytest.approx(0.125024829, abs=1e-9)
    alone = signaller_payoff(game, "A", payoff, anticipates=False)
    assert alone - played == pytest.approx(-0.0742, abs=5e-5)
    # stopping at two net observations: E = 50/13 iterations, error 4/13
    assert -best.lower == pytest.approx(0.02 * 50 / 13 + 4 / 13, abs=1e-12)


def test_too_many_beliefs_widen_the_bounds():
    """Six unrelated ratios of one's own: only short horizons can be listed, and that is said."""
    best = respond(SIX, Rival(COIN), G1)
    assert best.horizon < 64
    assert 1e-6 < best.upper - best.lower < 0.05
    game = solve({"A": SIX, "B": COIN}, HALF, TENTH, cells=100_000)
    played = signaller_payoff(game, "A", G1, anticipates=True)
    assert played <= best.upper


def test_critical_price():
    assert critical_cost_ratio(solve(CASES["a"], HALF, TENTH), "A") == pytest.approx(
        0.011967, abs=1e-6
    )


@pytest.mark.slow
def test_unequal_contest():
    """A has nothing to gain. B may quit: worth 2e-8 at this price, more at a higher one."""
    game = solve(CASES["c"], HALF, TENTH)
    for name, own, rival in (("A", SHARP, COIN), ("B", COIN, SHARP)):
        for cost, least in ((0.01, 1e-8), (0.05, 0.05)):
            payoff = Contest(1.0, cost)
            best = respond(own, Rival(rival), payoff)
            gain = best.lower - signaller_payoff(game, name, payoff, anticipates=True)
            if name == "A":
                assert gain == pytest.approx(0.0, abs=1e-9) if cost == 0.01 else gain > -1e-9
            else:
                assert gain > least
    free = respond(COIN, Rival(SHARP), win())
    assert free.upper == pytest.approx(game.wins["B"] + game.tie / 2, abs=1e-9)


@pytest.mark.slow
def test_asymmetric_models_hide_nothing():
    """Magnitudes of SHARP name every symbol: alpha cannot matter."""
    values = [respond(COIN, Rival(SHARP, alpha), Cost(0.01, 1)) for alpha in (0.0, 0.3, 0.5, 1.0)]
    for value in values:
        assert value.lower == pytest.approx(values[0].lower, abs=1e-9)
        assert value.upper == pytest.approx(values[0].upper, abs=1e-9)
    assert values[0].lower > respond(COIN, Rival(SHARP), Cost(0.01, 1), knows="crossing").upper


@pytest.mark.slow
def test_more_information_is_worth_more():
    """Symmetric models: magnitudes tell nothing about theta, signs do."""
    values = [
        respond(COIN, Rival(COIN), Cost(0.01, 1), knows=knows)
        for knows in ("crossing", "magnitude", "signed")
    ]
    assert values[0].lower == pytest.approx(values[1].lower, abs=1e-9)
    assert values[2].lower > values[1].upper + 0.05
    between = respond(COIN, Rival(COIN, 0.3), Cost(0.01, 1))
    assert between.lower == pytest.approx(values[1].lower, abs=1e-9)
    assert between.upper == pytest.approx(values[2].upper, abs=1e-9)
    assert between.receivers == ("magnitude", "signed")


STRONG = parse([0.7, 0.3], [0.3, 0.7])
THREE = parse([0.5, 0.3, 0.2], [0.2, 0.3, 0.5])
SKEW = parse([0.8, 0.2], [0.4, 0.6])
SHORT = [
    (STRONG, STRONG, HALF, 4), (SKEW, STRONG, HALF, 4), (STRONG, SKEW, Fraction(2, 5), 4),
    (STRONG, STRONG, Fraction(3, 10), 4), (THREE, THREE, HALF, 3), (SKEW, THREE, Fraction(2, 5), 3),
]  # fmt: skip
PRICES = [Contest(1.0, 0.03), Contest(2.0, 0.3), Cost(0.02, 1.0), Cost(0.05, 1.0)]


@pytest.mark.sparse(5)
@pytest.mark.parametrize("own, rival, prior, horizon", SHORT)
@pytest.mark.parametrize("signals", ["paper", "any"])
@pytest.mark.parametrize("anticipates", [True, False])
def test_against_the_tree_of_all_histories(own, rival, prior, horizon, signals, anticipates):
    beta = Fraction(1, 5)
    for payoff in PRICES:
        for alpha in (0.5, 1.0) if horizon == 4 else (0.5,):
            other = Rival(rival, alpha, anticipates)
            tree = Tree(own, other, prior, beta, payoff, signals == "any", horizon).value()
            best = best_response(own, other, prior, beta, payoff, signals, horizon=horizon)
            assert best.lower == pytest.approx(tree, abs=1e-12), (payoff, alpha)
            assert best.upper >= tree - 1e-12


def test_other_alphas_lie_between():
    for payoff in PRICES:
        other = Rival(STRONG, 0.75)
        tree = Tree(STRONG, other, HALF, Fraction(1, 5), payoff, False, 3).value()
        low, high = (
            best_response(STRONG, other, HALF, Fraction(1, 5), payoff, knows=knows, horizon=3).lower
            for knows in ("magnitude", "signed")
        )
        assert low - 1e-12 <= tree <= high + 1e-12


def test_the_tree_notices_a_wrong_programme():
    """Power: an answer for the wrong kind of receiver is off by far more than the tolerance."""
    tree = Tree(STRONG, Rival(STRONG), HALF, Fraction(1, 5), Cost(0.02, 1), False, 4).value()
    wrong = best_response(
        STRONG, Rival(STRONG), HALF, Fraction(1, 5), Cost(0.02, 1), knows="signed", horizon=4
    )
    assert abs(wrong.lower - tree) > 1e-3


def replay(best, own, rival, prior, beta, payoff, games, rng):
    """Play the policy against a simulated rival; payoffs (R,)."""
    limit = np.log(float((1 - beta) / beta)) - 1e-9
    theta = (rng.random(games) < float(prior)).astype(int)
    player = best.policy.start(games)
    counts = np.zeros((games, rival.model.symbols))
    start = np.log(float(prior / (1 - prior)))
    paid, done = np.zeros(games), np.zeros(games, dtype=bool)
    there = np.ones(games, dtype=bool)  # rival still plays
    taken = np.zeros(games, dtype=bool)  # the prize is gone
    price = payoff.cost if isinstance(payoff, Contest) else payoff.c
    while not done.all():
        player.observe(draw(own, theta, rng))
        loud = player.announces()
        counts[np.arange(games)[there], draw(rival.model, theta, rng)[there]] += 1
        odds = start + counts @ np.array(rival.model.log_likelihood_ratios)
        crosses = there & (np.abs(odds) >= limit)
        gone = crosses | (there & rival.anticipates & loud)
        coin = np.where(rng.random(games) < rival.alpha, 1, -1)
        stop = player.decide(odds * coin, gone) & ~done
        paid[~done] -= price
        if isinstance(payoff, Contest):
            share = np.where(taken, 0.0, np.where(crosses, 0.5, 1.0))
            paid[stop] += (payoff.prize * share * player.crossed)[stop]
        else:
            known = player.log_odds + player.log_ratio
            toss = rng.random(games) < 0.5
            declared = np.where(np.abs(known) < 1e-9, toss, known > 0)
            paid[stop] -= payoff.chat * (declared != (theta == 1))[stop]
        taken |= crosses
        there &= ~gone
        done |= stop
    return paid


@pytest.mark.sparse(1)
@pytest.mark.parametrize("payoff", [Contest(1.0, 0.05), Cost(0.01, 1.0)])
@pytest.mark.parametrize("signals", ["paper", "any"])
@pytest.mark.parametrize("own, other", [(COIN, SHARP), (SHARP, COIN), (THREE, THREE)])
def test_policies_earn_their_value(payoff, signals, own, other):
    rng = np.random.default_rng(6)
    for alpha in (0.5, 1.0):
        rival = Rival(other, alpha)
        best = respond(own, rival, payoff, signals=signals)
        paid = replay(best, own, rival, HALF, TENTH, payoff, 10_000, rng)
        assert_mean(paid, best.lower, 1e-6 / 24)


@pytest.mark.parametrize(
    "call, words",
    [
        (lambda: Rival(COIN, 1.5), "alpha must be"),
        (lambda: Contest(-1.0, 0.1), "contest.prize"),
        (lambda: Cost(0.1, float("inf")), "cost.chat"),
        (lambda: respond(COIN, Rival(COIN), Cost(0.0, 1.0)), "cost.c must be above 0"),
        (lambda: respond(COIN, Rival(COIN), G1, signals="loud"), "signals must be"),
        (lambda: respond(COIN, Rival(COIN), G1, knows="all"), "knows must be"),
        (lambda: respond(COIN, Rival(SIX), G1), "at most"),
    ],
)
def test_bad_questions(call, words):
    with pytest.raises(InputError, match=words):
        call()
