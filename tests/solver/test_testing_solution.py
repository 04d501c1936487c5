import math
from fractions import Fraction

import numpy as np
import pytest
import testing_brute as brute
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nashbox.problem.errors import InputError
from nashbox.problem.odds import OddsLattice
from nashbox.solver import Race, exact_law, grid_law, solve, symmetric_bernoulli
from nashbox.solver import grid as grid_module
from nashbox.solver.law import crossing_time, remaining_time
from tests.testing_games import CASES, COIN, HALF, SHARP, SIX, parse
from tests.testing_simulation import assert_mean, exact_numbers, statistics

FIVE = parse(
    ["91/317", "54/317", "72/317", "37/317", "63/317"],
    ["31/295", "88/295", "45/295", "79/295", "52/295"],
)

# case, beta: printed to six decimals by two independent programmes (brute force, simulation)
TABLE = {
    ("a", Fraction(1, 10)): [
        (25.157629, 25.157629), (0.080706, 0.080706), (0.475879, 0.475879), 0.048243,
        15.918879, 34.396379, 0.080706, 0.313027, 0.191263,
    ],
    ("a", Fraction(1, 20)): [
        (36.995746, 36.995746), (0.037553, 0.037553), (0.483506, 0.483506), 0.032987,
        24.014774, 49.976718, 0.037553, 0.254991, 0.142686,
    ],
    ("c", Fraction(1, 10)): [
        (9.919179, 25.157629), (0.080905, 0.080706), (0.826543, 0.150804), 0.022653,
        8.733268, 26.343540, 0.081751, 0.314380, 0.114156,
    ],
    ("c", Fraction(1, 20)): [
        (14.797447, 36.995746), (0.036205, 0.037553), (0.835126, 0.147518), 0.017356,
        13.336704, 38.456488, 0.035993, 0.266777, 0.064801,
    ],
}  # fmt: skip


@pytest.mark.parametrize("case, beta", TABLE)
def test_table(case, beta):
    s = solve(CASES[case], HALF, beta)
    assert s.arithmetic == "exact"
    assert s.error_bound < 1e-9
    got = [
        tuple(s.expected_time.values()), tuple(s.error.values()), tuple(s.wins.values()), s.tie,
        s.expected_min, s.expected_max, s.error_winner, s.error_loser, s.error_interactive["A"],
    ]  # fmt: skip
    for mine, printed in zip(got, TABLE[case, beta], strict=True):
        assert mine == pytest.approx(printed, abs=1e-6)


def test_divergences():
    assert COIN.d01 == pytest.approx(0.081093, abs=1e-6)
    assert SHARP.d01 == pytest.approx(0.192745, abs=1e-6)
    assert SHARP.d10 == pytest.approx(0.223144, abs=1e-6)


@pytest.mark.parametrize("q", [Fraction(3, 5), Fraction(2, 3), Fraction(11, 20), Fraction(4, 5)])
@pytest.mark.parametrize(
    "beta", [Fraction(1, 4), Fraction(1, 5), Fraction(1, 10), Fraction(1, 100)]
)
def test_closed_form(q, beta):
    law = exact_law([parse([q, 1 - q], [1 - q, q])], HALF, beta, tolerance=1e-13)
    ruin = symmetric_bernoulli(q, beta)
    assert law.expected_time.mean() == pytest.approx(float(ruin.expected_time), abs=1e-10)
    assert law.error.mean() == pytest.approx(float(ruin.error), abs=1e-10)


def test_threshold_is_weak():
    third = parse(["2/3", "1/3"], ["1/3", "2/3"])
    s = solve({"A": third, "B": third}, HALF, Fraction(1, 5))
    assert s.expected_time["A"] == pytest.approx(3.6, abs=1e-10)
    assert symmetric_bernoulli(Fraction(2, 3), Fraction(1, 5)).expected_time == Fraction(18, 5)
    just_below = solve({"A": third, "B": third}, HALF, Fraction(199999, 1000000))
    assert just_below.expected_time["A"] == pytest.approx(7.0, abs=1e-10)


ODD_MODELS = {
    "asymmetric": SHARP,
    "three symbols": parse([0.5, 0.3, 0.2], [0.2, 0.3, 0.5]),
    "rank 2": parse([0.5, 0.3, 0.2], [0.25, 0.3, 0.45]),
    "certain": parse([0.5, 0.5, 0], [0.4, 0.4, 0.2]),
    "certain both": parse([0.6, 0.3, 0.1, 0], [0.3, 0.6, 0, 0.1]),
    "impossible symbol": parse([0.7, 0, 0.3], [0.3, 0, 0.7]),
}


