"""The claims of the second paper: verdicts, what turns them, and second derivations of numbers."""

import json
import math
import pickle
from functools import cache

import pytest
from matplotlib.figure import Figure

from nashbox.experiments.figures import races
from nashbox.experiments.paired import paired
from nashbox.games.testing import exact, prepare_testing
from nashbox.measure.seeds import Stage
from nashbox.papers.claim import Finding
from nashbox.papers.findings import agrees, bisect
from nashbox.papers.raghavan2025 import (
    CLAIMS,
    advantage,
    alpha,
    contest,
    first,
    leaks,
    numbers,
    own,
    price,
    receivers,
)
from nashbox.papers.raghavan2025.games import (
    BETA,
    COIN,
    SHARP,
    case_problem,
    race_of,
)
from nashbox.problem.observations import ObservationModel
from nashbox.problem.payoffs import Contest, Cost
from nashbox.problem.signal import OwnSignal
from nashbox.solver import Race, Rival, best_response
from nashbox.solver.law import StoppingLaw
from nashbox.strategies.testing import InformedBayesian, RaceBestResponse, Signaller
from nashbox.strategies.testing.informed import Filter

BY_ID = {claim.id: claim for claim in CLAIMS}
VERDICTS = {
    "claim1-informed": "holds if",
    "claim1-naive": "holds if",
    "claim1-alone": "holds",
    "claim1-anticipating": "holds",
    "claim1-leak": "holds if",
    "claim2-path": "holds",
    "claim2-6b": "holds",
    "claim2-cost": "holds if",
    "claim2-price": "holds if",
    "claim3": "holds if",
    "divergence": "holds if",
    "divergence-symmetric": "holds if",
    "system-time": "holds if",
    "equilibrium": "holds if",
    "equilibrium-alpha": "holds",
    "equilibrium-signals": "holds if",
    "equilibrium-unequal": "holds if",
    "equilibrium-cost": "fails",
    "numbers": "holds",
    "stopping-laws": "holds",
    "conventions": "holds",
}
LONG = {"claim1-naive", "claim1-alone", "claim2-cost", "equilibrium-unequal"}


@cache
def found(name):
    return BY_ID[name].check(True, 0)


def marked(names):
    return [pytest.param(n, marks=pytest.mark.slow) if n in LONG else n for n in names]


def value(finding, name):
    return next(n.value for n in finding.numbers if n.name == name)


def test_every_claim_has_an_expected_verdict():
    assert [claim.id for claim in CLAIMS] == list(VERDICTS)


@pytest.mark.slow
@pytest.mark.parametrize("name", marked(VERDICTS))
def test_verdict(name):
    finding = found(name)
    assert finding.verdict == VERDICTS[name], finding.condition
    assert finding.condition and finding.computed
    assert all(agrees(number) for number in finding.numbers)
    assert all(len(row) == len(t.columns) for t in finding.tables for row in t.rows)


@pytest.mark.slow
@pytest.mark.parametrize("name", marked(VERDICTS))
def test_a_stored_finding_is_shown_like_a_fresh_one(name):
    finding = found(name)
    text = json.dumps(finding.to_json(), allow_nan=False)
    stored = Finding.from_json(json.loads(text))
    assert stored.to_json() == finding.to_json()
    if BY_ID[name].draw is not None:
        figure = Figure()
        BY_ID[name].draw(stored, figure)
        assert all(ax.has_data() and ax.get_xlabel() and ax.get_ylabel() for ax in figure.axes)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["numbers", "stopping-laws"])
def test_a_seed_gives_one_finding(name):
    check = pickle.loads(pickle.dumps(BY_ID[name].check))
    assert check(True, 0).to_json() == found(name).to_json()
    assert check(True, 1).to_json() != found(name).to_json()
    assert check(True, 1).verdict == found(name).verdict


# What a claim says if a formula that it rests on is wrong.


def broken_anticipation(patch):
    patch.setattr(Signaller, "warned", lambda self, mind, words: None)


def broken_divergence(patch):
    patch.setattr(advantage, "divergence", lambda model: 1 / model.d01)


def broken_loser(patch):
    patch.setattr(StoppingLaw, "lean_wrong", property(lambda self: self.lean[:, 2] / 2))
    patch.setattr(first, "RANDOM", {True: 2})


