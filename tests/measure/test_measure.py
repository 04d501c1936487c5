"""Means with errors, controls and looks: the statistics under every simulated verdict."""

import numpy as np
import pytest
from scipy import stats

from nashbox.measure.controls import coefficients
from nashbox.measure.looks import TRUSTED, looks, shares, tail
from nashbox.measure.moments import Moments
from nashbox.measure.tally import KEPT, TailMoments


def tally(*blocks):
    found = TailMoments()
    for block in blocks:
        found.add(np.asarray(block, dtype=float))
    return found


def test_three_moments_are_merged_block_by_block():
    x = np.random.default_rng(0).exponential(size=5000)
    found = tally(*np.split(x, [1, 10, 3000]))
    assert found.mean == pytest.approx(x.mean(), rel=1e-12)
    assert found.variance == pytest.approx(x.var(ddof=1), rel=1e-12)
    assert found.skewness == pytest.approx(stats.skew(x), rel=1e-9)
    assert (found.least, found.greatest) == (x.min(), x.max())


def test_one_world_that_outweighs_all_others_is_no_normal_mean():
    rng = np.random.default_rng(1)
    calm = rng.standard_normal(10_000) ** 2
    assert tally(calm).tame
    assert not tally(calm, [300.0]).tame
    assert tally(np.zeros(5)).tame and tally(np.zeros(5)).skewness == 0


@pytest.mark.parametrize("freedom", [2.5, 3.0])
def test_heavy_tails_are_noticed(freedom):
    """Squared means of ten points; 40 samples, of which fewer than 4 may pass unnoticed."""
    rng = np.random.default_rng(2)
    samples = rng.standard_t(freedom, size=(40, 10_000, 10)).mean(axis=2) ** 2
    assert sum(tally(sample).tame for sample in samples) < 4


def relying_more(noise, worlds, rng):
    """Gains of who relies more on noisy data than she should: the truth, and 400 samples.

    Her own mean, the others' mean and its noise have variance 1.
    """
    own, others = rng.standard_normal((2, 400, worlds))
    received = (others + noise((400, worlds))) / np.sqrt(2)
    first, second = 0.4 * own + 0.6 * received, 0.39 * own + 0.7 * received
    return (0.4**2 + 0.6**2) - (0.39**2 + 0.7**2), first**2 - second**2


def test_few_worlds_without_the_rare_ones_decide_nothing():
    """t with 2.5 degrees of freedom: bounds of 4 errors that should fail in 1 of 30,000 samples
    fail in some 20 of 400 that look tame; claims in none of 4,000 (here: 1 of 400 may)."""
    rng = np.random.default_rng(5)
    mean, samples = relying_more(lambda size: rng.standard_t(2.5, size) / np.sqrt(5), 1000, rng)
    found = [t for t in map(tally, samples) if t.tame]
    assert sum(t.bound(-4.0) > mean for t in found) > 5
    assert sum(t.claim(-4.0) > mean for t in found) <= 1


def test_claims_of_many_worlds_and_of_normal_or_bounded_ones_are_bounds():
    """Normal samples of 1,000 are light but for .8 %: more than 8 of 200 have chance 1e-5."""
    rng = np.random.default_rng(6)
    found = [tally(sample) for sample in rng.standard_normal((200, 1000))]
    assert sum(t.claim(4.0) > t.bound(4.0) for t in found) <= 8
    coins = tally(rng.random(1000) < 0.1)
    assert coins.claim(4.0) == coins.bound(4.0)
    heavy = rng.exponential(size=12_000) ** 2
    few, many = tally(heavy[:1000]), tally(heavy)
    assert few.tame and many.tame and not few.light
    assert few.claim(4.0) == few.bound(8.0) > few.bound(4.0)
    assert few.bound(-8.0) < few.claim(-4.0) < few.bound(-4.0)  # the farthest may be forgotten
    assert many.claim(4.0) == many.bound(4.0)


def test_rare_events_of_one_size_are_bounded_things_and_of_any_size_are_not():
    """20 or more of 2,000 show the wall; t with 2.5 degrees of freedom looks so in 1 of 5,000."""
    rng = np.random.default_rng(7)
    losses = np.zeros(2000)
    losses[:25] = -rng.uniform(0.9, 1.1, 25)
    lost = tally(losses)
    assert lost.largest_share > 0.035 and lost.light and lost.claim(4.0) == lost.bound(4.0)
    losses[19:25] = 0.0
    assert not tally(losses).light
    heavy = [tally(rng.standard_t(2.5, 2000)) for _ in range(400)]
    assert sum(t._flat(t.high) or t._flat(t.low) for t in heavy) <= 3


@pytest.mark.parametrize("worlds", [1000, 4000])
def test_heavy_tails_that_mislead_never_look_light(worlds):
    """Squared means of ten points, 100 samples of each of three noises; one in 1,000 may."""
    rng = np.random.default_rng(9)
    size = (100, worlds, 10)
    noises = (
        rng.standard_t(2.5, size),
        rng.standard_t(3, size),
        np.exp(rng.standard_normal(size)) - np.exp(0.5),
    )
    found = [tally(sample) for noise in noises for sample in noise.mean(axis=2) ** 2]
    assert not any(t.light for t in found)