@pytest.mark.sparse(5)
@pytest.mark.parametrize("model", ODD_MODELS.values(), ids=ODD_MODELS)
@pytest.mark.parametrize("prior", [HALF, Fraction(2, 5)])
def test_law_against_all_sequences(model, prior):
    horizon = 6 if model.symbols < 4 else 5
    law = exact_law([model], prior, Fraction(1, 8), tolerance=1e-9)
    stop, lean = brute.law(model, prior, Fraction(1, 8), horizon)
    assert law.stop[:, :, :horizon] == pytest.approx(stop, abs=1e-14)
    assert law.lean[:, :, :horizon] == pytest.approx(lean, abs=1e-14)


def test_race_against_all_pairs_of_sequences():
    horizon, prior, beta = 4, Fraction(2, 5), Fraction(1, 4)
    a, b = SHARP, parse([0.5, 0.3, 0.2], [0.2, 0.3, 0.5])
    truth = brute.race(a, b, prior, beta, horizon)
    cut = [_first(exact_law([m], prior, beta), horizon) for m in (a, b)]
    game = Race(tuple(cut), np.array([float(1 - prior), float(prior)]))
    assert game.wins(0) == pytest.approx(truth["A"], abs=1e-13)
    assert game.wins(1) == pytest.approx(truth["B"], abs=1e-13)
    assert game.tie == pytest.approx(truth["tie"], abs=1e-13)
    assert game.interactive_error(0) == pytest.approx(truth["error A"], abs=1e-13)
    assert game.interactive_error(1) == pytest.approx(truth["error B"], abs=1e-13)
    assert game.wins_wrongly(0) + game.wins_wrongly(1) == pytest.approx(truth["winner"], abs=1e-13)
    assert game.loses_wrongly(0) + game.loses_wrongly(1) == pytest.approx(truth["loser"], abs=1e-13)


def _first(law, horizon):
    from dataclasses import replace

    return replace(
        law,
        stop=law.stop[:, :, :horizon],
        lean=law.lean[:, :, :horizon],
        lean_slip=law.lean_slip[:, :horizon],
    )


def test_three_agents_are_exchangeable_and_complete():
    s = solve({"A": COIN, "B": COIN, "C": SHARP}, HALF, Fraction(1, 10))
    t = solve({"C": SHARP, "B": COIN, "A": COIN}, HALF, Fraction(1, 10))
    assert s.wins["A"] == pytest.approx(s.wins["B"], abs=1e-14)
    assert sum(s.wins.values()) + s.tie == pytest.approx(1.0, abs=1e-11)
    for name in "ABC":
        assert s.wins[name] == pytest.approx(t.wins[name], abs=1e-14)
        assert s.error_interactive[name] == pytest.approx(t.error_interactive[name], abs=1e-14)


def test_two_certain_agents():
    sure = parse([1, 0], [0, 1])
    s = solve({"A": sure, "B": parse([0.5, 0.5, 0], [0.5, 0, 0.5])}, HALF, Fraction(1, 10))
    assert (s.expected_time["A"], s.error["A"], s.pooled_time) == (1.0, 0.0, 1.0)
    assert s.wins["A"] == pytest.approx(0.5)
    assert s.error_interactive["B"] == pytest.approx(0.25)  # no proof yet: a coin
    assert s.to_json()["kl"]["A"] == {"d01": "inf", "d10": "inf"}


def test_higher_divergence_can_lose():
    erasure = parse(["0.98", "0.01999", "0.00001"], ["0.98", "0.00001", "0.01999"])
    s = solve({"A": erasure, "B": COIN}, HALF, Fraction(1, 10))
    assert erasure.d01 > COIN.d01
    assert s.wins["A"] < s.wins["B"]


pmfs = st.lists(st.integers(1, 9), min_size=2, max_size=3)


