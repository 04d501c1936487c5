"""Layers of beliefs: merged as a dictionary would merge them, the faint ones let go and counted."""

from collections import defaultdict
from fractions import Fraction

import numpy as np
import pytest

from nashbox.problem.observations import ObservationModel
from nashbox.solver import exact, exact_law

HALF = Fraction(1, 2)


def model(p0, p1):
    return ObservationModel(tuple(map(Fraction, p0)), tuple(map(Fraction, p1)))


def added_up(coords, steps, mass, p):
    total = defaultdict(lambda: np.zeros(2))
    for k, at in enumerate(coords):
        for s, step in enumerate(steps):
            total[tuple(int(v) for v in at + step)] += mass[:, k] * p[:, s]
    return total


@pytest.mark.parametrize("wide", [1, 2**40], ids=["one integer a belief", "too wide for one"])
def test_what_arrives_is_added_up_in_order(seed, wide):
    rng = np.random.default_rng(seed)
    coords = np.unique(rng.integers(-9, 10, (60, 2)) * wide, axis=0)
    steps = rng.integers(-3, 2, (4, 2)) * wide
    mass, p = rng.random((2, len(coords))), rng.random((2, 4))
    got, total = exact.arrivals(coords, steps, mass, p)
    expected = added_up(coords, steps, mass, p)
    assert [tuple(row) for row in got.tolist()] == sorted(expected)
    np.testing.assert_allclose(total.T, [expected[key] for key in sorted(expected)], rtol=1e-14)


def test_symbols_that_all_prove_theta_end_it_at_once():
    law = exact_law([model(["1", "0"], ["0", "1"])], HALF, Fraction(1, 10))
    assert law.expected_time.tolist() == [1, 1] and not law.error.any()


def test_mass_that_is_let_go_stays_within_the_bounds(monkeypatch):
    case = [model(["0.5", "0.3", "0.2"], ["0.2", "0.21", "0.59"])]
    laws = []
    for faint in (0.0, 1e-5):
        monkeypatch.setattr(exact, "FAINT", faint)
        laws.append(exact_law(case, HALF, Fraction(1, 50)))
    all_of_it, rest = laws
    late = np.abs(all_of_it.expected_time - rest.expected_time)
    wrong = np.abs(all_of_it.error - rest.error)
    assert (late > 0).all() and (wrong > 0).all()  # so that the bounds are not idle
    assert (late <= rest.delay + all_of_it.delay).all()
    assert (wrong <= rest.slip + all_of_it.slip).all()
