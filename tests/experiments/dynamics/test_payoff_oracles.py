"""Exact and simulated payoffs of profiles with liars in them, against each other."""

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import norm

from nashbox import Mechanism
from nashbox.experiments.dynamics import adapt, oracle_for, read_choices
from nashbox.games.estimation import prepare
from nashbox.mechanisms import MECHANISMS
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.mechanisms.means import SampleMean
from nashbox.problem.errors import ContractError, InputError
from nashbox.problem.files import from_mapping, load
from nashbox.problem.plays import Play
from nashbox.problem.pollution import PollutedPool
from nashbox.problem.terms import View
from nashbox.strategies import Strategy, Truthful
from tests.games import figure1, worked_case
from tests.places import EXAMPLES

LIARS = [
    "truthful",
    "fabricator",
    {"name": "fabricator", "kind": "own_mean", "fraction": 0.3},
    {"name": "shifter", "shift": 1.5},
    "free_rider",
    {"name": "withholder", "fraction": 0.4},
    {"name": "mixer", "weight": 0.6},
]
HONEST = ["truthful", "under_collector", "free_rider", {"name": "withholder", "fraction": 0.4}]
GAMES = {
    "sample_mean": (lambda: worked_case(m=7, mechanism="sample_mean"), LIARS),
    "counted_mean": (lambda: worked_case(m=7, mechanism="counted_mean"), LIARS),
    "alone": (lambda: worked_case(m=7, mechanism="alone"), LIARS),
    "cbl without leverage": (lambda: figure1(mechanism="cbl", plan="nash"), LIARS),
    "two distributions": (lambda: worked_case(m=7, d=2, mechanism="sample_mean"), LIARS),
    "cbl": (lambda: worked_case(m=20), HONEST),
}
PROFILES = 2
FALSE_ALARM = 1e-6 / (len(GAMES) * PROFILES * 7 * len(LIARS))


def both(problem, menu, worlds, seed):
    choices = read_choices(problem, menu)
    return (
        oracle_for(problem, choices, "exact", worlds, seed),
        oracle_for(problem, choices, "simulated", worlds, seed),
    )


@pytest.mark.sparse(2)
@pytest.mark.parametrize("name", GAMES)
def test_formula_and_simulation_agree(name, seed):
    make, menu = GAMES[name]
    exact, simulated = both(make(), menu, 8000, seed)
    rng = np.random.default_rng(seed + 1)
    for _ in range(PROFILES):
        profile = rng.integers(exact.K, size=exact.m)
        for i in {0, exact.m - 1}:
            right, found = exact.against(i, profile), simulated.against(i, profile)
            assert (right.se == 0).all()
            ruined = np.isneginf(right.values)
            np.testing.assert_array_equal(np.isneginf(found.values), ruined)
            z = norm.isf(FALSE_ALARM / 2)
            gap = np.abs(found.values[~ruined] - right.values[~ruined])
            assert (gap <= z * found.se[~ruined] + 1e-9).all()


def test_a_formula_blind_to_made_up_points_is_caught(seed):
    """Taking padded points for honest ones is off by more than the simulation's error."""
    exact, simulated = both(GAMES["sample_mean"][0](), LIARS, 8000, seed)
    profile = np.array([0, 1, 1, 2, 2, 2, 1])
    found = simulated.against(0, profile)
    blind = -(100 / exact.game.terms.counts.sum() + 0.05 * exact.data(0, 0))
    assert abs(found.values[0] - blind) > norm.isf(FALSE_ALARM / 2) * found.se[0]


def test_covariances_make_gains_sharper_than_payoffs(seed):
    _, simulated = both(GAMES["sample_mean"][0](), ["truthful", "under_collector"], 4000, seed)
    answer = simulated.against(0, np.zeros(7, dtype=int))
    assert answer.se_of_gain(0)[1] < 0.5 * answer.se[1]


