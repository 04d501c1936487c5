"""What mechanisms do with points, against a plain one-world loop of Algorithm 2."""

from itertools import pairwise

import numpy as np
import pytest

from nashbox.games.estimation import prepare
from nashbox.mechanisms import Cbl, subsets
from nashbox.mechanisms.pool import Pool
from nashbox.mechanisms.subsets import split_sums
from nashbox.model import EstimationSandbox
from nashbox.problem.data import Dataset
from tests.games import worked_case
from tests.statistics_for_tests import assert_mean, assert_same_mean


def plain_information(points, terms, rng, k=0):
    """Lines 18 to 23 of Algorithm 2 for one world; points: one array per agent."""
    v, answers = terms.sigma[k] ** 2, []
    for i, y in enumerate(points):
        others = np.concatenate([p for j, p in enumerate(points) if j != i])
        owed = int(terms.counts[i, k])
        drawn = rng.choice(
            others, min(int(terms.fixed_totals[k]) - owed, others.size), replace=False
        )
        z, rest = drawn[:owed], drawn[owed:]
        eta = terms.alpha[i, k] * abs(y.mean() - z.mean())
        rest = rest + rng.normal(0, eta, size=rest.size)
        top = (y.sum() + z.sum()) / v + rest.sum() / (v + eta**2)
        answers.append(top / ((y.size + z.size) / v + rest.size / (v + eta**2)))
    return answers


def plain_worlds(game, worlds, rng):
    return np.array(
        [
            plain_information(
                [rng.normal(0, 10, size=int(n)) for n in game.terms.counts[:, 0]], game.terms, rng
            )
            for _ in range(worlds)
        ]
    )


def our_worlds(game, worlds, seed):
    model = EstimationSandbox(
        game.problem, game.mechanism, game.terms, replications=worlds, rng=seed
    )
    submissions = [agent.act() for agent in model.players]
    return np.stack([x[:, 0] for x in model.mediate(submissions)], axis=1)


STATISTICS = {  # of every reader alone: (R, m)
    "spread": lambda x: x**2,
    "fourth": lambda x: x**4,
    "inner": lambda x: np.abs(x) < 0.3,
}


def mean_statistics(worlds):
    """Of each statistic its mean over readers, (R,)."""
    return {name: of(worlds).mean(axis=1) for name, of in STATISTICS.items()}


def test_the_benchmarks_case_corrupts_all_thousand_pairs():
    problem = worked_case(m=100, d=10)
    terms = Cbl().terms(problem, np.full((100, 10), 5.0))
    assert terms.leverage and np.isfinite(terms.alpha).all() and terms.alpha.size == 1000
    assert (terms.counts == 5).all()


