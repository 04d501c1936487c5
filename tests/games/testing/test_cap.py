"""A cap that ends games: formulas that know none do not apply, and say so."""

from dataclasses import replace
from fractions import Fraction

import pytest

from nashbox import audit
from nashbox.experiments.run import run
from nashbox.games.testing.exact import beyond, cut_off_at_least
from nashbox.games.testing.solving import solve_problem
from nashbox.problem.errors import InputError
from nashbox.solver import solve
from tests.testing_problems import COIN, SHARP, game


def capped(cap):
    return game((COIN, SHARP), cap=cap)


@pytest.mark.parametrize("cap", [1, 5, pytest.param(40, marks=pytest.mark.slow)])
def test_games_that_a_cap_ends_are_simulated(cap):
    """Payoffs are those of `run` within 4.9 standard errors: a false alarm in a million each."""
    with pytest.raises(InputError, match=f"cap = {cap} cuts off"):
        audit(capped(cap), method="exact")
    found = audit(capped(cap), budget=20_000, workers=1)
    assert found.method == "black_box"
    played = run(capped(cap), replications=4000)
    for mine, other in zip(found.agents, played.agents, strict=True):
        wide = 4.9 * (mine.payoff_se**2 + other["se"] ** 2) ** 0.5 + 1e-12
        assert abs(mine.payoff - other["payoff"]) <= wide
    assert any("cap" in note for note in solve_problem(capped(cap)).notes)


@pytest.mark.slow
def test_a_cap_that_nobody_reaches_changes_nothing():
    far, usual = (audit(capped(cap), method="exact") for cap in (2000, 10_000))
    assert [a.payoff for a in far.agents] == [a.payoff for a in usual.agents]
    assert not any("cap" in note for note in solve_problem(capped(2000)).notes)


def test_the_share_is_that_of_games_played():
    """Who does not anticipate plays on until she is sure; 4.9 standard errors."""
    problem = game((COIN, COIN), {"name": "signaller", "anticipate": False}, cap=12)
    share = beyond(solve_problem(problem).solution, 12, problem.prior)
    played = run(problem, replications=20_000)
    assert (
        abs(played.agents[0]["reasons"]["cap"] - share)
        <= 4.9 * (share * (1 - share) / 20_000) ** 0.5
    )


@pytest.mark.sparse(2)
@pytest.mark.parametrize("beta", ["0.01", "1e-6", "1e-40"])
def test_what_is_known_before_any_law_is_never_too_much(beta):
    """Chernoff's bound against the laws; with a walk of one step in its place it is too much."""
    problem = replace(capped(1), beta=Fraction(beta))
    models = dict(zip(problem.names, problem.models, strict=True))
    laws = solve(models, problem.prior, problem.beta)
    for cap in (1, 3, 10, 30, 100, 300):
        known = beyond(laws, cap, problem.prior)
        assert 0 <= cut_off_at_least(replace(problem, cap=cap)) <= known + 1e-12
        if known < 0.5:
            assert cut_off_at_least(problem) > known


def test_far_thresholds_are_not_followed():
    problem = replace(game((COIN, SHARP), cap=50), beta=Fraction("1e-300"))
    with pytest.raises(InputError, match="cap = 50 cuts off more than 99% of the games"):
        audit(problem, method="exact")
