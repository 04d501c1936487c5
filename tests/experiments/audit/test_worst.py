"""States of nature that no list holds, and mixtures that suffer less from the worst one."""

import numpy as np
import pytest

from nashbox.experiments.audit.arena import Arena
from nashbox.experiments.audit.screen import screen
from nashbox.experiments.audit.simulated import audit_player
from nashbox.experiments.audit.worst import best_mixture, maximin, seek_worst
from nashbox.games.deviations import Deviation
from nashbox.games.estimation.nature import OCTAVES, mu_grid, random_mu
from nashbox.measure.seeds import Stage
from nashbox.mechanisms import Mechanism
from nashbox.problem.spec import Spec
from nashbox.strategies import Equivariant, FreeRider, Ignorer, Mixed, Truthful, make_strategy
from tests.games import alike

OWED = 9.0


def pooled(submissions):
    total = sum(s.counts * np.nan_to_num(s.mean) for s in submissions)
    return total / sum(s.counts for s in submissions)


class Window(Mechanism):
    """The mean of all, and far off where it lies between two powers of two of a standard error."""

    equivariant = False
    low, high = 4500.0, 7000.0  # at a standard error of 10/3: octaves 10.4 to 11.04

    def mediate(self, submissions, terms, rng):
        mean = pooled(submissions)
        bad = (np.abs(mean) > self.low) & (np.abs(mean) < self.high)
        return [np.where(bad, mean + 50.0, mean) for _ in submissions]


class Sides(Mechanism):
    """Who hands in more is misled on one side of 0, who hands in less on the other."""

    equivariant = False

    def mediate(self, submissions, terms, rng):
        mean = pooled(submissions)
        found = []
        for i, s in enumerate(submissions):
            wrong = (mean > 0) == (s.counts > terms.counts[i])
            error = np.where(s.counts == terms.counts[i], 1.6, 1.7 * wrong)
            found.append(mean + error * rng.choice([-1.0, 1.0], size=mean.shape))
        return found


def test_no_list_of_means_holds_the_window():
    game = alike(Window())
    for mu in mu_grid(game.terms, 0):
        assert not Window.low < abs(float(mu[0])) < Window.high


def test_a_worse_mean_is_found(seed):
    """48 draws, one in each 0.56 octaves of either sign: a window of 0.64 holds one for sure."""
    game = alike(Window(), owed=OWED)
    arena = Arena(game, 0, [Truthful(), Ignorer()], seed)
    found = seek_worst(arena, 0, 0, 4000)
    assert found is not None and Window.low < abs(arena.states[found][0]) < Window.high
    assert seek_worst(arena, 1, 0, 4000) is None  # who ignores the answer does not suffer
    assert arena.spent <= 2 * 4000


@pytest.mark.slow
def test_the_audit_counts_the_worst_mean_that_it_found(seed):
    game = alike(Window(), owed=OWED)
    answer = audit_player(game, 0, 0.001, 0.01, seed, 1_000_000)
    assert answer.verdict == "profitable"
    assert answer.gain.lower > 2000  # 50^2 is lost, and saved by whoever ignores the answer
    assert answer.payoff < -2400


def test_where_everything_moves_along_nothing_is_sought(seed):
    from nashbox.mechanisms import SampleMean

    arena = Arena(alike(SampleMean()), 0, [Truthful(), FreeRider()], seed)
    assert seek_worst(arena, 0, 0, 10_000) is None and arena.spent == 0


@pytest.mark.slow
def test_no_state_is_kept_where_none_is_worse(seed):
    """False alarms: 1e-3 a strategy (three standard errors), 7 strategies at most."""

    class Plain(Mechanism):
        """The mean of all, which does not say that it moves along."""

        equivariant = False

        def mediate(self, submissions, terms, rng):
            return [pooled(submissions)] * len(submissions)

    found = screen(alike(Plain()), 0, 0.01, seed, 100_000)
    assert len(found.arena.found) <= 2
    assert not any(isinstance(s, Mixed) for s in found.arena.strategies)


