import numpy as np
import pytest

from nashbox.games.estimation import prepare
from nashbox.mechanisms.rounding import alone_counts, alone_penalties, round_plan
from tests.games import figure1


@pytest.mark.parametrize(
    ("plan", "whole"),
    [
        ("alone", [55, 39, 32]),
        ("social", [95, 0, 0]),
        ("ir_optimal", [71, 7, 0]),
        ("nash", [35, 23, 16]),
        ("egalitarian", [41, 20, 13]),
        ("kalai_smorodinsky", [28, 24, 22]),
    ],
)
def test_figure_1_in_whole_numbers(plan, whole):
    mechanism = "alone" if plan == "alone" else "sample_mean"
    game = prepare(figure1(plan=plan, mechanism=mechanism))
    assert game.terms.counts.ravel().tolist() == whole


def test_sums_are_kept_zeros_stay_and_ties_go_to_the_lowest_index():
    counts = np.array([[0.5, 0.0, 2.6], [0.5, 0.2, 0.0], [0.5, 0.0, 3.6], [0.5, 0.1, 0.0]])
    assert round_plan(counts).tolist() == [[1, 0, 3], [1, 1, 0], [0, 0, 3], [0, 0, 0]]


def test_alone_in_whole_numbers_is_the_best_whole_number(seed):
    rng = np.random.default_rng(seed)
    costs, sigma = np.exp(rng.normal(-2, 3, size=(50, 2))), np.array([1.0, 7.0])
    grid = np.arange(1, 3001)[:, None, None]
    small = np.maximum(costs, 1e-4)  # keeps the best number inside the grid
    prices = sigma**2 / grid + small * grid
    found = alone_counts(small, sigma, integer=True)
    assert (found == np.minimum(prices.argmin(axis=0) + 1, 3000)).mean() > 0.9
    best = alone_penalties(small, sigma, integer=True)
    inside = (found < 3000).all(axis=1)
    np.testing.assert_allclose(best[inside], prices.min(axis=0).sum(axis=1)[inside], rtol=1e-12)