@settings(max_examples=15, deadline=None)
@given(
    pmfs,
    st.randoms(use_true_random=False),
    st.sampled_from([HALF, Fraction(2, 5), Fraction(7, 10)]),
)
def test_swapping_the_states_swaps_the_answer(weights, random, prior):
    other = list(weights)
    random.shuffle(other)
    if other == weights:
        other = [w + k for k, w in enumerate(weights)]
    p = [Fraction(w, sum(weights)) for w in weights]
    q = [Fraction(w, sum(other)) for w in other]
    assume(parse(p, q).d01 > 0.2)  # slow ones take long
    one = exact_law([parse(p, q)], prior, Fraction(1, 5), tolerance=1e-3)
    two = exact_law([parse(q, p)], 1 - prior, Fraction(1, 5), tolerance=1e-3)
    assert one.stop == pytest.approx(two.stop[::-1, ::-1], abs=1e-12)
    assert one.lean == pytest.approx(two.lean[::-1][:, [1, 0, 2]], abs=1e-12)


FALSE_ALARM = 1e-6 / 52  # thirteen numbers in each of four tests


@pytest.mark.sparse(1)
@pytest.mark.parametrize("case", CASES)
def test_simulation(case):
    models = CASES[case]
    rng = np.random.default_rng(3)
    sample = statistics(list(models.values()), HALF, Fraction(1, 10), 100_000, rng)
    for name, exact in exact_numbers(solve(models, HALF, Fraction(1, 10))).items():
        assert_mean(sample[name], exact, FALSE_ALARM)


def test_simulation_rejects_wrong_answers():
    """Power: a strict threshold, and numbers of the game without a coin, are noticed."""
    third = parse(["2/3", "1/3"], ["1/3", "2/3"])
    s = exact_numbers(solve({"A": third, "B": third}, HALF, Fraction(1, 5)))
    rng = np.random.default_rng(4)
    strict = statistics([third, third], HALF, Fraction(1, 5), 20_000, rng, strict=True)
    weak = statistics([third, third], HALF, Fraction(1, 5), 20_000, rng)
    assert_mean(weak["time A"], s["time A"], FALSE_ALARM)
    with pytest.raises(AssertionError):
        assert_mean(strict["time A"], s["time A"], FALSE_ALARM)
    law = exact_law([third], HALF, Fraction(1, 5))
    no_coin = s["interactive A"] - 0.5 * float((law.lean[:, 2] * law.stop.sum(axis=1)).sum()) / 2
    with pytest.raises(AssertionError):
        assert_mean(weak["interactive A"], no_coin, FALSE_ALARM)


@pytest.mark.slow
def test_six_symbols_on_the_grid():
    s = solve({"A": SIX, "B": SIX}, HALF, Fraction(1, 1000))
    assert s.arithmetic == "grid"
    assert s.error_bound <= 1e-5
    assert s.tail_mass < 1e-9
    rng = np.random.default_rng(5)
    sample = statistics([SIX, SIX], HALF, Fraction(1, 1000), 200_000, rng)
    for name, exact in exact_numbers(s).items():
        assert_mean(sample[name], exact, FALSE_ALARM)


@pytest.mark.slow
def test_grid_agrees_with_lists_to_its_bound():
    """Few cells, so that the bound is not idle; lists until 5e-4 of the games are left."""
    exact = exact_law([SIX], HALF, Fraction(1, 10), tolerance=5e-4)
    for cells in (20_000, 200_000):
        grid = grid_law([SIX], HALF, Fraction(1, 10), cells=cells, states=500)
        assert grid.arithmetic == "grid"
        n = exact.horizon
        early = np.abs(exact.stop - grid.stop[:, :, :n]).sum(axis=(1, 2))
        assert (early <= 2 * grid.slip + 1e-12).all()
        assert (grid.slip > 0).all()
        late = grid.expected_time - grid.alive[:, : n + 1].sum(axis=1)
        assert (np.abs(exact.expected_time + late - grid.expected_time) <= grid.delay).all()


@pytest.mark.slow
def test_grid_bound_covers_finer_grids():
    """Asymmetric, prior off 1/2: coarse answers lie within their bounds of a fine one."""
    model = parse([0.4, 0.3, 0.2, 0.1], [0.15, 0.2, 0.3, 0.35])
    prior, beta = Fraction(2, 5), Fraction(1, 200)
    fine = grid_law([model], prior, beta, cells=400_000, states=500)
    for cells in (15_000, 30_000, 60_000):
        coarse = grid_law([model], prior, beta, cells=cells, states=500)
        gap = np.abs(coarse.expected_time - fine.expected_time)
        assert (gap <= coarse.delay + fine.delay).all()
        assert (np.abs(coarse.error - fine.error) <= coarse.slip + fine.slip).all()
        assert (coarse.delay > fine.delay).all()


