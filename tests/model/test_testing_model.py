"""The Mesa model against the exact solver, and against a slow player on exact fractions."""

import numpy as np
import pytest

from nashbox.agents.testing import REASONS
from nashbox.experiments.run import run
from nashbox.games.testing import prepare_testing
from nashbox.model.testing import RaceModel
from nashbox.model.well import Well
from nashbox.problem.count_walk import CountWalk
from nashbox.problem.draw import Coin, SymbolTable
from nashbox.problem.files import load
from nashbox.problem.lattice_walk import LatticeWalk
from nashbox.problem.observations import ObservationModel, parse_probability
from nashbox.problem.signal import log_threshold
from nashbox.solver import solve
from tests.places import EXAMPLES
from tests.testing_problems import CASES, COIN, SHARP, SIX, THREE, game, play_slowly
from tests.testing_simulation import assert_mean, exact_numbers

FALSE_ALARM = 6.3e-5  # four standard errors, two-sided: the chance that a right number fails


def play(problem, games, seed=1, **options):
    ready = prepare_testing(problem)
    options = {"record": 0, **options}
    return RaceModel(
        problem, ready.exchange, ready.strategies, replications=games, rng=seed, **options
    ).play()


def samples(models, beta, games):
    """Samples of every number of a two-agent solution, by name, as exact_numbers has them."""
    lone = play(game(models, {"name": "signaller", "anticipate": False}, beta), games)
    race = play(game(models, "signaller", beta), games, seed=2)
    (a, b), (ra, rb) = lone.outcomes(), race.outcomes()
    first = [(o.share == 1) for o in (ra, rb)]
    lost = np.concatenate([rb.wrong[first[0]], ra.wrong[first[1]]])
    won = np.concatenate([ra.wrong[first[0]], rb.wrong[first[1]]])
    return {
        "time A": a.tau, "time B": b.tau, "error A": a.wrong, "error B": b.wrong,
        "A wins": a.tau < b.tau, "B wins": b.tau < a.tau, "tie": a.tau == b.tau,
        "min": ra.tau, "max": np.maximum(a.tau, b.tau), "winner": won, "loser": lost,
        "interactive A": ra.wrong, "interactive B": rb.wrong,
    }  # fmt: skip


def solved(problem):
    models = dict(zip(problem.names, problem.models, strict=True))
    return solve(models, problem.prior, problem.beta)


@pytest.mark.sparse(1)
@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("beta", ["1/10", "1/20"])
def test_every_number_of_the_table_on_a_million_games(case, beta):
    problem = game(CASES[case], beta=beta)
    exact = exact_numbers(solved(problem))
    got = samples(CASES[case], beta, 1_000_000)
    for key, value in exact.items():
        assert_mean(got[key], value, FALSE_ALARM)
    with pytest.raises(AssertionError):  # power: one per cent off is seen
        assert_mean(got["time A"], 1.01 * exact["time A"], FALSE_ALARM)


@pytest.mark.slow
def test_six_symbols():
    check_six_symbols(100_000)


@pytest.mark.slow
def test_six_symbols_on_a_million_games():
    check_six_symbols(1_000_000)


def check_six_symbols(games):
    problem = game((SIX, SIX), beta="0.001")
    models = dict(zip(problem.names, problem.models, strict=True))
    solution = solve(models, problem.prior, problem.beta, cells=100_000)
    got = samples((SIX, SIX), "0.001", games)
    for key, value in exact_numbers(solution).items():
        assert_mean(got[key], value, FALSE_ALARM)


def test_threshold_hits():
    double = (["2/3", "1/3"], ["1/3", "2/3"])
    lone = play(game((double, double), {"name": "signaller", "anticipate": False}, "1/5"), 200_000)
    tau = lone.outcomes()[0].tau
    assert_mean(tau, 3.6, FALSE_ALARM)
    with pytest.raises(AssertionError):
        assert_mean(tau, 7.0, FALSE_ALARM)  # a strict threshold


@pytest.mark.slow
def test_three_agents_on_a_complete_graph():
    models = (COIN, SHARP, THREE)
    solution = solved(game(models))
    race = play(game(models), 200_000)
    for name, outcome in zip("ABC", race.outcomes(), strict=True):
        assert_mean(outcome.wrong, solution.error_interactive[name], FALSE_ALARM)
        assert_mean(outcome.share == 1, solution.wins[name], FALSE_ALARM)
    assert_mean(race.outcomes()[0].tau, solution.expected_min, FALSE_ALARM)


