"""Exact audits of testing games: the dynamic programme over all stopping policies.

It covers two agents that hear each other through an exchange that relays faithfully, rivals of the
paper's class with w = 1 at threshold beta, and the built-in payoffs. What an agent of that class
earns itself has a closed form in the stopping laws (`signaller_payoff`).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from nashbox.games.deviations import Deviation
from nashbox.games.formulas import Exact
from nashbox.problem.errors import InputError
from nashbox.problem.observations import parse_probability
from nashbox.problem.ownership import changed_below
from nashbox.problem.payoffs import Contest, Cost, Outcome, Payoff
from nashbox.problem.spec import Spec
from nashbox.solver import BestReply, Rival, Solution, best_response, signaller_payoff, solve
from nashbox.solver.reach import alive_at_least
from nashbox.strategies.testing import Inverter, RaceStrategy, RaceTruthful, Signaller

if TYPE_CHECKING:
    from nashbox.games.testing.race import RaceGame
    from nashbox.problem.testing import RaceProblem

PAPER = (Signaller, RaceTruthful, Inverter)
FAR = 0.99  # share of games, beyond which it is not worth the time to know it better
NEGLIGIBLE = 1e-9  # share of games that a cap may end: what is left is rounding


def unavailable(game: RaceGame) -> str | None:
    """Why the exact method does not apply, or None."""
    p = game.problem
    if p.m != 2 or not p.complete:
        return f"it covers two agents that hear each other, got {p.m} and {len(p.edges)} edges"
    if not game.exchange.faithful:
        return f"mechanism {p.mechanism.name!r} does not relay signals as they are"
    changed = changed_below(type(game.exchange), "faithful", ("mediate",))
    if changed is not None:
        return f"mechanism {p.mechanism.name!r}: {changed}"
    if type(p.payoff) not in (Contest, Cost):
        return f"it knows the payoffs contest, cost and win, got {p.payoff.label}"
    if isinstance(p.payoff, Cost) and p.payoff.c == 0:
        return "with c = 0 observing is free and no stopping time is best"
    for name, strategy in game.strategies.items():
        reason = _outside_class(strategy, game)
        if reason:
            return f"{name} plays {strategy.label}: {reason}"
    return _cut_off(game)


def _outside_class(strategy: RaceStrategy, game: RaceGame) -> str | None:
    if type(strategy) not in PAPER:
        return "it covers signaller, truthful and inverter"
    assert isinstance(strategy, Signaller)  # noqa: S101 - for the type checker
    if not strategy.relies_on_itself:
        return "it covers w = 1 only"
    if strategy.bound(game.problem.beta) != game.problem.beta:
        return "it covers the threshold beta only"
    if strategy.later:
        return "it covers reactions in the same iteration only"
    return None


def _cut_off(game: RaceGame) -> str | None:
    """Why not, if the cap ends games that these laws are about."""
    surely = cut_off_at_least(game.problem)
    if surely > FAR:
        return f"cap = {game.problem.cap} cuts off more than {FAR:.0%} of the games of an agent"
    try:
        solution = solved(game)
    except InputError:
        return None  # whoever asks on is told
    share = beyond(solution, game.problem.cap, game.problem.prior)
    if share <= NEGLIGIBLE:
        return None
    return f"cap = {game.problem.cap} cuts off {share:.2%} of the games of an agent by itself"


def cut_off_at_least(problem: RaceProblem) -> float:
    """A lower bound of `beyond`, before any law is known: where nobody comes near a threshold."""
    shares = (alive_at_least(m, problem.prior, problem.beta, problem.cap) for m in problem.models)
    return max(shares)


def beyond(solution: Solution, cap: int, prior: Fraction) -> float:
    """Largest chance that an agent by itself has not stopped after `cap` iterations."""
    chances = np.array([1 - float(prior), float(prior)])
    laws = solution.laws.values()
    return max(float(chances @ law.alive[:, min(cap, law.horizon)]) for law in laws)


def solved(game: RaceGame) -> Solution:
    """Stopping laws of the two agents, found once."""
    p = game.problem
    if "solution" not in game.known:
        models = dict(zip(p.names, p.models, strict=True))
        game.known["solution"] = solve(models, p.prior, p.beta)
    found: Solution = game.known["solution"]
    return found


def paid(game: RaceGame, i: int) -> float:
    """Agent i's payoff in a game that `unavailable` lets through."""
    p = game.problem
    payoff, mine = p.payoff, game.strategies[p.names[i]]
    assert isinstance(payoff, (Contest, Cost))  # noqa: S101 - `unavailable` has seen to it
    assert isinstance(mine, Signaller)  # noqa: S101
    return signaller_payoff(solved(game), p.names[i], payoff, anticipates=mine.anticipate)


def answer(game: RaceGame, i: int) -> Exact:
    """Agent i's best response in a game that `unavailable` lets through. Raises InputError."""
    p, signals = game.problem, game.signals
    name, payoff, solution = p.names[i], p.payoff, solved(game)
    assert isinstance(payoff, (Contest, Cost))  # noqa: S101 - `unavailable` has seen to it
    mine, other = (game.strategies[p.names[j]] for j in (i, 1 - i))
    assert isinstance(mine, Signaller)  # noqa: S101
    assert isinstance(other, Signaller)  # noqa: S101
    rival = Rival(p.models[1 - i], float(parse_probability(other.alpha)), other.anticipate)
    value = signaller_payoff(solution, name, payoff, anticipates=mine.anticipate)
    error = solution.error_bound * _steepness(payoff)

    def respond(knows: str | None) -> BestReply:
        return best_response(p.models[i], rival, p.prior, p.beta, payoff, signals, knows)

    best = respond(None)
    ahead, still = (
        signaller_payoff(solution, name, payoff, anticipates=flag) for flag in (True, False)
    )
    extra = {}
    try:
        told = respond("signed")
    except InputError:
        pass
    else:
        bounds = (told.lower - value, told.lower - value - error, told.upper - value + error)
        extra["gain_if_belief_known"] = dict(
            zip(("estimate", "lower", "upper"), bounds, strict=True)
        )
    return Exact(
        paid=value,
        best=best.lower,
        deviation=_deviation(best, rival, signals),
        bound=best.upper,
        error=error,
        covers=best.covers,
        reached=(ahead, still, at_once(payoff, p.prior)),
        recommended=None if mine.anticipate else ahead,  # alpha alone changes nothing
        extra=extra,
    )


def at_once(payoff: Payoff, prior: Fraction) -> float:
    """Payoff of declaring the likelier state before the first observation."""
    false, true = np.zeros(2, dtype=np.int8), np.array([False, True])
    never = Outcome(
        tau=np.zeros(2, dtype=np.int64),
        wrong=true,
        qualified=np.array([False, False]),
        share=np.zeros(2),
        theta=true.astype(np.int8),
        declared=false,
        finished=np.array([True, True]),
    )
    right, wrong = payoff.pay(never).tolist()
    slip = float(min(prior, 1 - prior))
    return (1 - slip) * float(right) + slip * float(wrong)


def _steepness(payoff: Contest | Cost) -> float:
    """How far a payoff moves if every number of the solution is off by one."""
    if isinstance(payoff, Contest):
        return 1.5 * payoff.prize + payoff.cost
    return payoff.c + payoff.chat


def _deviation(best: BestReply, rival: Rival, signals: str) -> Deviation:
    parameters = {
        "rival_alpha": rival.alpha,
        "rival_anticipates": rival.anticipates,
        "signals": signals,
        "knows": best.receivers[0],
        "horizon": best.policy.horizon,
    }
    return Deviation(Spec("best_response", parameters), None)