@pytest.mark.parametrize("weight", [None, 1.0, 0.4])
@pytest.mark.parametrize("others", [0.0, 30.0])
@pytest.mark.parametrize("pooled", [True, False])
def test_among_honest_points_nothing_is_new(weight, others, pooled):
    channel = MeanChannel(10.0, others, pooled=pooled)
    crowd = [Play.truthful(10.0)] * int(others / 10)
    pool = PollutedPool.of(crowd, 10.0)
    forced = PollutedPool(pool.N, pool.W, pool.B, honest=False)  # by the general formula
    play = Play(8.0, 12.0, 8.0, 0.7, weight)
    assert channel.risk_among(play, forced) == pytest.approx(channel.risk(play)[0], rel=1e-12)


def test_fakes_from_nowhere_ruin_whoever_relies_on_them():
    problem = worked_case(m=5, mechanism="sample_mean")
    menu = ["truthful", {"name": "fabricator", "kind": "constant"}, "ignorer"]
    oracle = oracle_for(problem, read_choices(problem, menu), "exact", 2, 0)
    values = oracle.against(0, np.array([0, 1, 0, 0, 0])).values
    assert np.isneginf(values[0]) and np.isfinite(values[2])
    simulated = oracle_for(problem, read_choices(problem, menu), "simulated", 100, 0)
    assert "values of mu" in simulated.method
    assert simulated.against(0, np.array([0, 1, 0, 0, 0])).values[0] < -1e6


def test_padding_under_cbl_among_agents_who_hand_in_nothing(seed):
    """Nothing of the others comes back: she is left with the mean of her own five points."""
    choices = read_choices(worked_case(), ["free_rider", "fabricator"])
    oracle = oracle_for(worked_case(), choices, "simulated", 4000, seed)
    answer = oracle.against(0, np.zeros(20, dtype=int))
    assert abs(answer.values[1] + 100 / 5 + 0.05 * 5) < norm.isf(1e-6 / 2) * answer.se[1]


def test_agents_that_are_alike_are_asked_once():
    oracle, _ = both(worked_case(m=20), HONEST, 2, 0)
    rng = np.random.default_rng(0)
    profile = np.repeat([0, 1, 2, 3], 5)
    answers = []
    for _ in range(6):
        shuffled = rng.permutation(profile)
        i = int(np.flatnonzero(shuffled == 1)[0])
        answers.append(oracle.against(i, shuffled).values)
    assert oracle.asked == 1 and all((a == answers[0]).all() for a in answers)


def test_ten_agents_under_cbl_are_of_two_kinds():
    problem = worked_case(m=10)  # four of them work alone
    oracle = oracle_for(problem, read_choices(problem, HONEST), "auto", 2, 0)
    assert oracle.exact and sorted(np.bincount(oracle.kinds)) == [4, 6]


def test_answers_do_not_depend_on_the_order_of_questions(seed):
    make = GAMES["counted_mean"][0]
    profiles = np.random.default_rng(seed).integers(2, size=(4, 7))
    menu = ["truthful", "fabricator"]
    found = []
    for order in (profiles, profiles[::-1]):
        _, oracle = both(make(), menu, 50, seed)
        answers = {tuple(p): oracle.against(2, p).values for p in order}
        found.append([answers[tuple(p)] for p in profiles])
    np.testing.assert_array_equal(found[0], found[1])


@dataclass(frozen=True)
class Lazy(Strategy):
    """A user's strategy."""


@dataclass(frozen=True)
class Half(Mechanism):
    """A user's mechanism."""

    def mediate(self, submissions, terms, rng):
        return [s.mean for s in submissions]


def test_nothing_is_taken_for_granted_of_plugins():
    problem = worked_case(m=4, mechanism="sample_mean")
    oracle = oracle_for(problem, read_choices(problem, ["truthful", Lazy()]), "auto", 100, 0)
    assert not oracle.exact and oracle.kinds.tolist() == [0, 1, 2, 3]
    assert np.isfinite(oracle.against(1, np.array([0, 1, 0, 1])).values).all()
    mixed = {"name": "mixed", "strategies": [Lazy(), "ignorer"]}
    hidden = oracle_for(problem, read_choices(problem, ["truthful", mixed]), "auto", 100, 0)
    assert hidden.kinds.tolist() == [0, 1, 2, 3]


def test_where_no_formula_is_known_exact_is_refused():
    problem = worked_case()
    choices = read_choices(problem, ["truthful", "fabricator"])
    with pytest.raises(InputError, match="not measured"):
        oracle_for(problem, choices, "exact", 10, 0)
    assert not oracle_for(problem, choices, "auto", 10, 0).exact
    with pytest.raises(InputError, match='counts = "real"'):
        oracle_for(worked_case(counts="real"), choices, "auto", 10, 0)


