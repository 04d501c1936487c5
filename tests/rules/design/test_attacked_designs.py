"""Random designs attacked at random: counts, lies, parts, made-up points, several at once."""

import numpy as np
import pytest

from nashbox.games.estimation import prepare
from nashbox.problem.files import from_mapping
from nashbox.problem.plays import Play
from nashbox.rules.design import design
from nashbox.strategies import Truthful
from tests.rules.design.test_design import random_table

PLAYS = 500  # deviations of a design
INSTANCES = 200
KINDS = ("alone", "free", "threshold", "decoy", "mirror")
MORE_POINTS = (0.1, 0.3, 0.5, 0.8, 0.95, 1.05, 1.3, 2.0)  # than are owed


def table_of(number):
    """A random problem, every third with real counts, and the goal."""
    problem, goal = random_table(number)
    if number % 3:
        return problem, goal
    return from_mapping({**problem.to_json(), "counts": "real"}), goal


def attack(rng, n, sigma, blocked, whole):
    """A play of who owes n points of one distribution."""
    if blocked:
        return Play.truthful(0.0)
    owed = max(n, 1.0)
    count = owed * rng.choice(MORE_POINTS) * np.exp(rng.normal(0, 0.1))
    count = rng.choice([owed, count, float(rng.integers(1, 4))])
    count = float(max(1.0, np.rint(count))) if whole else float(count)
    lie = float(rng.choice([0.0, 0.3, 1.0, 2.5]) * sigma / np.sqrt(count) * rng.random())
    how = rng.choice(["honest", "lie", "part", "made up", "weighted"])
    if how == "part":
        part = float(max(1.0, np.floor(count * rng.random()))) if whole else count * rng.random()
        return Play(count, part, part, lie, float(rng.random()))
    if how == "made up":
        more = float(np.ceil(count * (1 + 2 * rng.random())))
        return Play(count, max(more, n), count, lie, None)
    if how == "weighted":
        return Play(count, count, count, lie, float(rng.random() * 1.2))
    return Play(count, count, count, lie if how == "lie" else 0.0, None)


def attacked(problem, seed, plays=PLAYS):
    """The largest gain by any of the deviations, relative to penalties, over all agents."""
    game = prepare(problem)
    rng = np.random.default_rng([seed, 61])
    views = [game.view(i) for i in range(problem.m)]
    honest = [view.risks().price(Truthful().plays(view)) for view in views]
    largest = -np.inf
    for _ in range(plays):
        i = int(rng.integers(problem.m))
        view, (here, error) = views[i], honest[i]
        plain = Truthful().plays(view)
        several = rng.random() < 0.5  # or one distribution
        chosen = np.arange(problem.d) if several else [int(rng.integers(problem.d))]
        for k in chosen:
            blocked = bool(np.isinf(view.costs[k]))
            owed, sigma = float(view.counts[k]), float(view.sigma[k])
            plain[k] = attack(rng, owed, sigma, blocked, problem.integer)
        there, doubt = view.risks().price(plain)
        if np.isfinite(here) and np.isfinite(there):
            largest = max(largest, (here - there - error - doubt) / here)
    return largest


def withstands(number, plays=PLAYS):
    """A design of the new kinds is proven, no worse than without them, and not below the bound."""
    problem, goal = table_of(number)
    result = design(problem, goal, "separate", kinds=KINDS if number % 2 else KINDS[:4])
    assert result.verdict == "none_above_epsilon" and result.gain < 1e-6 * result.penalties.max()
    if result.no_rule_below is not None and goal in ("social", "egalitarian"):
        reached = {"social": result.penalties.sum(), "egalitarian": result.penalties.max()}[goal]
        assert reached >= result.no_rule_below * (1 - 1e-9)
    openly = [c for c in result.candidates if c.name == "designed, separate"]
    if goal == "social" and openly:
        assert result.social_penalty <= openly[0].social_penalty * (1 + 1e-9)
    return attacked(result.designed, number, plays)


@pytest.mark.slow
@pytest.mark.parametrize("number", [8, 24])
def test_random_designs_withstand_attacks(number):
    assert withstands(number, plays=5000) < 1e-9


@pytest.mark.long
@pytest.mark.parametrize("number", range(INSTANCES))
def test_random_designs_withstand_a_hundred_thousand_attacks(number):
    assert withstands(number) < 1e-9


def test_attacks_find_what_there_is_to_find():
    """With windows a tenth too wide the same attacks gain."""
    problem = from_mapping({"game": "estimation", "sigma": 10.0, "costs": [[0.05]] * 5})
    result = design(problem, "social", "separate", kinds=("alone", "free", "decoy"))
    assert (result.kind == "decoy").all()
    assert attacked(result.designed, 1, 60) < 1e-9
    wide = result.designed.mechanism.parameters
    looser = {**wide, "t": [[1.1 * row[0]] for row in wide["t"]]}
    mechanism = {"name": "decoy", **looser}
    assert attacked(from_mapping({**problem.to_json(), "mechanism": mechanism}), 1, 200) > 1e-4
