"""Payoff tables with errors: equilibria, regrets, bounds."""

import itertools

import numpy as np
import pytest

from nashbox.experiments.dynamics import EmpiricalGame, empirical_game
from nashbox.games.registry import prepare_game
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping, load
from tests.games import worked_case
from tests.places import EXAMPLES

DILEMMA = ["truthful", {"name": "under_collector", "factor": 0.75}]


def two_labs(**options):
    return empirical_game(load(EXAMPLES / "dynamics" / "two_labs.toml"), DILEMMA, **options)


def brute_regrets(U, V, x, y):
    """Regrets by adding up every cell, one pure deviation at a time."""
    cells = list(itertools.product(range(len(x)), range(len(y))))
    u = sum(x[k] * y[l] * U[k][l] for k, l in cells)
    v = sum(x[k] * y[l] * V[k][l] for k, l in cells)
    row = max(sum(y[l] * U[k][l] for l in range(len(y))) for k in range(len(x))) - u
    column = max(sum(x[k] * V[k][l] for k in range(len(x))) for l in range(len(y))) - v
    return row, column


def test_free_riding_is_a_prisoners_dilemma():
    game = two_labs()
    U, V = game.row_payoffs, game.column_payoffs
    assert (U[1] > U[0]).all() and (V[:, 1] > V[:, 0]).all()  # shirking dominates
    assert U[1, 1] < U[0, 0] and V[1, 1] < V[0, 0]  # and both lose by it
    n, less = np.array([32, 31]), np.array([24, 23])  # whole counts of a plan of 63.2 points
    np.testing.assert_allclose(U[0, 0], -(100 / n.sum() + 0.05 * n[0]))
    np.testing.assert_allclose(U[1, 0], -(100 / (less[0] + n[1]) + 0.05 * less[0]))
    np.testing.assert_allclose(V[1, 1], -(100 / less.sum() + 0.05 * less[1]))


def test_its_equilibrium_is_found():
    game = two_labs()
    ((x, y),) = game.equilibria
    np.testing.assert_allclose([x, y], [[0, 1], [0, 1]], atol=1e-12)
    assert game.regret(x, y).nash_conv.estimate == pytest.approx(0, abs=1e-12)
    assert game.regret(x, y).verdict(1e-9) == "equilibrium"
    assert game.pure(0, 0).verdict(1e-9) == "no_equilibrium"


@pytest.mark.parametrize(("unit", "shift"), [(1e-6, 0.0), (1e6, 0.0), (1.0, 1e6)])
def test_each_player_has_a_tolerance_of_her_own(unit, shift):
    U, V = np.array([[2.0, 0], [0, 1]]), np.array([[1.0, 0], [0, 2]])
    game = EmpiricalGame.of_tables(U, unit * V + shift)
    assert game.tolerance == pytest.approx((2e-3, 2e-3 * unit))
    said = [[game.pure(k, l).verdict(game.tolerance) for l in (0, 1)] for k in (0, 1)]
    assert said == [["equilibrium", "no_equilibrium"], ["no_equilibrium", "equilibrium"]]


def random_profiles(count, seed=0):
    rng = np.random.default_rng(seed)
    for _ in range(count):
        K, L = rng.integers(1, 5, size=2)
        U, V = rng.normal(size=(2, K, L))
        yield U, V, rng.dirichlet(np.ones(K)), rng.dirichlet(np.ones(L))


def test_regret_is_what_brute_force_finds(seed):
    for U, V, x, y in random_profiles(50, seed):
        found = EmpiricalGame.of_tables(U, V).regret(x, y)
        row, column = brute_regrets(U, V, x, y)
        assert found.row.estimate == pytest.approx(row, abs=1e-12)
        assert found.column.estimate == pytest.approx(column, abs=1e-12)
        assert found.nash_conv.lower == pytest.approx(row + column, abs=1e-12)