@pytest.mark.slow
@pytest.mark.parametrize(("m", "plan"), [(20, 10.0), (100, 5.0)])
def test_information_has_the_law_of_the_plain_loop(m, plan, seed):
    game = prepare(worked_case(m=m))
    terms = Cbl().terms(game.problem, np.full((m, 1), plan))
    game = type(game)(game.problem, game.mechanism, game.plan, None, terms)
    rng = np.random.default_rng([seed, 1])
    plain = plain_worlds(game, 40_000 // m, rng)
    ours = our_worlds(game, 20_000, seed)
    ours, plain = mean_statistics(ours), mean_statistics(plain)
    for name in STATISTICS:  # false alarms: 3 tests at 2e-7 each
        assert_same_mean(ours[name], plain[name], false_alarm=2e-7)


@pytest.mark.slow
def test_the_law_test_rejects_wrong_rules(seed):
    game = prepare(worked_case())
    rng = np.random.default_rng([seed, 2])
    plain = plain_worlds(game, 4000, rng)
    weak = prepare(worked_case(mechanism={"name": "cbl", "alpha_factor": 0.8}))
    ours = mean_statistics(our_worlds(weak, 20_000, seed))
    with pytest.raises(AssertionError):
        assert_same_mean(ours["spread"], mean_statistics(plain)["spread"], 2e-7)


def test_readers_of_rules_for_real_are_answered_independently(seed, monkeypatch):
    """Two readers draw 3 of the same 12 points: apart, a point they share goes to both in 9/132."""
    worlds, counts = 60_000, [2, 3, 9]
    values = np.broadcast_to(2.0 ** np.arange(14), (worlds, 14)).copy()
    edges = np.concatenate([[0], np.cumsum(counts)])
    pool = Pool.laid_out([values[:, a:b] for a, b in pairwise(edges)])
    asked = np.array([0, 1]), np.array([3, 3]), np.array([3, 3])
    monkeypatch.setattr(subsets, "FEW", 0)  # one order for all however few they are
    for apart in (True, False):
        z, _ = split_sums(pool, *asked, np.random.default_rng(seed), apart=apart)
        bits = (z.astype(int)[:, :, None] >> np.arange(14)) & 1
        both = (bits[:, 0] * bits[:, 1])[:, 5:].mean(axis=1)
        expected = 3 / 12 * 3 / 11
        if apart:
            assert_mean(both, expected, false_alarm=1e-7)
        else:
            with pytest.raises(AssertionError):
                assert_mean(both, expected, false_alarm=1e-7)


def test_an_exchange_of_one_world_answers_apart(monkeypatch):
    told = []
    monkeypatch.setattr(
        "nashbox.mechanisms.cbl.information.split_sums",
        lambda *args, apart: told.append(apart) or split_sums(*args, apart=apart),
    )
    our_worlds(prepare(worked_case()), 1, 1)
    our_worlds(prepare(worked_case()), 2, 1)
    assert told == [True, False]


@pytest.mark.slow
def test_leftover_points_stay_unused(seed):
    """T is 40 but the others hand in 57: 40 - 2 - 2 points are noisy, the rest plays no part."""
    problem = worked_case(m=20)
    terms = Cbl().terms(problem, np.full((20, 1), 10.0))
    object.__setattr__(terms, "fixed_totals", np.array([150.0]))
    game = prepare(problem)
    game = type(game)(problem, Cbl(), game.plan, None, terms)
    plain = plain_worlds(game, 3000, np.random.default_rng([seed, 3]))
    ours = our_worlds(game, 15_000, seed)
    full = mean_statistics(our_worlds(prepare(problem), 15_000, seed))
    ours, plain = mean_statistics(ours), mean_statistics(plain)
    for name in STATISTICS:
        assert_same_mean(ours[name], plain[name], false_alarm=2e-7)
    with pytest.raises(AssertionError):
        assert_same_mean(full["spread"], plain["spread"], 2e-7)


@pytest.mark.parametrize("few", [0, 1000], ids=["one order for all", "an order for each"])
@pytest.mark.parametrize("clean", [1, 3, 5, 12])
def test_subsets_are_uniform_without_replacement(clean, few, seed, monkeypatch):
    """Every subset of the others' points is equally likely: distinct powers of two tell which."""
    monkeypatch.setattr(subsets, "FEW", few)
    worlds, counts = 60_000, [2, 3, 1, 8]
    values = np.broadcast_to(2.0 ** np.arange(14), (worlds, 14)).copy()
    edges = np.concatenate([[0], np.cumsum(counts)])
    data = [Dataset([values[:, a:b]], np.full((worlds, 1), b - a)) for a, b in pairwise(edges)]
    pool = Pool.of(data, 0)
    agent = np.array([0])
    total, rest = split_sums(
        pool, agent, np.array([clean]), np.array([12]), np.random.default_rng(seed)
    )
    codes = total[:, 0].astype(int)
    bits = (codes[:, None] >> np.arange(14)) & 1
    assert (bits.sum(axis=1) == clean).all() and (bits[:, :2] == 0).all()
    np.testing.assert_array_equal(total + rest, np.full((worlds, 1), 2.0**14 - 4))
    for j in range(2, 14):
        assert_mean(bits[:, j], clean / 12, false_alarm=1e-7)
    if clean >= 2:
        for a, b in [(2, 3), (2, 13), (12, 13)]:
            together = clean * (clean - 1) / (12 * 11)
            assert_mean(bits[:, a] * bits[:, b], together, false_alarm=1e-7)


@pytest.mark.sparse(6)
@pytest.mark.parametrize("few", [0, 1000], ids=["one order for all", "an order for each"])
@pytest.mark.parametrize(("clean", "drawn"), [(1, 11), (3, 10), (2, 4), (1, 1), (3, 3), (5, 8)])
def test_parts_of_subsets_are_uniform_as_well(clean, drawn, few, seed, monkeypatch):
    """Z and Y' without Z: each pair of places equally often in each role; powers of 2 tell which.

    Z that is always of the first places fails.
    """
    monkeypatch.setattr(subsets, "FEW", few)
    worlds, others = 60_000, 12
    values = np.broadcast_to(2.0 ** np.arange(14), (worlds, 14)).copy()
    pool = Pool.laid_out([values[:, :2], values[:, 2:]])
    asked = (
        np.array([0, 1]),
        np.array([clean, 1]),
        np.array([drawn, 2]),
    )  # one has two, one has twelve
    z, rest = split_sums(pool, *asked, np.random.default_rng(seed))
    z, rest = ((x[:, :1].astype(int) >> np.arange(14)) & 1 for x in (z, rest))
    assert (z.sum(axis=1) == clean).all() and (rest.sum(axis=1) == drawn - clean).all()
    assert (z * rest == 0).all() and (z[:, :2] + rest[:, :2] == 0).all()
    for j in range(2, 14):
        assert_mean(z[:, j], clean / others, false_alarm=1e-7)
        if drawn > clean:
            assert_mean(rest[:, j], (drawn - clean) / others, false_alarm=1e-7)
            i = 2 + (j - 1) % 12
            both = clean * (drawn - clean) / (others * (others - 1))
            assert_mean(z[:, i] * rest[:, j], both, false_alarm=1e-7)


def test_what_is_known_of_the_dice_is_what_they_say(seed):
    """Drawn anew or remembered: the same sums, the same generator after, for her and for others."""
    rng = np.random.default_rng(seed)
    parts = [rng.standard_normal((50, n)) for n in (3, 4, 5)]
    sets = [Dataset([part], np.full((50, 1), part.shape[1])) for part in parts]
    dice = np.random.default_rng(seed)
    start = dice.bit_generator.state
    for count in (3, 3, 1, 6):  # agent 0 hands in so many, everybody else the same
        hers = rng.standard_normal((50, count))
        sets[0] = Dataset([hers], np.full((50, 1), count))
        for agent, size, state in [(0, 5, 0), (0, 5, 0), (0, 4, 0), (0, 5, 1), (1, 2, 0)]:
            asked = np.array([agent]), np.array([2]), np.array([size])
            fresh = Pool.laid_out([one.points(0) for one in sets])
            pool = Pool.of(sets, 0)
            found = []
            for one in (fresh, pool):
                dice.bit_generator.state = start
                dice.random(state)
                found.append((*split_sums(one, *asked, dice), dice.bit_generator.state))
            for expected, ours in zip(*found, strict=True):
                np.testing.assert_equal(ours, expected)
        assert pool.drawn[0].sizes == (5, 2)


def test_who_owes_and_submits_nothing_gets_the_mean_of_z(seed):
    game = prepare(worked_case())
    model = EstimationSandbox(
        game.problem, game.mechanism, game.terms, replications=40_000, rng=seed
    )
    submissions = [agent.act() for agent in model.players]
    nothing = Dataset([np.empty((40_000, 0))], np.zeros((40_000, 1), dtype=np.int64))
    (answer,) = game.mechanism.inform([nothing, *submissions[1:]], game.terms, model.rng, [0])
    assert_mean(answer[:, 0] ** 2, 100 / 10, false_alarm=1e-6)  # sigma^2/n*, not sigma^2/190


def test_mixed_counts_are_played_world_by_world(seed):
    """A ragged pool gives, in each of its worlds, the law of an even pool of that world."""
    half = worked_case(
        strategies={"a1": {"name": "mixed", "strategies": ["truthful", "free_rider"]}}
    )
    pure = [worked_case(), worked_case(strategies={"a1": "free_rider"})]
    game = prepare(half)
    model = EstimationSandbox(
        half, game.mechanism, game.terms, game.strategies, replications=30_000, rng=seed
    )
    model.step()
    handed = model.players[1].submitted[:, 0]
    for points, problem in zip((10, 0), pure, strict=True):
        other = prepare(problem)
        even = EstimationSandbox(
            problem,
            other.mechanism,
            other.terms,
            other.strategies,
            replications=15_000,
            rng=seed + 1,
        )
        even.step()
        mine = model.players[0].penalty[handed == points]
        assert_same_mean(mine, even.players[0].penalty, false_alarm=1e-6)
    assert_mean(handed == 10, 0.5, false_alarm=1e-6)