PLANS = [  # alpha, w, anticipate, feedback, later
    (1, 1.0, True, False, False), (0, 0.7, True, False, False), (1, 0.5, False, False, False),
    (0, 0.9, True, False, True), (1, 0.8, True, True, False),
]  # fmt: skip
GRAPHS = ["complete", "path", "star", [["A", "B"], ["C", "D"]]]


@pytest.mark.sparse(8)
@pytest.mark.parametrize("graph", GRAPHS, ids=str)
@pytest.mark.parametrize("turn", range(5))
def test_games_go_as_the_equations_say(graph, turn):
    """Game by game, on the same symbols: stop times, declarations and reasons."""
    models = [COIN, THREE, SHARP, COIN]
    plans = [PLANS[(turn + i) % 5] for i in range(4)]
    keys = ("alpha", "weight", "anticipate", "feedback", "later")
    strategies = [{"name": "signaller", **dict(zip(keys, p, strict=True))} for p in plans]
    problem = game(models, strategies, graph=graph)
    well = Well(problem, 60, seed=turn)
    model = play(problem, 60, well=well)
    everything = np.arange(60)
    horizon = max(agent.tau.max() for agent in model.players)
    symbols = [[well.symbols(i, n, everything) for n in range(1, horizon + 1)] for i in range(4)]
    for g in range(60):
        mine = [[int(layer[g]) for layer in symbols[i]] for i in range(4)]
        for agent, result in zip(model.players, play_slowly(problem, mine, plans), strict=True):
            tau, declared, reason = result
            assert (agent.tau[g], REASONS[agent.reason[g]]) == (tau, reason)
            assert declared is None or agent.declared[g] == declared


def test_the_order_of_agents_does_not_matter():
    """B hears A's last signal although A has stopped before B decides, and the other way round."""
    fuser = {"name": "signaller", "weight": 0.7}
    ab = play(game((COIN, COIN), [fuser, "signaller"]), 100_000, seed=3).outcomes()
    ba = play(game((COIN, COIN), ["signaller", fuser]), 100_000, seed=4).outcomes()
    for first, second in ((ab[0], ba[1]), (ab[1], ba[0])):
        for key in ("tau", "wrong", "share"):
            gap = getattr(first, key).astype(float) - getattr(second, key)
            assert_mean(gap, 0.0, FALSE_ALARM)


def test_unfinished_games_are_counted():
    stubborn = {"name": "inverter", "weight": 0.5, "anticipate": False}
    model = play(game((COIN, COIN), stubborn, cap=60), 2000, record=2)
    outcomes = model.outcomes()
    unfinished = ~outcomes[0].finished
    assert 0.2 < unfinished.mean() <= 1
    assert (outcomes[0].tau[unfinished] == 60).all()
    assert not outcomes[0].qualified[unfinished].any()
    table = model.datacollector.get_table_dataframe("games")
    assert (table[table.reason == "cap"].stop == 60).all()


def test_a_model_stepped_by_hand_has_both_tables():
    model = prepare_testing(game((COIN, SHARP))).model(20, 0)
    while model.running:
        model.step()
    steps = model.datacollector.get_table_dataframe("steps")
    games = model.datacollector.get_table_dataframe("games")
    assert len(games) == 40
    assert set(steps.game) == set(range(20))
    assert steps.stopped.sum() == 40


def test_tables_end_with_the_stop():
    model = play(game((COIN, SHARP)), 50, record=50)
    steps = model.datacollector.get_table_dataframe("steps")
    games = model.datacollector.get_table_dataframe("games")
    assert len(games) == 100
    last = steps.groupby(["game", "agent"]).step.max()
    assert (last == games.set_index(["game", "agent"]).stop.sort_index()).all()
    assert (steps.groupby(["game", "agent"]).size() == last).all()
    assert set(steps[steps.stopped].reason) == {"threshold", "anticipation"}
    both = np.isclose(steps.signal, steps.belief) | np.isclose(steps.signal, 1 - steps.belief)
    assert both.all()


@pytest.mark.parametrize("m", [2, 7])  # each by herself; those of one kind together
def test_what_is_kept_changes_no_game(m):
    lying = {"name": "signaller", "alpha": 0.7}
    bare, some, all_kept = (play(game((COIN,) * m, lying), 300, record=n) for n in (0, 3, 300))
    for kept in (some, all_kept):
        assert len(kept.datacollector.get_table_dataframe("steps"))
        for one, other in zip(bare.players, kept.players, strict=True):
            assert (one.tau == other.tau).all()
            assert (one.declared == other.declared).all()