@pytest.mark.parametrize("agents", [1, 2])
def test_few_cells_agree_with_lists_to_their_bound(agents):
    """Pooled tests step over a threshold and back within an iteration: no such mass may be lost."""
    exact = exact_law([FIVE] * agents, HALF, Fraction(1, 10), tolerance=0.05)
    grid = grid_law([FIVE] * agents, HALF, Fraction(1, 10), cells=5_000, states=50)
    n = exact.horizon
    assert grid.arithmetic == "grid" and (grid.slip > 1e-6).all()
    off = np.abs(exact.stop - grid.stop[:, :, :n]).sum(axis=(1, 2))
    assert (off <= 2 * grid.slip + 1e-12).all() and (off > 0).all()
    assert np.allclose(grid.stop.sum(axis=(1, 2)) + grid.tail, 1.0, atol=1e-12)
    leaning = np.abs(exact.lean_wrong - grid.lean_wrong[:, :n]).sum(axis=1)
    assert (leaning <= grid.lean_slip.sum(axis=1) + n * grid.slip).all()


def test_no_more_cells_than_the_accuracy_takes(monkeypatch):
    tried = []
    follow = grid_module._follow
    monkeypatch.setattr(
        grid_module, "_follow", lambda *args: tried.append(args[2].wanted) or follow(*args)
    )
    monkeypatch.setattr(grid_module, "CELLS", 64_000)
    for accurate in (1.0, 2e-3):
        monkeypatch.setattr(grid_module, "ACCURATE", accurate)
        law = grid_law([FIVE], HALF, Fraction(1, 10), states=50)
        tried.append(float(max(law.slip.max(), law.delay.max())))
    first, reached, again, finer, close = tried
    assert (first, again) == (1_000, 1_000) and reached <= 1.0
    assert 1_000 < finer < 64_000 and close <= 2e-3


@pytest.mark.parametrize("theta", [0, 1])
def test_the_last_step_to_a_threshold_takes_the_time_of_a_ruin(theta):
    """One net observation at P(1|1) = q takes 1/(2q - 1); Wald's bound is the same for a coin."""
    lattice = OddsLattice.of([parse(["2/3", "1/3"], ["1/3", "2/3"])], HALF)
    assert 3.0 <= crossing_time(lattice, theta, 1e-6) <= 3.0 * 1.02


def test_the_last_way_to_a_threshold_is_bounded_from_above():
    """Against ever finer meshes; Wald's bound is some twice as long."""
    lattice = OddsLattice.of([FIVE], HALF)
    wald = np.diag(remaining_time(lattice, Fraction(1, 10)))
    for theta in (0, 1):
        got = [crossing_time(lattice, theta, 1e-6, mesh=mesh) for mesh in (100, 300, 1200)]
        assert got == sorted(got, reverse=True)
        assert got[0] < 0.8 * wald[theta] and got[1] < 1.15 * got[2]


def test_truncation_is_within_the_bound():
    full = solve(CASES["c"], HALF, Fraction(1, 10))
    for tolerance in (1e-2, 1e-4, 1e-6):
        s = solve(CASES["c"], HALF, Fraction(1, 10), tolerance=tolerance)
        assert 0 < s.tail_mass <= tolerance
        for name, number in exact_numbers(s).items():
            assert abs(number - exact_numbers(full)[name]) <= s.error_bound
        assert abs(s.pooled_time - full.pooled_time) <= s.error_bound


@pytest.mark.parametrize(
    "models, prior, beta, words",
    [
        ({"A": COIN}, HALF, Fraction(1, 10), "at least two"),
        (CASES["a"], HALF, Fraction(1, 2), "beta must be"),
        (CASES["a"], Fraction(1, 20), Fraction(1, 10), "min\\(prior"),
        ({"A": COIN, "B": parse([0.5, 0.5], [0.5, 0.5])}, HALF, Fraction(1, 10), "agent B"),
    ],
)
def test_bad_games(models, prior, beta, words):
    with pytest.raises(InputError, match=words):
        solve(models, prior, beta)


def test_json():
    answer = solve(CASES["c"], HALF, Fraction(1, 10)).to_json()
    assert list(answer) == [
        "format", "arithmetic", "error_bound", "tail_mass", "kl", "alone", "p_wins", "p_tie",
        "expected_min", "expected_max", "error_winner", "error_loser", "error_interactive",
        "pooled",
    ]  # fmt: skip
    assert all(math.isfinite(answer[k]) for k in ("error_bound", "tail_mass", "p_tie"))
