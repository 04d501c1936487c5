"""Every strategy's risk in a played game against its exact formula."""

import numpy as np
import pytest

from nashbox.games.estimation import prepare
from nashbox.games.estimation.nature import play_block
from nashbox.problem.risks import price_of
from nashbox.problem.terms import View
from nashbox.strategies import make_strategy
from tests.games import figure1, worked_case
from tests.statistics_for_tests import assert_mean

WORLDS = 20_000
PLAYED = [
    "truthful",
    "free_rider",
    {"name": "withholder", "fraction": 0.3},
    "under_collector",
    "over_collector",
    {"name": "shifter", "shift": 2.0},
    {"name": "mixer", "weight": 0.4},
    "ignorer",
    {"name": "best_responder", "eager": True},
    {"name": "fabricator", "kind": "pad", "fraction": 0.6},
    {"name": "fabricator", "kind": "own_mean", "fraction": 0.4},
    {"name": "fabricator", "kind": "constant"},
    {"name": "equivariant", "collect": 5, "submit": 12, "shift": 1.0},
    {"name": "equivariant", "collect": 5, "submit": 12, "estimator": "accept"},
    {"name": "equivariant", "collect": 12, "submit": 4, "shift": -3.0, "estimator": 0.7},
    {"name": "equivariant", "collect": 6, "submit": 6, "estimator": "pitman"},
]
GAMES = {
    "sample_mean": lambda: figure1(mechanism="sample_mean", plan="nash"),
    "counted_mean": lambda: figure1(mechanism="counted_mean", plan="nash"),
    "alone": lambda: figure1(mechanism="alone"),
    "cbl": worked_case,
    "cbl without leverage": lambda: figure1(mechanism="cbl"),
}
FALSE_ALARM = 1e-6 / (len(PLAYED) * len(GAMES))


def played_and_exact(game, spec, seed, worlds=WORLDS, agent=1):
    strategy = make_strategy(spec, "test")
    changed = game.with_strategies({game.problem.names[agent]: strategy})
    counts = changed.profile_counts()
    plays = strategy.plays(View(agent, changed.terms, counts))
    exact, error = price_of(
        View(agent, changed.terms, counts).risks().known(), plays, game.problem.costs[agent]
    )
    assert error < 1e-6 * max(1.0, exact) or np.isinf(exact)
    offset = np.full(game.problem.d, 3e4)  # far away: what is not equivariant shows
    (trial,) = play_block(game, agent, [strategy], seed, offset, worlds)
    return trial.penalty, exact


@pytest.mark.sparse(53)
@pytest.mark.parametrize("name", GAMES)
@pytest.mark.parametrize("spec", PLAYED, ids=str)
def test_penalty_in_the_model_is_the_exact_one(name, spec, seed):
    penalty, exact = played_and_exact(prepare(GAMES[name]()), spec, seed)
    if np.isinf(exact):
        assert np.isinf(penalty).all()
        return
    assert_mean(penalty, exact, FALSE_ALARM, atol=1e-6)
    if penalty.std() > 0.02 * exact:
        with pytest.raises(AssertionError):  # power: an error of 10 % is caught
            assert_mean(penalty, 1.1 * exact, FALSE_ALARM)


@pytest.mark.parametrize(
    ("spec", "published"),
    [
        ({"name": "equivariant", "collect": 5, "submit": 5, "estimator": "accept"}, 1.984),
        ({"name": "equivariant", "collect": 10, "submit": 10}, 1.8158),
        ({"name": "equivariant", "collect": 5, "submit": 10, "estimator": "accept"}, 2.289),
        ({"name": "equivariant", "collect": 5, "submit": 10}, 2.027),
        ({"name": "equivariant", "collect": 10, "submit": 10, "shift": 1.0}, 1.848),
    ],
)
def test_cbl_against_the_simulated_numbers_of_the_specification(spec, published):
    """Those rest on 10^6 draws, with a standard error of about 0.002."""
    game = prepare(worked_case())
    channels = View(0, game.terms, game.profile_counts()).risks().known()
    plays = make_strategy(spec, "test").plays(View(0, game.terms, game.terms.counts))
    assert price_of(channels, plays, game.problem.costs[0])[0] == pytest.approx(
        published, abs=0.008
    )


@pytest.mark.parametrize("kind", ["constant", "own_mean", "pad", "resample"])
def test_fabricators_discount_exactly_under_the_counted_mean(kind, seed):
    """Fakes are known to who made them, so the others' mean comes back whole."""
    game = prepare(GAMES["counted_mean"]())
    spec = {"name": "fabricator", "kind": kind, "fraction": 0.5, "value": 7.0}
    (trial,) = play_block(game, 1, [make_strategy(spec, "test")], seed, np.zeros(1), WORLDS)
    n = 0 if kind == "constant" else 12
    others = game.terms.totals[0] - game.terms.counts[1, 0]
    assert_mean(trial.penalty, 100 / (others + n) + 0.066 * n, false_alarm=1e-6)


def test_a_mixture_costs_the_mean_of_its_parts(seed):
    game = prepare(GAMES["sample_mean"]())
    spec = {"name": "mixed", "strategies": ["truthful", "free_rider"], "weights": [0.3, 0.7]}
    (trial,) = play_block(game, 1, [make_strategy(spec, "test")], seed, np.zeros(1), WORLDS)
    parts = [played_and_exact(game, s, seed, worlds=10)[1] for s in ("truthful", "free_rider")]
    assert_mean(trial.penalty, 0.3 * parts[0] + 0.7 * parts[1], false_alarm=1e-6)


@pytest.mark.parametrize(("shrink", "factor"), [(0.0, 1.0), (0.5, 2.0)])
def test_shrinker_and_scaler_are_worst_far_from_their_centre(shrink, factor, seed):
    game = prepare(GAMES["sample_mean"]())
    for spec in ({"name": "shrinker", "weight": shrink}, {"name": "scaler", "factor": factor}):
        strategy = make_strategy(spec, "test")
        near, far = (
            next(iter(play_block(game, 1, [strategy], seed, np.array([mu]), 2000))).penalty.mean()
            for mu in (0.0, 1e4)
        )
        honest = shrink == 0.0
        assert (far == pytest.approx(near, rel=1e-6)) if honest else far > 100 * near