def test_regret_agrees_with_openspiel():
    reason = "OpenSpiel (pyspiel) is not installed; brute force checks the same numbers"
    pyspiel = pytest.importorskip("pyspiel", reason=reason)
    from open_spiel.python import policy
    from open_spiel.python.algorithms import exploitability

    given = [*random_profiles(10), (*_tables(two_labs()), [0.3, 0.7], [0.9, 0.1])]
    for U, V, x, y in given:
        matrix = pyspiel.create_matrix_game(U.tolist(), V.tolist())
        game = pyspiel.convert_to_turn_based(matrix)
        table = policy.TabularPolicy(game)
        for state, weights in zip(table.states, (x, y), strict=True):
            row = table.policy_for_key(state.information_state_string())
            row[:] = 0.0
            row[: len(weights)] = weights
        found = EmpiricalGame.of_tables(U, V).regret(x, y).nash_conv.estimate
        assert found == pytest.approx(exploitability.nash_conv(game, table), abs=1e-9)


def _tables(game):
    return game.row_payoffs, game.column_payoffs


def test_bounds_of_a_measured_table_hold_the_exact_regrets(seed):
    exact, measured = two_labs(), two_labs(method="simulated", worlds=20_000, seed=seed)
    assert measured.row_se.min() > 0 and "20000" in measured.payoffs
    profiles = [*itertools.product(np.eye(2), np.eye(2)), ([0.5, 0.5], [0.2, 0.8])]
    for x, y in profiles:
        right = exact.regret(x, y)
        found = measured.regret(x, y, delta=1e-6 / len(profiles))
        for player in ("row", "column", "nash_conv"):
            gain = getattr(found, player)
            assert gain.lower <= getattr(right, player).estimate + 1e-12 <= gain.upper + 2e-12
    honest = measured.pure(0, 0)  # and they say something
    assert honest.verdict(0.05) == "no_equilibrium" and honest.row.upper < 0.4
    assert measured.pure(1, 1).verdict(0.05) == "equilibrium"


def test_too_few_worlds_leave_it_undecided():
    assert two_labs(method="simulated", worlds=20).pure(0, 0).verdict(0.169) == "undecided"


def test_a_third_party_plays_what_the_problem_says():
    liar = {"a2": {"name": "fabricator", "fraction": 0.5}}
    problem = worked_case(m=4, mechanism="sample_mean", strategies=liar)
    game = empirical_game(problem, ["truthful", "free_rider"], row="a3", column="a1")
    n = 22  # 89.4 points in all: 23, 22, 22, 22
    v, padded = 100.0, 11
    variance = (23 + n + n) * v + n**2 * v / padded
    expected = -(variance / 89**2 + 0.05 * n)
    assert game.row_payoffs[0, 0] == pytest.approx(expected)
    assert (game.row, game.column) == ("a3", "a1")


def test_menus_may_differ():
    problem = load(EXAMPLES / "dynamics" / "two_labs.toml")
    game = empirical_game(problem, DILEMMA, column_menu=["truthful", "free_rider", "ignorer"])
    assert game.row_payoffs.shape == (2, 3) and game.column_covariance.shape == (2, 3, 3)
    one = empirical_game(problem, ["truthful", "ignorer"])
    assert game.row_payoffs[0, 2] == one.row_payoffs[0, 1]


def test_ruin_has_no_mixed_equilibria():
    problem = load(EXAMPLES / "dynamics" / "two_labs.toml")
    game = empirical_game(problem, ["truthful", "free_rider"])
    assert np.isneginf(game.row_payoffs[1, 1])
    ruined = game.pure(1, 1)
    assert ruined.row.estimate == np.inf and ruined.verdict(0.1) == "no_equilibrium"
    assert game.to_json()["equilibria"] is None
    with pytest.raises(InputError, match="free_rider"):
        game.equilibria  # noqa: B018 - asking is enough


def test_saving_and_loading(tmp_path):
    game = two_labs(method="simulated", worlds=50)
    game.save(tmp_path / "g.json")
    again = EmpiricalGame.load(tmp_path / "g.json")
    assert again.to_json() is not game.to_json()
    np.testing.assert_array_equal(again.row_covariance, game.row_covariance)
    assert again.to_frame().equals(game.to_frame()) and len(game.to_frame()) == 4