def honest(n):
    parameters = {"collect": n, "submit": n, "shift": 0.0, "estimator": "accept"}
    return Deviation(Spec("equivariant", parameters), Equivariant(**parameters))


def test_a_mixture_is_made_where_pure_deviations_pay_less(seed):
    """Of 40 who owe 5 points: complying loses 2.56 + .5 + .25, working alone 20.25; other counts
    2.89 + .5 on one side of 0 and .5 on the other, and a coin's toss 1.45 + .5, plus .2 to .3.

    Means over 1,000 worlds and more are off by .04.
    """
    game = alike(Sides(), owed=5.0, m=40)
    tried = [honest(4), Deviation(Spec("ignorer"), Ignorer()), honest(6)]
    arena = Arena(game, 0, [Truthful(), *(one.strategy for one in tried)], seed)
    cells = [(j, place) for j in range(4) for place in arena.places[j]]
    means = {cell: p.paid.mean() for cell, p in arena.play(cells, 4, Stage.SCREEN, 0).items()}
    assert best_mixture(arena, tried, means, 3.0, 40_000) is None  # no mixture gains as much
    found = best_mixture(arena, tried, means, 0.5, 40_000)
    assert [part["collect"] for part in found.spec.parameters["strategies"]] == [4, 6]
    assert found.spec.parameters["weights"] == pytest.approx([0.5, 0.5], abs=0.06)
    assert found.strategy == make_strategy(found.spec, "as files write it")
    assert game.how(0, found.strategy) == "counts"
    arena.add(found.strategy)
    cells = [(j, place) for j in (0, 4) for place in arena.places[0]]
    played = arena.play(cells, 1000, Stage.SCREEN, 1)
    losses = [max(-played[j, place].paid.mean() for place in arena.places[0]) for j in (0, 4)]
    assert losses == pytest.approx([3.31, 2.2], abs=0.3)


@pytest.mark.slow
def test_an_audit_looks_for_mixtures(seed):
    screened = screen(alike(Sides(), owed=5.0, m=40), 0, 0.1, seed, 1_000_000)
    strategies = screened.arena.strategies
    mixed = [j for j, s in enumerate(strategies) if isinstance(s, Mixed)]
    assert len(mixed) == 1 and screened.gain(mixed[0]) > 0.1  # of few worlds; fresh ones judge


@pytest.mark.parametrize("d", [1, 3])
def test_random_means_are_in_every_part_of_the_range(d, seed):
    game = alike(Window(), d=d)
    unit = 10.0 / np.sqrt(6.0)
    drawn = random_mu(game.terms, 0, 54, np.random.default_rng(seed))
    assert drawn.shape == (54, d)
    size = np.log2(np.abs(drawn[:, 0][drawn[:, 0] != 0]) / unit)
    assert (OCTAVES[0] <= size).all() and (size <= OCTAVES[1]).all()
    if d == 1:
        assert (np.diff(np.sort(size)) < 1.01).all()
        assert (np.sort(np.floor((size - OCTAVES[0]) * 2)) == np.arange(54)).all()


@pytest.mark.parametrize("lost", [0.0, 1e15])
def test_the_best_mixture_of_a_table(lost, seed):
    """Whatever others lose that are not worth a weight."""
    rng = np.random.default_rng(seed)
    table = rng.normal(size=(6, 9))
    table[0, 0] -= lost
    weights, value = maximin(table)
    assert weights.min() >= 0 and weights.sum() == pytest.approx(1)
    assert value >= table.min(axis=1).max() - 1e-12
    # nature's mixture of states holds her to the same value (minimax)
    states, other = maximin(-table[lost > 0 :].T)
    assert -other == pytest.approx(value, abs=1e-9) and states.sum() == pytest.approx(1)