def broken_error(patch):
    right = StoppingLaw.stop_wrong.fget
    patch.setattr(StoppingLaw, "stop_wrong", property(lambda self: right(self) / 2))


def broken_evidence(patch):
    patch.setattr(receivers, "_heard", lambda s, *_: 0 * s)
    patch.setattr(alpha, "DIRECTIONS", alpha.DIRECTIONS[:1])


def broken_bayesian(patch):
    right = InformedBayesian.heard
    patch.setattr(InformedBayesian, "heard", lambda *a: 2 * right(*a))
    patch.setattr(alpha, "DIRECTIONS", alpha.DIRECTIONS[:1])


def broken_receiver(patch):
    patch.setattr(receivers, "_rule", lambda rule, beta, own, crossed, *rest: (crossed, own))
    patch.setattr(alpha, "ALPHAS", (0.0, 0.5, 1.0))


def broken_mirror(patch):
    name = "asymmetric model or its mirror image, equally likely"
    patch.setitem(leaks.LISTENERS, name, (True, [leaks.LISTENERS[name][1][0]]))
    patch.setattr(leaks, "DEPTH", {True: 3})


def broken_filter(patch):
    right = Filter.__init__
    patch.setattr(Filter, "__init__", lambda self, m, _, start: right(self, m, 1, start))


def broken_fusion(patch):
    def product(self, mind, words):
        total = mind.log_odds + words[0].signal.log_odds if words else mind.log_odds
        return 1 / (1 + math.e**-total)

    patch.setattr(Signaller, "fuse", product)


def broken_ratio(patch):
    right = price.critical_cost_ratio
    patch.setattr(price, "critical_cost_ratio", lambda *a: 1.01 * right(*a))
    patch.setattr(price, "PRICES", price.PRICES[:1])


def broken_ruin(patch):
    right = numbers.symmetric_bernoulli
    patch.setattr(numbers, "symmetric_bernoulli", lambda q, beta: right(q, beta * 0.999))


def broken_payoff(patch):
    right = exact.signaller_payoff
    patch.setattr(exact, "signaller_payoff", lambda *a, **k: right(*a, **k) - 0.01)
    patch.setattr(contest, "ALPHAS", {True: (0.5,)})


def broken_magnitude(patch):
    patch.setattr(OwnSignal, "sure", lambda self, beta: self.truth & self.walk.crossed(beta))


def broken_bluff(patch):
    right = contest.best_response
    patch.setattr(contest, "best_response", lambda *a: right(*a[:5], "paper"))


def broken_minimum(patch):
    patch.setattr(Race, "expected_min", property(lambda self: self.expected_max))


def broken_price(patch):
    patch.setattr(Cost, "costs", lambda self, outcome: 2.0 * self.c * outcome.tau)


def broken_law(patch):
    right = races.first_stop_law
    patch.setattr(races, "first_stop_law", lambda solution: right(solution)[1:])


@pytest.mark.sparse(6)
@pytest.mark.parametrize(
    "name, plant",
    [
        ("numbers", broken_anticipation),
        ("numbers", broken_error),
        ("conventions", broken_ruin),
        ("stopping-laws", broken_law),
        ("divergence-symmetric", broken_divergence),
        pytest.param("divergence", broken_divergence, marks=pytest.mark.slow),
        ("claim3", broken_loser),
        ("system-time", broken_minimum),
        ("claim1-anticipating", broken_receiver),
        ("claim1-leak", broken_mirror),
        ("claim2-path", broken_fusion),
        ("claim2-price", broken_ratio),
        ("equilibrium-alpha", broken_magnitude),
        ("equilibrium-signals", broken_bluff),
        pytest.param("equilibrium", broken_payoff, marks=pytest.mark.slow),
        ("claim1-leak", broken_filter),
        ("claim1-informed", broken_evidence),
        ("claim1-informed", broken_bayesian),
        pytest.param("claim2-cost", broken_price, marks=pytest.mark.slow),
    ],
)
def test_a_planted_error_turns_the_verdict(name, plant, monkeypatch):
    assert VERDICTS[name] != "fails"
    plant(monkeypatch)
    finding = BY_ID[name].check(True, 0)
    assert finding.verdict == "fails", finding.condition