def test_bounds_that_forget_losses_are_bounds():
    """Rare losses of index 1.5 beside normal gains: .4 % of 1,000 may fail, more than 12 never
    (chance 1e-4). More than 900 say that nothing is gained, fewer than 100 of those of 8 errors."""
    rng = np.random.default_rng(10)
    rare = rng.random((1000, 2000)) < 0.005
    lost = rare * (rng.pareto(1.5, rare.shape) + 1.0)
    mean = -0.005 * 3.0  # of 1 + Lomax(1.5): 3
    found = [tally(sample) for sample in 0.01 * rng.standard_normal(rare.shape) - lost]
    assert sum(t.robust(2.65) < mean for t in found) <= 12
    assert (
        sum(t.robust(2.65) <= 0.001 for t in found)
        > 900
        > 9 * sum(t.bound(8.0) <= 0.001 for t in found)
    )


def test_a_bound_may_forget_how_large_the_largest_losses_are_but_no_gain():
    values = np.r_[-1.4, -1.1, np.full(1070, -1e-5)]
    few = tally(values)
    assert not few.tame and few.bound(2.65) > 0.001
    assert few.robust(2.65) < 1e-9 and few.robust(-2.65) == -np.inf
    assert tally(-values).robust(2.65) == np.inf


@pytest.mark.parametrize("side", [1.0, -1.0])
def test_pulled_values_have_the_moments_of_what_is_pulled(side):
    rng = np.random.default_rng(8)
    values = rng.standard_t(3, 3000)
    pulled = np.sort(side * values)
    pulled[:KEPT] = pulled[KEPT - 1]
    made, wanted = tally(*np.split(values, 3)), TailMoments.of(side * pulled)
    found = made._pulled(made.low if side > 0 else made.high)
    for name in ("count", "mean", "squares", "cubes", "least", "greatest"):
        assert getattr(found, name) == pytest.approx(getattr(wanted, name), rel=1e-9), name


def test_infinite_payoffs_have_an_infinite_mean_and_no_spread():
    found = tally([1.0, -np.inf], [2.0])
    assert found.mean == -np.inf and found.se == 0 and found.largest_share == 0


def test_looks_grow_and_end_where_the_budget_does():
    sizes = looks(100_000, 1000)
    assert sizes[-1] == 100_000 and TRUSTED in sizes and list(sizes) == sorted(set(sizes))
    assert all(size % 1000 == 0 for size in sizes[1:-1])
    assert looks(100) == (100,)


@pytest.mark.parametrize("expected", [0, 3, 11])
def test_the_level_is_spent_once(expected):
    found = shares(12, expected)
    assert sum(found) == pytest.approx(1.0) and max(found) == found[expected]


def test_a_claim_tested_at_every_look_is_wrong_as_seldom_as_it_says():
    """Level .05 over 12 looks at 4,000 random walks: at most .05, +3.5 s.e.; at one look .05 each,
    which forgets that there are several, it is above .1."""
    rng, alpha, sizes = np.random.default_rng(3), 0.05, looks(8000)
    walks = np.cumsum(rng.standard_normal((4000, 8000), dtype=np.float32), axis=1)
    at = np.array(sizes) - 1
    means, errors = walks[:, at] / np.array(sizes), 1 / np.sqrt(sizes)
    spent = [tail(alpha * share) for share in shares(len(sizes), len(sizes) // 2)]
    wrong = (means > np.array(spent) * errors).any(axis=1).mean()
    assert wrong <= alpha + 3.5 * np.sqrt(alpha * (1 - alpha) / 4000)
    assert (means > tail(alpha) * errors).any(axis=1).mean() > 0.1


def test_controls_take_off_noise_and_leave_the_mean():
    """Fitted on one half, applied to the other: within 4 s.e. of the mean, a tenth of the noise."""
    rng = np.random.default_rng(4)
    controls = rng.standard_normal((20_000, 3))
    values = 0.7 + controls @ [2.0, 0.0, -1.0] + 0.5 * rng.standard_normal(20_000)
    taken = coefficients(values[:10_000], controls[:10_000], np.zeros(3))
    left = values[10_000:] - controls[10_000:] @ taken
    assert abs(left.mean() - 0.7) < 4 * left.std() / 100
    assert left.var() < 0.1 * values.var()


def test_few_worlds_take_what_theory_takes_if_that_helps():
    x = np.linspace(-1, 1, 11)
    controls = np.column_stack([x, x**2 - np.mean(x**2)])
    theory = np.array([3.0, 0.0])
    assert coefficients(3 * x, controls, theory).tolist() == [3.0, 0.0]
    assert coefficients(-3 * x, controls, theory).tolist() == [0.0, 0.0]


@pytest.mark.filterwarnings("error")
def test_infinite_values_of_both_signs_have_no_mean_and_need_no_warning():
    assert np.isnan(Moments.of(np.array([np.inf, -np.inf, 1.0])).mean)
    assert Moments.of(np.array([np.inf, 1.0])).mean == np.inf