def test_proofs_end_a_game_at_once():
    proof = (["0.5", "0.5", "0"], ["0.5", "0", "0.5"])
    model = play(game((proof, COIN)), 20_000)
    mine = model.outcomes()[0]
    solution = solved(game((proof, COIN)))
    assert not mine.wrong[mine.share == 1].any()
    assert_mean(mine.tau, solution.expected_min, FALSE_ALARM)


def test_same_seed_same_games():
    first, again = (play(game((COIN, SHARP)), 500, seed=9).results() for _ in range(2))
    other = play(game((COIN, SHARP)), 500, seed=10).results()
    assert all((first[key] == again[key]).all() for key in first)
    assert (first["stop"] != other["stop"]).any()


@pytest.mark.parametrize("model", [COIN, SHARP, (["2/3", "1/3"], ["1/3", "2/3"])])
def test_counts_and_coordinates_agree(model):
    rng = np.random.default_rng(5)
    read = ObservationModel.parse(*model)
    beta = parse_probability("1/5")
    for prior in (parse_probability("1/2"), parse_probability("2/5")):
        walks = [kind(read, prior, 300) for kind in (CountWalk, LatticeWalk)]
        for n in range(60):
            symbols = (rng.random(walks[0].size) < 0.5).astype(np.uint8)
            for walk in walks:
                walk.move(symbols)
            assert (walks[0].side == walks[1].side).all()
            assert (walks[0].crossed(beta) == walks[1].crossed(beta)).all()
            assert np.allclose(walks[0].log_odds, walks[1].log_odds, atol=1e-10)
            rough = np.abs(walks[0].log_odds) >= log_threshold(beta) - 1e-9
            assert (walks[0].crossed(beta) == rough).all()
            if n == 30:
                for walk in walks:
                    walk.keep(np.arange(0, 300, 2))


def test_draws_are_exact():
    """16 bits decide most draws, more where they tie: frequencies match odd probabilities."""
    rng = np.random.default_rng(3)
    third = Coin(parse_probability("1/3")).flip(rng, 3_000_000)
    assert_mean(third, 1 / 3, 1e-6)
    state = rng.bit_generator.state
    assert Coin(parse_probability(1)).flip(rng, 5).all()
    assert not Coin(parse_probability(0)).flip(rng, 5).any()
    assert rng.bit_generator.state == state
    tie = Coin(parse_probability("1/3"))
    bits = np.full(200_000, tie.cut, dtype=np.uint16)
    assert_mean(tie.decide(bits, rng), tie.rest, 1e-6)
    pmf = [parse_probability(p) for p in ("1/7", "0", "2/7", "4/7")]
    table = SymbolTable(pmf)
    drawn = table.decide(rng.integers(0, 1 << 16, 2_000_000, dtype=np.uint16), rng)
    for symbol, p in enumerate(pmf):
        assert_mean(drawn == symbol, float(p), 1e-6)


@pytest.mark.slow
def test_ten_agents_on_graphs():
    """Exchange shortens the system's time, at the price of accuracy; first stops do not change."""
    folder = EXAMPLES / "testing"
    runs = {
        name: run(load(folder / f"{name}.toml"), replications=50_000).extra["system"]
        for name in ("ring", "star", "no_exchange")
    }
    exact = solved(load(folder / "no_exchange.toml"))
    alone = runs["no_exchange"]
    assert abs(alone["last_stop"] - exact.expected_max) < 4 * alone["last_stop_se"]
    for one in runs.values():  # the first to cross has heard nothing, on any graph
        assert abs(one["first_stop"] - exact.expected_min) < 4 * one["first_stop_se"]
    assert runs["ring"]["last_stop"] < runs["star"]["last_stop"] < alone["last_stop"]
    assert runs["ring"]["mean_error"] > runs["star"]["mean_error"] > alone["mean_error"]
    assert abs(alone["mean_error"] - exact.error["lab1"]) < 4 * alone["mean_error_se"]


def test_what_happened_is_asked_for_before_the_end_and_after():
    model = prepare_testing(game((COIN, COIN))).model(50, 3)
    model.step()
    early = model.outcomes()
    late = model.play().outcomes()
    assert all((before.tau <= after.tau).all() for before, after in zip(early, late, strict=True))
    assert min(outcome.tau.min() for outcome in late) >= 1
    assert model.outcomes() is late