@pytest.mark.slow
def test_a_policy_that_wins_more_often_is_noticed(monkeypatch):
    right = best_response

    class Better:
        upper = 0.9

    monkeypatch.setattr(own, "best_response", lambda *a, **k: Better() if right else None)
    assert own.check_6b(True, 0).verdict == "fails"


def test_disagreement_is_never_swallowed():
    from nashbox.papers.claim import Number
    from nashbox.papers.findings import finding

    off = Number("x", 1.0, 0.1, 2.0)
    answer = finding([off], True, "fine", method="exact", computed="nothing")
    assert answer.verdict == "fails" and "x is 1" in answer.condition
    assert not agrees(Number("x", math.nan, 1.0, 2.0))
    assert not agrees(Number("x", 2.0, math.nan, 2.1))
    assert agrees(Number("x", math.inf, 0.0, math.inf))


def test_bisection():
    assert bisect(lambda x: x**2 > 2, 0.0, 2.0, 1e-10) == pytest.approx(math.sqrt(2), abs=1e-10)


# Numbers: the true ones of the worked cases, as computed elsewhere (brute force and simulation).

TABLE = """
E tau alone, A | 25.157629 36.995746 9.919179 14.797447
E tau alone, B | 25.157629 36.995746 25.157629 36.995746
error alone, A | .080706 .037553 .080905 .036205
error alone, B | .080706 .037553 .080706 .037553
P(A wins) | .475879 .483506 .826543 .835126
P(B wins) | .475879 .483506 .150804 .147518
P(tie) | .048243 .032987 .022653 .017356
E min | 15.918879 24.014774 8.733268 13.336704
E max | 34.396379 49.976718 26.343540 38.456488
error of the winner | .080706 .037553 .081751 .035993
error of the loser | .313027 .254991 .314380 .266777
error of A over win, tie and loss | .191263 .142686 .114156 .064801
"""


def test_the_table_of_exact_numbers():
    rows = found("numbers").tables[0].rows
    seen = {(row[0], row[1], row[2]): row[3] for row in rows}
    columns = [("a", 0.1), ("a", 0.05), ("c", 0.1), ("c", 0.05)]
    for line in TABLE.strip().splitlines():
        name, values = line.split(" | ")
        for column, text in zip(columns, values.split(), strict=True):
            assert seen[(*column, name)] == pytest.approx(float(text), abs=6e-7), (name, column)


@pytest.mark.slow
def test_the_numbers_of_the_conditions():
    assert value(found("claim2-price"), "critical c/chat, case a, beta 0.1, A") == pytest.approx(
        0.011967, abs=5e-7
    )
    conventions = found("conventions")
    assert value(conventions, "E tau with <=") == pytest.approx(3.6, abs=1e-9)
    assert value(conventions, "E tau with <") == pytest.approx(7.0, abs=1e-9)
    assert value(found("equilibrium-signals"), "gain from bluffing") == pytest.approx(
        0.407612, abs=1e-6
    )
    assert value(found("equilibrium"), "payoff in the contest") == pytest.approx(0.340811, abs=5e-7)
    rare = {row[0]: row for row in found("divergence").tables[1].rows}[1e4]
    assert rare[1] == pytest.approx(0.184, abs=5e-4) and rare[3] < rare[4]


@pytest.mark.slow
def test_what_an_informed_bayesian_gains():
    cost = found("claim2-cost")
    told = "cost, case c, B, rival's alpha 0.5"
    assert value(cost, f"{told}: w = 1, anticipating") == pytest.approx(0.320308, abs=5e-7)
    assert value(cost, f"{told}: best") == pytest.approx(0.112688, abs=5e-7)


def test_the_reversed_game_by_hand():
    """B stops first only in iteration 1: it sees its first symbol, A the one that says 0.

    Odds: B 3 * 10/3 = 10 >= 9; A 3/18 = 1/6, undecided. Later B's odds stay below 9 while A plays.
    """
    race = race_of((first.REVERSED["A"], first.REVERSED["B"]), BETA, prior=first.SKEWED)
    zero, one = 0.25 * 0.15 * 0.9, 0.75 * 0.5 * 0.05
    assert race.stops(1)[:, 0] @ [0.25, 0.75] == pytest.approx(0.25 * 0.15 + 0.75 * 0.5)
    won, lost = first.errors_of_a_win(race, 1)
    assert won == pytest.approx(zero / (zero + one), abs=0.01)
    assert won + lost == pytest.approx(1, abs=0.02)
    assert lost < won