def test_testing_games_exact_and_simulated(seed):
    problem = load(EXAMPLES / "testing" / "case_a.toml")
    menu = ["signaller", {"name": "signaller", "alpha": 1.0, "anticipate": False}]
    exact, simulated = both(problem, menu, 20_000, seed)
    z = norm.isf(1e-6 / 8 / 2)
    for profile in ([0, 0], [0, 1], [1, 0], [1, 1]):
        right = exact.against(0, np.array(profile)).values
        found = simulated.against(0, np.array(profile))
        assert (np.abs(found.values - right) <= z * found.se).all()
        assert np.abs(found.values - right[::-1]).max() > z * found.se.max()  # mixed up: seen


def test_testing_agents_on_a_ring_are_all_their_own_kind():
    problem = load(EXAMPLES / "testing" / "ring.toml")
    oracle = oracle_for(problem, read_choices(problem, ["signaller", "bluffer"]), "auto", 50, 0)
    assert oracle.kinds.tolist() == list(range(problem.m))


def test_tied_distributions_are_priced_together(seed):
    """Of a joint threshold rule, where adding up distributions one by one is wrong."""
    rules = {"name": "threshold", "joint": True, "kind": [["threshold", "threshold"]] * 3}
    rules |= {"n": [[9, 8]] * 3, "z": [[6, 5]] * 3, "t": [[4.0, 4.0]] * 3}
    body = {"game": "estimation", "sigma": 10.0, "costs": [[0.05, 0.06]] * 3, "mechanism": rules}
    exact, simulated = both(from_mapping(body), ["truthful", "under_collector"], 40_000, seed)
    bound = norm.isf(1e-6 / 8)  # four numbers, two-sided
    for profile in (np.zeros(3, dtype=int), np.array([0, 1, 1])):
        right, measured = exact.against(0, profile), simulated.against(0, profile)
        assert (np.abs(right.values - measured.values) <= bound * measured.se).all()
    game = prepare(from_mapping(body))
    channels = View(0, game.terms, game.terms.counts).risks().channels
    apart = sum(c.risk(Play.truthful(n))[0] for c, n in zip(channels, (9.0, 8.0), strict=True))
    honest = simulated.against(0, np.zeros(3, dtype=int))
    assert abs(apart + 9 * 0.05 + 8 * 0.06 + honest.values[0]) > bound * honest.se[0]


@dataclass(frozen=True)
class Lossy(SampleMean):
    """Tells the mean with noise: not what the formulas of its parent are about."""

    def mediate(self, submissions, terms, rng):
        return [
            told + 3 * rng.standard_normal(told.shape)
            for told in super().mediate(submissions, terms, rng)
        ]


@dataclass(frozen=True)
class Eager(Truthful):
    """Collects three times what it is asked for, and does not say so."""

    def gather(self, view, rng):
        return 3 * super().gather(view, rng)


@pytest.mark.parametrize("mechanism, liar", [(Lossy, Truthful()), (SampleMean, Eager())])
def test_formulas_are_not_for_subclasses_that_change_the_rules(monkeypatch, mechanism, liar):
    monkeypatch.setitem(MECHANISMS, "mine", mechanism)
    problem = worked_case(m=4, mechanism="mine")
    menu = read_choices(problem, [liar, "free_rider"])
    with pytest.raises(InputError, match="than the formulas of"):
        oracle_for(problem, menu, "exact", 2, 0)
    found = oracle_for(problem, menu, "auto", 4000, 0)
    answer = found.against(0, np.zeros(4, dtype=int))
    counts = found.game.terms.counts[:, 0] * (3 if isinstance(liar, Eager) else 1)
    noise = 9 if mechanism is Lossy else 0
    right = -(100 / counts.sum() + noise + 0.05 * counts[0])
    if mechanism is Lossy:
        with pytest.raises(ContractError, match="than the formulas of"):
            adapt(problem, rounds=1)
    assert not found.exact and abs(answer.values[0] - right) < norm.isf(1e-6 / 4) * answer.se[0]
