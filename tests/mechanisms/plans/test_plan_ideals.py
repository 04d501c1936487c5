"""Ideals from the solution without a favourite: the same brackets as from the interior point."""

import numpy as np
import pytest

from nashbox.mechanisms.plans import alone_penalties, ideals
from nashbox.mechanisms.plans.base import grouped, validated
from nashbox.mechanisms.plans.solver import find_room

COSTS = {
    "spread": lambda rng: np.exp(rng.uniform(-9.0, 0.0, (30, 3))),
    "one": lambda rng: np.exp(rng.uniform(-4.0, 0.0, (30, 1))),
    "whole": lambda rng: rng.integers(1, 9, (30, 3)).astype(float),
    "holes": lambda rng: np.where(rng.random((30, 3)) < 0.2, np.inf, rng.uniform(0.1, 1, (30, 3))),
    "wide": lambda rng: np.exp(rng.uniform(-4.6, 0.0, (60, 20))),  # a dozen pivots away
}


@pytest.mark.sparse(3)
@pytest.mark.parametrize("kind", COSTS)
def test_brackets_are_those_of_the_interior_point(monkeypatch, kind):
    costs, sigma = COSTS[kind](np.random.default_rng(5)), np.ones(20)
    sigma = sigma[: costs.shape[1]]
    alone = alone_penalties(costs, sigma)
    outside = np.where(np.isfinite(alone), alone, alone[np.isfinite(alone)].max())
    groups = grouped(validated(costs, sigma, outside), outside)
    cold = []
    optimise = ideals.optimise
    monkeypatch.setattr(ideals, "optimise", lambda *a, **k: cold.append(1) or optimise(*a, **k))
    with np.errstate(all="ignore"):
        room = find_room(groups)
        low, high = ideals.ideals(groups, room)
        assert len(cold) <= (16 if kind == "whole" else 8)  # of 30 agents and the start of all
        monkeypatch.setattr(ideals, "near", lambda *a: None)
        expected = ideals.ideals(groups, room)
    assert (low <= high).all()
    assert ((high - low) <= 1e-10 * groups.outside).all()
    assert (np.abs(low - expected[0]) <= 1e-10 * groups.outside).all()


def test_starts_that_fail_too_often_are_given_up():
    warm = ideals._Warm()
    for _ in range(40):
        warm.note(success=False)
    assert not warm.pays and warm.tried < 10
    warm = ideals._Warm()
    for number in range(40):
        warm.note(success=number % 5 > 0)
    assert warm.pays and warm.tried == 40
