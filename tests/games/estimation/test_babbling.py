"""Equilibria in which some hand in noise."""

import json

import numpy as np
import pytest

from nashbox.games.estimation.comparison import Comparison
from nashbox.games.estimation.comparison.babbling import babbling
from nashbox.tables.compare import babbled
from tests.games import figure1


def test_figure_1():
    """Found by hand, for costs .033, .066, .1: who is honest and cheapest collects for all."""
    found = babbling(figure1(counts="real"))
    assert [f.agents for f in found] == [("a0",), ("a0", "a1"), ("a0", "a1", "a2")]
    expected = [10.056, 11.965, 15.096]
    assert [f.social_penalty for f in found] == pytest.approx(expected, abs=6e-4)
    assert [f.under for f in found][-1] == "every mechanism"


@pytest.mark.parametrize("counts", ["real", "integer"])
def test_nobody_gains_by_another_count(counts):
    """One by one, with the points that the others are believed to hand in."""
    costs = np.array([0.033, 0.066, 0.1, 0.066])
    problem = figure1(costs=[[c] for c in costs], counts=counts)
    for found in babbling(problem):
        noisy = [name in found.agents for name in problem.names]
        alone = np.array([10 / np.sqrt(c) if counts == "real" else whole(c) for c in costs])
        honest = np.where(noisy, 0.0, alone)
        own = np.zeros(4)
        own[honest.argmax()] = honest.max()
        heard = [honest.max() if noisy[i] or own[i] == 0 else 0.0 for i in range(4)]
        own = np.maximum(own, [alone[i] - heard[i] if noisy[i] else own[i] for i in range(4)])
        total = 0.0
        for i, c in enumerate(costs):
            grid = np.arange(200.0) if counts == "integer" else np.linspace(0.0, 200.0, 400_001)
            with np.errstate(divide="ignore"):
                best = (100 / (heard[i] + grid) + c * grid).min()
            total += best
            assert 100 / (heard[i] + own[i]) + c * own[i] <= best + 1e-6
        assert found.social_penalty == pytest.approx(total, abs=1e-5)


def whole(cost):
    grid = np.arange(1.0, 200.0)
    return grid[(100 / grid + cost * grid).argmin()]


def test_compare_says_what_it_looked_at(nashbox):
    text = 'game = "estimation"\nsigma = 10.0\ncosts = [[0.033], [0.066], [0.1]]\n'
    told = nashbox(
        *("compare", "p.toml", "--design", "none", "--starts", "1", "--mechanism", "sample_mean"),
        *("--json", "-"),
        files={"p.toml": text},
    )
    said = json.loads(told.out)["babbling"]
    assert [row["agents"] for row in said] == [["a0"], ["a0", "a1"], ["a0", "a1", "a2"]]
    words = babbled(comparison := Comparison.from_json(json.loads(told.out)))
    assert "everybody hands in what she measured" in words[0] and "all do" in words[0]
    assert len(comparison.babbling) == 3
    assert said[-1]["social_penalty"] == pytest.approx(15.0963, abs=1e-4)