def entropy(p):
    return -p * math.log(p) - (1 - p) * math.log(1 - p)


@pytest.mark.parametrize("told", [0.25, 0.5])
def test_receivers_where_a_closed_form_knows(told):
    """On its own, a coin stops with one error probability: its entropy; time by gambler's ruin."""
    from nashbox.solver import symmetric_bernoulli

    ruin = symmetric_bernoulli(COIN.p1[1], BETA)
    alone = receivers.exact_values(COIN, COIN, BETA, told, "own observations only", 1e-6)
    assert abs(alone.values[0] - float(ruin.expected_time)) <= alone.errors[0]
    assert abs(alone.values[1] - float(ruin.error)) <= alone.errors[1]
    assert abs(alone.values[2] - 0.5) <= alone.errors[2]
    informed = receivers.exact_values(COIN, COIN, BETA, told, "informed Bayesian", 1e-6)
    if told == 0.5:  # nothing leaks: the informed receiver is alone
        assert abs(alone.values[3] - entropy(float(ruin.error))) <= alone.errors[3]
        assert informed.values == pytest.approx(alone.values, abs=1e-4)
    else:
        assert informed.values[0] < alone.values[0] - 5


def test_truth_and_lies_are_the_same_to_those_who_know():
    tell, lie = (
        receivers.exact_values(SHARP, COIN, BETA, told, "informed Bayesian", 1e-6).values
        for told in (0.3, 0.7)
    )
    assert tell == pytest.approx(lie, abs=1e-6)


def test_erasure_models_are_what_they_say():
    for odds in advantage.ODDS:
        model = advantage.erasure(odds)
        assert sum(model.p0) == 1 and model.p0[1] / model.p1[1] == odds
        rare = 0.02 / (1 + odds)
        assert model.d01 == pytest.approx((0.02 - 2 * rare) * math.log(odds), rel=1e-9)


def test_fusing_in_all_small_games():
    """Power: a threshold test on the own belief alone is as early as the first crossing."""
    early, late, games = own.exhaustive_stops(0.5, 4)
    assert (early, games) == (0, 8**4) and late > 0
    early, _, _ = own.exhaustive_stops(-0.5, 4)  # no fusion at all: overshoots both beliefs
    assert early > 0


@pytest.mark.slow
@pytest.mark.parametrize("case, name, cost", [("a", "A", 0.03), ("c", "B", 0.03)])
def test_quitting_earns_what_the_programme_says(case, name, cost):
    """Played in 65,536 paired games, at false-alarm rate 6.3e-5 each."""
    problem = case_problem(case, BETA, contest.contest(cost))
    game = prepare_testing(problem)
    place = problem.names.index(name)
    rival = Rival(problem.models[1 - place])
    payoff = Contest(1, cost)
    best = best_response(problem.models[place], rival, problem.prior, BETA, payoff)
    tried = [Signaller(), RaceBestResponse(horizon=best.policy.horizon)]
    played = paired(game, place, tried, 1 << 16, 0, Stage.VERIFY).gains[1]
    gain = contest.gain(case, name, payoff)
    assert gain > 0.005
    assert abs(played.mean - gain) <= 4 * played.se


def test_information_by_hand():
    """One signal of a known asymmetric model, alpha = 1/2: the magnitude names the symbol."""
    from fractions import Fraction

    law = leaks.signal_law([(Fraction(1), SHARP)], Fraction(1, 2), 1)
    parts = [(0.8, 0.5), (0.2, 0.5)]
    by_hand = sum(x / 2 * math.log(2 * x / (a + b)) for a, b in parts for x in (a, b))
    assert leaks.information(law) == pytest.approx(by_hand, abs=1e-12)
    model = ObservationModel.parse(["0.7", "0.3"], ["0.3", "0.7"])
    assert leaks.information(leaks.signal_law([(Fraction(1), model)], Fraction(1, 2), 3)) == 0
    assert leaks.information(leaks.signal_law([(Fraction(1), model)], Fraction(1, 3), 1)) > 0