@pytest.mark.parametrize("weights", [[1.0], [0.5, 0.6], [1.5, -0.5]])
def test_profiles_are_probabilities(weights):
    with pytest.raises(InputError, match="probabilities"):
        two_labs().regret(weights, [1, 0])


@pytest.mark.parametrize("players", [2, 3])
def test_menus_of_a_table_may_differ_and_name_each_players_own_entries(players):
    """The tables come back as they were given, whoever has the rows."""
    A, B = np.array([[1, 2, 3], [3, 2, 1]]), np.array([[3, 2, 1], [1, 2, 4]])
    payoffs = {"a": A.tolist(), "b": B.tolist()}
    if players == 3:  # who has one entry only, and is not asked
        payoffs = {n: np.array(v)[..., None].tolist() for n, v in {**payoffs, "c": A}.items()}
    problem = from_mapping({"game": "table", "payoffs": payoffs})
    few, all_three = ["1", "2"], ["1", "2", "3"]
    game = empirical_game(problem, few, column_menu=all_three)
    assert (game.row_payoffs == A).all() and (game.column_payoffs == B).all()
    turned = empirical_game(problem, all_three, column_menu=few, row="b", column="a")
    assert (turned.row_payoffs == B.T).all() and (turned.column_payoffs == A.T).all()
    simulated = empirical_game(problem, few, column_menu=all_three, method="simulated", worlds=2)
    assert (simulated.row_payoffs == A).all()
    with pytest.raises(InputError, match="menu: 3: unknown name '3'"):
        empirical_game(problem, all_three)


@pytest.mark.sparse(3)
@pytest.mark.parametrize(
    ("game", "entry", "values"),
    [
        ("public_goods", {"name": "contribute"}, {"share": (0.9, 0.7, 0.2, 0.1)}),
        ("cournot", {"name": "quantity"}, {"q": (0.1, 0.15, 0.2, 0.3)}),
        ("tullock", {"name": "effort"}, {"x": (0.1, 0.2, 0.3, 0.4)}),
        ("auction", {"name": "bid"}, {"factor": (0.5, 0.6, 0.7, 0.8)}),
    ],
)
def test_the_column_agent_plays_her_own_menu_among_players_who_are_alike(game, entry, values):
    """Of those who are interchangeable one answers for all, and she may not have these entries."""
    ((key, numbers),) = values.items()
    menu = [{**entry, key: value} for value in numbers]
    problem = from_mapping({"game": game, "agents": 3, "strategies": {"a2": menu[0]}})
    apart = empirical_game(problem, menu[:2], column_menu=menu[2:])
    assert np.ptp(apart.column_payoffs, axis=1).min() > 1e-6  # each entry pays something else
    for one, columns in ((apart, menu[2:]), (empirical_game(problem, menu[:2]), menu[:2])):
        for k, l in itertools.product(range(2), range(2)):
            played = prepare_game(replace_strategies(problem, a0=menu[k], a1=columns[l]))
            paid = [one.row_payoffs[k, l], one.column_payoffs[k, l]]
            np.testing.assert_allclose(paid, [played.paid(0), played.paid(1)], rtol=1e-12)


def replace_strategies(problem, **strategies):
    raw = problem.to_json()
    return from_mapping({**raw, "strategies": {**raw["strategies"], **strategies}})


def test_what_nobody_plays_keeps_nobody_from_formulas():
    """The row agent's own strategy is in neither menu, and no formula knows it."""
    file = {"strategies": {"a0": {"name": "bids", "points": [0, 0.2, 0.9]}}}
    problem = from_mapping({"game": "auction", "agents": 3, **file})
    menu = [{"name": "bid", "factor": 0.5}, {"name": "bid", "factor": 0.7}]
    assert empirical_game(problem, menu).worlds == 0
    third = empirical_game(problem, menu, row="a1", column="a2")
    assert third.worlds > 0  # where she plays it
