"""Best counts of many channels at once are those of each by itself."""

import numpy as np
import pytest

from nashbox.mechanisms.cbl.channel import CorruptChannel
from nashbox.mechanisms.decoy.channel import DecoyChannel
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.mechanisms.threshold.channel import ThresholdChannel
from nashbox.mechanisms.threshold.tuning import tuned, tuned_all
from nashbox.strategies import best_count as module
from nashbox.strategies.best_count import best_count, best_counts


class Worse(MeanChannel):
    """As a user might derive one: `best_risks` of the parent is not about it."""

    def best_risk(self, n):
        return 2 * super().best_risk(n)


def _pairs(rng):
    for _ in range(25):
        z, N, a = rng.uniform(1, 30), rng.uniform(40, 400), rng.uniform(0.5, 30)
        costs = 10.0 ** rng.uniform(-5, 0, 4)
        yield MeanChannel(a, N), float(costs[0])
        yield CorruptChannel(a, z, N, rng.uniform(1, 9)), float(costs[1])
        yield ThresholdChannel(a, z, N, rng.uniform(0.5, 9)), float(costs[2])
        yield Worse(a, N), float(costs[3])
    yield MeanChannel(10.0, 0.0), 0.05
    yield MeanChannel(10.0, 50.0), np.inf
    yield CorruptChannel(10.0, 0.0, 0.0, 1.0), 0.05
    yield CorruptChannel(10.0, 5.0, 0.0, 1.0), 0.05
    yield ThresholdChannel(10.0, 0.0, 50.0, 1.0), 0.05
    yield DecoyChannel(10.0, 14.0, 98.0, 9.5861), 0.05


@pytest.mark.parametrize("at_once", [module.AT_ONCE, 200])
def test_many_are_as_each(seed, monkeypatch, at_once):
    monkeypatch.setattr(module, "AT_ONCE", at_once)
    pairs = list(_pairs(np.random.default_rng(seed)))
    found = best_counts(pairs, integer=True)
    assert len(found) == len(pairs)
    for pair in pairs:
        n, least = best_count(*pair, integer=True)
        assert found[pair][0] == n
        assert found[pair][1] == pytest.approx(least, rel=1e-13)


def test_thresholds_of_many_are_as_each(seed):
    rng = np.random.default_rng(seed)
    pairs = np.column_stack(
        [rng.integers(0, 30, 40), rng.integers(0, 600, 40), 10 ** rng.uniform(-3, 0, 40)]
    )
    pairs = np.column_stack([pairs, np.full(40, 10.0)])
    together = tuned_all(pairs, True)
    for pair, rule in zip(pairs.tolist(), together, strict=True):
        alone = tuned(*pair, True)
        assert (rule is None) == (alone is None)
        if rule is not None:
            assert (rule.z, rule.t, rule.excess) == pytest.approx(
                (alone.z, alone.t, alone.excess), rel=1e-9
            )
