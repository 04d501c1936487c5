"""Which members of families are tried where the budget is too small for all."""

import numpy as np
import pytest

from nashbox import audit
from nashbox.experiments.audit.pool import CandidatePool, refined
from nashbox.games.deviations import Family
from nashbox.games.pay import Pay
from nashbox.measure.seeds import Stage
from tests.games import figure1, from_mapping


class Named:
    """A game that names the given families; counts closer to `best` pay more."""

    pays, players, strategies, specs = Pay(), ("a",), {}, {}

    def __init__(self, *families, best=None):
        self.families, self.best = families, best

    def deviations(self, i):
        return self.families

    def strategy(self, i):
        return "honest"

    recommended = strategy

    def states(self, i, strategy):
        return (None,)

    def own_trials(self, i, strategies, worlds, seed, at=None):
        for n in strategies:
            yield type("Paid", (), {"paid": np.full(worlds, -abs(n - self.best))})


def honest_counts(owed, size):
    """Counts around what is owed, the closest first: one below, one above, and so on."""
    counts = sorted({*range(size + 1)} - {owed}, key=lambda n: abs(n - owed))
    return Family("count", lambda n: n, {"n": counts})


def test_members_of_a_thinned_family_lie_on_both_sides_and_everywhere():
    """Every second or fourth of the list is on one side only."""
    for most in range(20, 100):
        pool = CandidatePool.of(Named(honest_counts(50, 100)), 0, most)
        tried = np.array(sorted(pool.strategies[1:]))
        assert len(tried) == most
        assert pool.thinned[0][1:] == (most, 100)
        assert np.diff(tried).max() <= 6 * 100 / most, most
        assert abs(np.sum(tried < 50) - most / 2) <= 0.15 * most + 2, most


def test_small_families_leave_their_share_to_large_ones():
    few, many = honest_counts(2, 4), honest_counts(50, 100)
    pool = CandidatePool.of(Named(few, many), 0, 104)
    assert not pool.thinned and len(pool.strategies) == 1 + 100


@pytest.mark.parametrize("best", [3, 37, 62, 99])
def test_a_search_finds_the_count_that_was_left_out(best):
    game = Named(honest_counts(50, 100), best=best)
    pool = CandidatePool.of(game, 0, 20)
    leading = min(range(1, 21), key=lambda j: abs(pool.strategies[j] - best))
    found, _ = refined(game, 0, pool, leading, 1, (0, Stage.SEARCH))
    reached = pool.strategies[leading] if found is None else found.strategy
    assert abs(reached - best) <= 1


def test_an_audit_says_what_its_budget_left_out():
    small = audit(figure1(mechanism="cbl"), method="black_box", budget=100_000)
    assert "not all that is listed was tried" in small.class_
    large = CandidatePool.of(Named(honest_counts(50, 100)), 0, 100)
    assert not large.thinned


def test_what_is_no_number_has_no_neighbours():
    words = Family("word", lambda word: word, {"word": ["b", "a", "c"]})
    pool = CandidatePool([], [], [])
    pool.thinned.append((words, 1, 3))
    pool.origins.append((words, {"word": "b"}))
    game = Named(best=0)
    game.own_trials = lambda *told: [type("Paid", (), {"paid": np.zeros(1)}) for _ in told[1]]
    assert refined(game, 0, pool, 1, 1, (0, Stage.SEARCH))[0] is None


@pytest.mark.parametrize("method", ["exact", "black_box"])
def test_who_has_one_strategy_gains_nothing(method):
    """A player with a menu of one entry: black-box audits refused her."""
    payoffs = {"a": [[1, 2]], "b": [[1, 2]]}
    result = audit(from_mapping({"game": "table", "payoffs": payoffs}), method=method, budget=4000)
    alone, free = result.agents
    assert alone.verdict == "none_above_epsilon" and alone.gain.estimate == alone.gain.upper == 0
    assert free.verdict == "profitable" and free.gain.estimate == 1
