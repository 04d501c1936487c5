from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nashbox.problem.errors import InputError
from nashbox.problem.lattice import coprime_base, distinct, lattice_basis
from nashbox.problem.observations import ObservationModel, parse_probability
from nashbox.problem.odds import OddsLattice
from tests.testing_games import SHARP, SIX


@pytest.mark.parametrize(
    "text, value",
    [
        ("1/3", Fraction(1, 3)),
        ("0.2", Fraction(1, 5)),
        (0.1, Fraction(1, 10)),
        (1, Fraction(1)),
        (1e-3, Fraction(1, 1000)),
        (np.float64(0.3), Fraction(3, 10)),
        (Fraction(2, 7), Fraction(2, 7)),
    ],
)
def test_probabilities_are_read_exactly(text, value):
    assert parse_probability(text) == value


@pytest.mark.parametrize(
    "bad", ["", "x", "1/0", "-0.1", 1.5, float("nan"), "inf", True, None, [0.1]]
)
def test_other_things_are_refused(bad):
    with pytest.raises(InputError, match="beta must be a probability"):
        parse_probability(bad, "beta")


@pytest.mark.parametrize(
    "p0, p1, words",
    [
        ([0.5, 0.4], [0.5, 0.5], "A.p0 must sum to exactly 1, got 9/10"),
        ([0.5, 0.5], [1.0], "same number of symbols"),
        ([], [], "at least one"),
        ([1.2, -0.2], [0.5, 0.5], r"A.p0\[0\] must be"),
    ],
)
def test_bad_models(p0, p1, words):
    with pytest.raises(InputError, match=words):
        ObservationModel.parse(p0, p1, "A")


def test_divergence_may_be_infinite():
    model = ObservationModel.parse([0.5, 0.5, 0], [1, 0, 0])
    assert model.d01 == np.inf
    assert model.d10 == pytest.approx(np.log(2))
    assert np.isnan(model.log_likelihood_ratios[2])


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=8))
def test_coprime_base(numbers):
    base = coprime_base(numbers)
    assert all(np.gcd(a, b) == 1 for i, a in enumerate(base) for b in base[:i])
    for n in numbers:
        for b in base:
            while n % b == 0:
                n //= b
        assert n == 1


@given(st.lists(st.lists(st.integers(-9, 9), min_size=3, max_size=3), min_size=1, max_size=6))
def test_lattice_basis(vectors):
    basis, coords = lattice_basis(vectors)
    assert len(basis) == np.linalg.matrix_rank(np.array(vectors, dtype=float))
    product = np.array(coords).reshape(len(vectors), -1) @ np.array(basis).reshape(-1, 3)
    assert (product == np.array(vectors)).all()


@pytest.mark.parametrize("model", [SHARP, SIX])
def test_lattice_gives_the_exact_odds(model):
    prior = Fraction(1, 3)
    lattice = OddsLattice.of([model], prior)
    for counts in np.random.default_rng(0).integers(0, 9, (20, model.symbols)):
        order = [
            lattice.symbols.ratios.index(b / a) for a, b in zip(model.p0, model.p1, strict=True)
        ]
        coords = sum(k * lattice.steps[s] for k, s in zip(counts, order, strict=True))
        odds = prior / (1 - prior)
        for k, a, b in zip(counts, model.p0, model.p1, strict=True):
            odds *= (b / a) ** int(k)
        assert lattice.odds(coords.tolist()) == odds
        assert lattice.compare(coords[None], odds)[0] == 0
        assert lattice.compare(coords[None], odds * Fraction(10**30 + 1, 10**30))[0] == -1


def test_distinct_falls_back_to_rows_for_wide_coordinates():
    wide = np.array([[2**40, 1], [-(2**40), 5], [2**40, 1]], dtype=np.int64)
    first, place = distinct(wide)
    assert (wide[first][place] == wide).all()
    assert len(first) == 2
