"""Every revision rule on games whose answer is known."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import chi2

from nashbox.experiments.dynamics import (
    BestResponse,
    FictitiousPlay,
    Imitation,
    Logit,
    Replicator,
    best_response_dynamics,
)
from nashbox.experiments.dynamics.empirical import EmpiricalGame
from nashbox.experiments.dynamics.logit import logit_choice
from nashbox.games.estimation import prepare
from nashbox.model.population import Population
from nashbox.problem.errors import InputError
from nashbox.problem.payoff_oracle import Answer, PayoffOracle
from tests.games import figure1, worked_case
from tests.statistics_for_tests import assert_mean
from tests.table_oracle import TableOracle

PENNIES = np.array([[1.0, -1.0], [-1.0, 1.0]])
ROCK = np.array([[0.0, -1.0, 1.0], [1.0, 0.0, -1.0], [-1.0, 1.0, 0.0]])
SHAPLEY = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]])


def frequencies(model, rounds):
    """Play; how often each agent played what, (m, K)."""
    seen = np.zeros((model.oracle.m, model.oracle.K))
    for _ in range(rounds):
        model.step()
        for agent in model.players:
            seen[agent.index, agent.played] += 1
    return seen / rounds


# replicator


@pytest.mark.parametrize("start", [0.05, 0.4, 0.95])
def test_hawks_and_doves_end_at_the_mixed_equilibrium(start):
    V, C = 2.0, 5.0  # Maynard Smith: hawks end at V/C
    flow = Replicator(TableOracle(np.array([[(V - C) / 2, V], [0.0, V / 2]])))
    end = flow.advance(np.array([[start, 1 - start]]), 60.0)
    assert end[0, 0] == pytest.approx(V / C, abs=1e-8)


def test_rock_paper_scissors_keeps_the_product_of_shares():
    flow = Replicator(TableOracle(ROCK))
    x = np.array([[0.5, 0.3, 0.2]])
    kept, path = x.prod(), [x]
    for _ in range(40):
        path.append(flow.advance(path[-1], 0.7))
        assert path[-1].prod() == pytest.approx(kept, rel=1e-7)
    assert np.ptp(np.array(path)[:, 0, 0]) > 0.2  # it does move
    euler = x
    for _ in range(200):  # and a first-order step would not keep it
        euler = euler + 0.05 * flow.velocity(euler)
    assert euler.prod() < 0.97 * kept


def test_a_dominated_strategy_dies_logistically():
    flow = Replicator(TableOracle(np.array([[3.0, 3.0], [2.5, 2.5]])))
    x0, t = 0.01, 7.0
    odds = x0 / (1 - x0) * np.exp(0.5 * t)
    assert flow.advance(np.array([[x0, 1 - x0]]), t)[0, 0] == pytest.approx(odds / (1 + odds))


def test_two_populations_of_matching_pennies_circle():
    flow = Replicator(TableOracle(PENNIES, -PENNIES))  # H = sum of log x over both is kept
    x = np.array([[0.7, 0.3], [0.4, 0.6]])
    end = flow.advance(x, 5.0)
    assert np.log(end).sum() == pytest.approx(np.log(x).sum(), abs=1e-7)
    assert np.abs(end - x).max() > 0.05


class PublicGood(PayoffOracle):
    """m agents alike; who gives (entry 0) pays 1, and r times all gifts is shared by all."""

    def __init__(self, m, r):
        super().__init__(("give", "keep"), np.zeros(m, dtype=int))
        self.r = r

    def _ask(self, i, profile, path):
        others = (np.delete(profile, i) == 0).sum()
        share = self.r / self.m
        return Answer.exactly(np.array([share * (others + 1) - 1.0, share * others]))


def test_groups_are_drawn_from_the_population():
    m, r, x = 6, 2.0, 0.3
    values, errors = Replicator(PublicGood(m, r)).payoffs(np.array([[x, 1 - x]]))
    mean = r / m * (m - 1) * x  # of a binomial number of givers among the others
    np.testing.assert_allclose(values, [[mean + r / m - 1, mean]])
    assert (errors == 0).all()


def test_ruin_is_deadly_and_everybodys_ruin_is_nobodys():
    flow = Replicator(TableOracle(np.array([[1.0, 1.0], [2.0, -np.inf]])))
    end = flow.advance(np.array([[0.5, 0.5]]))
    np.testing.assert_array_equal(end, [[1.0, 0.0]])
    ruined = Replicator(TableOracle(np.full((2, 2), -np.inf)))
    np.testing.assert_array_equal(ruined.advance(np.array([[0.4, 0.6]])), [[0.4, 0.6]])


def test_the_replicator_refuses_sums_without_end():
    class Crowd(PublicGood):
        pass

    crowd = Crowd(400, 2.0)
    crowd.menu = tuple("abcd")
    with pytest.raises(InputError, match="ways"):
        Replicator(crowd)


# logit


def potential_game(rng, m=3, size=1.0):
    """Everybody is paid the potential V(s)."""
    V = size * rng.normal(size=(2,) * m)
    return V, TableOracle(*[V] * m)


def gibbs(V, T):
    weights = np.exp((V - V.max()) / T)
    return weights / weights.sum()


def logit_transitions(oracle, m, T):
    """Transition matrix of one agent, drawn at random, revising at a time."""
    states = list(itertools.product(range(2), repeat=m))
    P = np.zeros((len(states), len(states)))
    for a, s in enumerate(states):
        for i in range(m):
            chances = logit_choice(oracle.against(i, np.array(s)).values, T)
            for k, p in enumerate(chances):
                P[a, states.index((*s[:i], k, *s[i + 1 :]))] += p / m
    return P


@pytest.mark.parametrize("T", [0.3, 1.0])
def test_gibbs_is_stationary_under_logit(T, seed):
    V, oracle = potential_game(np.random.default_rng(seed))
    P = logit_transitions(oracle, 3, T)
    np.testing.assert_allclose(gibbs(V, T).ravel() @ P, gibbs(V, T).ravel(), atol=1e-12)
    wrong = gibbs(V, 1.3 * T).ravel()
    assert np.abs(wrong @ P - wrong).max() > 1e-3


@pytest.mark.slow
def test_a_population_of_logit_agents_is_gibbs_distributed(seed):
    T, chains, false_alarm = 0.4, 500, 1e-6
    V, oracle = potential_game(np.random.default_rng(7), size=0.3)
    P = np.linalg.matrix_power(logit_transitions(oracle, 3, T), 3 * 10)
    assert np.abs(P - gibbs(V, T).ravel()).max() < 2e-3  # ten rounds forget the start
    counts = np.zeros((2, 2, 2))
    for chain in range(chains):
        model = Population(
            oracle, Logit(T), np.zeros(3, int), order="random", rng=1000 * seed + chain
        )
        for _ in range(10):
            model.step()
        counts[tuple(model.profile)] += 1

    def distance(law):
        return ((counts - chains * law) ** 2 / (chains * law)).sum()

    bound = chi2.isf(false_alarm, 7)
    assert distance(gibbs(V, T)) < bound
    assert distance(gibbs(V, 4 * T)) > bound  # a wrong temperature is seen


def test_logit_without_hope_is_a_fair_die():
    assert logit_choice(np.full(4, -np.inf), 0.1).tolist() == [0.25] * 4
    assert logit_choice(np.array([-np.inf, 0.0]), 0.1).tolist() == [0.0, 1.0]


# fictitious play


@pytest.mark.parametrize("order", ["sequential", "simultaneous"])
def test_fictitious_play_finds_the_value_of_matching_pennies(order):
    oracle = TableOracle(PENNIES, -PENNIES)
    model = Population(oracle, FictitiousPlay(), np.array([0, 1]), order=order)
    x, y = frequencies(model, 4000)
    assert abs(x @ PENNIES @ y) < 0.01  # value 0
    assert EmpiricalGame.of_tables(PENNIES, -PENNIES).regret(x, y).nash_conv.estimate < 0.05


def test_fictitious_play_does_not_converge_in_shapleys_game():
    row, column = SHAPLEY, np.roll(SHAPLEY, 1, axis=1)
    model = Population(
        TableOracle(row, column), FictitiousPlay(), np.array([0, 0]), order="simultaneous"
    )
    x, y = frequencies(model, 4000)
    assert EmpiricalGame.of_tables(row, column).regret(x, y).nash_conv.estimate > 0.1


# imitation

RING = (*((i, i + 1) for i in range(5)), (0, 5))


@pytest.mark.parametrize("look", ["best", "random"])
@pytest.mark.parametrize("entry", [0, 1])
def test_uniform_profiles_are_absorbing(look, entry):
    rule = Imitation(look=look)
    model = Population(PublicGood(6, 2.0), rule, np.full(6, entry), edges=RING, rng=1)
    for _ in range(5):
        model.step()
    assert (model.profile == entry).all()


def test_keepers_spread_one_neighbour_a_round():
    start = np.array([0, 0, 1, 0, 0, 0])  # keeping pays more: 2 r/m > 1 fails
    model = Population(PublicGood(6, 2.0), Imitation(), start, edges=RING)
    model.step()
    assert model.profile.tolist() == [0, 1, 1, 1, 0, 0]
    model.step()
    assert model.profile.tolist() == [1, 1, 1, 1, 1, 0]
    generous = Population(PublicGood(6, 6.5), Imitation(), start, edges=RING)
    generous.step()  # each gift pays her who gives it 6.5/6 - 1 > 0: all give, yet
    assert generous.profile.tolist() == [0, 1, 1, 1, 0, 0]  # the keeper is still paid more


def test_the_lonely_keep_what_they_play():
    model = Population(PublicGood(6, 2.0), Imitation(), np.array([0, 1, 0, 0, 0, 0]))
    model.step()
    assert model.profile.tolist() == [0, 1, 0, 0, 0, 0]


def test_pairwise_imitation_is_proportional_to_the_gain(seed):
    scale, rounds = 4.0, 4000
    oracle = TableOracle(np.array([[0.0, 0.0], [1.0, 1.0]]))
    model = Population(
        oracle, Imitation(look="random", scale=scale), np.array([0, 1]), edges=((0, 1),), rng=seed
    )
    model.step()
    a = model.players[0]
    a.played, a.earned, a.choice = 0, 0.0, 0
    model.players[1].played, model.players[1].earned = 1, 1.0
    rng = np.random.default_rng(seed)
    copied = [a.revise(rng) for _ in range(rounds)]
    assert_mean(copied, 1 / scale, 1e-6)
    with pytest.raises(AssertionError):
        assert_mean(copied, 1.3 / scale, 1e-6)


# best response


def nash_profiles(tables):
    """Pure Nash equilibria by looking at every profile and deviation."""
    found = set()
    for s in itertools.product(*[range(n) for n in tables[0].shape]):
        if all(
            tables[i][s] >= max(tables[i][(*s[:i], k, *s[i + 1 :])] for k in range(len(tables[i])))
            for i in range(len(tables))
        ):
            found.add(s)
    return found


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.integers(2, 3), st.integers(2, 3), st.integers(0, 10**6))
def test_rest_points_are_the_pure_equilibria(m, K, number):
    tables = list(np.random.default_rng(number).normal(size=(m, *[K] * m)))
    equilibria = nash_profiles(tables)
    oracle = TableOracle(*tables)
    for s in itertools.product(range(K), repeat=m):
        model = Population(oracle, BestResponse(), np.array(s))
        model.step()
        assert (tuple(model.profile) == s) == (s in equilibria)


def test_gains_within_two_standard_errors_are_not_believed():
    class Noisy(TableOracle):
        def _ask(self, i, profile, path):
            return Answer(np.array([0.0, 1.0]), np.diag([0.2, 0.2]))  # the gain's s.e. is 0.63

    for rule in (BestResponse(), Imitation()):
        model = Population(Noisy(PENNIES), rule, np.array([0, 0]), edges=((0, 1),))
        model.step()
        assert model.profile.tolist() == [0, 0]
    model = Population(Noisy(PENNIES), Imitation(), np.array([0, 1]), edges=((0, 1),))
    model.step()
    assert model.profile.tolist() == [0, 1]
    assert [agent.doubted for agent in model.players] == [True, False]


@pytest.mark.parametrize("counts", ["real", "integer"])
def test_best_responses_under_the_sample_mean_fill_up_to_working_alone(counts):
    game = prepare(figure1(mechanism="sample_mean", counts=counts))
    rng = np.random.default_rng(3)
    start = rng.uniform(0, 60, size=(3, 1)).round(0 if counts == "integer" else 6)
    found = best_response_dynamics(game, start, sweeps=1).counts
    now = start.copy()
    for i, cost in enumerate(game.problem.costs[:, 0]):
        others = now.sum() - now[i, 0]
        if counts == "real":  # max(0, n_ind - N_-i)
            now[i] = max(0.0, 10 / np.sqrt(cost) - others)
        else:
            n = np.arange(200)
            with np.errstate(divide="ignore"):
                now[i] = np.argmin(100 / (n + others) + cost * n)
    np.testing.assert_allclose(found[1], now, atol=1e-6)


def test_all_at_once_overshoot():
    game = prepare(worked_case(m=100, mechanism="sample_mean", counts="real"))
    found = best_response_dynamics(game, sweeps=4, order="simultaneous")
    n_ind = 10 / np.sqrt(0.05)
    expected = [100 * n_ind / 10, 0.0, 100 * n_ind, 0.0, 100 * n_ind]
    np.testing.assert_allclose(found.totals[:, 0], expected, rtol=1e-6, atol=1e-6)
    assert not found.converged


# the population


def test_the_same_seed_gives_the_same_path():
    def path(rng):
        oracle = TableOracle(ROCK)
        model = Population(oracle, Logit(1.0), np.array([0, 1]), order="random", rng=rng)
        profiles = []
        for _ in range(20):
            model.step()
            profiles.append(model.profile.tolist())
        return profiles

    assert path(5) == path(5) != path(6)


def test_mesas_collector_records_who_plays_what():
    model = Population(TableOracle(PENNIES, -PENNIES), BestResponse(), np.array([0, 0]))
    for _ in range(3):
        model.step()
    frame = model.datacollector.get_agent_vars_dataframe()
    assert len(frame) == 6 and {"agent", "strategy", "payoff", "se"} <= set(frame)
    social = model.datacollector.get_model_vars_dataframe()["social_payoff"]
    assert social.tolist() == [0.0, 0.0, 0.0]


def test_agents_that_do_not_revise_keep_their_choice():
    oracle = TableOracle(PENNIES, -PENNIES)
    model = Population(oracle, BestResponse(), np.array([0, 0]), revising=0.0, rng=1)
    for _ in range(3):
        model.step()
    assert model.profile.tolist() == [0, 0]


def test_answers_are_asked_anew_only_after_a_move(monkeypatch):
    """In turn: between two moves agents of one kind who play the same share an answer."""
    A = np.array([[1.0, 3.0], [2.0, 0.5]])
    oracle = TableOracle(A)
    asked = []
    beside = TableOracle.beside
    monkeypatch.setattr(
        TableOracle, "beside", lambda self, *a: asked.append(a[:2]) or beside(self, *a)
    )

    class Told(Logit):
        def choose(self, agent, rng):
            profile = agent.model.profile
            expected = A[:, profile[1 - agent.index]]
            assert (agent.options().values == expected).all()
            return super().choose(agent, rng)

    still = Population(oracle, BestResponse(tolerance=9.0), np.array([0, 0]), rng=1)
    still.step()
    assert len(asked) == 1  # both are paid, and both look around
    moving = Population(oracle, Told(5.0), np.array([0, 1]), rng=1)
    for _ in range(30):
        moving.step()


def test_no_graph_is_drawn_for_rules_that_look_at_no_neighbours(monkeypatch):
    import sys

    module = sys.modules["nashbox.experiments.dynamics.adapt"]

    problem = figure1()
    drawn = []
    graph_of = module.graph_of
    monkeypatch.setattr(module, "graph_of", lambda *a: drawn.append(a) or graph_of(*a))
    for rule, graphs in (("logit", 0), ("imitation", 1)):
        module.adapt(problem, rule, menu=["truthful", "free_rider"], rounds=1)
        assert len(drawn) == graphs
