"""Exact audits of testing games: the dynamic programme over all stopping policies.

It covers two agents that hear each other through an exchange that relays faithfully, rivals of the
paper's class with w = 1 at threshold beta, and the built-in payoffs. What an agent of that class
earns itself has a closed form in the stopping laws (`signaller_payoff`).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from nashbox.experiments.audit.base import Gain
from nashbox.experiments.audit.epsilon import Epsilon, epsilon_of, payoff_range
from nashbox.experiments.audit.verdict import verdict
from nashbox.experiments.testing.audit.result import TestingAgentAudit, TestingDeviation
from nashbox.experiments.testing.game import TestingGame
from nashbox.problem.errors import InputError
from nashbox.problem.observations import parse_probability
from nashbox.problem.payoffs import Contest, Cost, Outcome, Payoff
from nashbox.solver import BestResponse, Rival, Solution, best_response, signaller_payoff, solve
from nashbox.strategies.testing import Inverter, Signaller, TestingStrategy, Truthful

PAPER = (Signaller, Truthful, Inverter)


def unavailable(game: TestingGame) -> str | None:
    """Why the exact method does not apply, or None."""
    p = game.problem
    if p.m != 2 or not p.complete:
        return f"it covers two agents that hear each other, got {p.m} and {len(p.edges)} edges"
    if not game.exchange.faithful:
        return f"mechanism {p.mechanism.name!r} does not relay signals as they are"
    if not isinstance(p.payoff, (Contest, Cost)):
        return f"it knows the payoffs contest, cost and win, got {p.payoff.label}"
    if isinstance(p.payoff, Cost) and p.payoff.c == 0:
        return "with c = 0 observing is free and no stopping time is best"
    for name, strategy in game.strategies.items():
        reason = _outside_class(strategy, game)
        if reason:
            return f"{name} plays {strategy.label}: {reason}"
    return None


def _outside_class(strategy: TestingStrategy, game: TestingGame) -> str | None:
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


@dataclass(frozen=True, eq=False)
class ExactAudit:
    """One agent's answer with the class that it covers."""

    row: TestingAgentAudit
    covers: str


def solved(game: TestingGame) -> Solution:
    """Stopping laws of the two agents."""
    p = game.problem
    return solve(dict(zip(p.names, p.models, strict=True)), p.prior, p.beta)


def audit_exactly(
    game: TestingGame, i: int, solution: Solution, signals: str, epsilon: Epsilon
) -> ExactAudit:
    """Audit agent i of a game that `unavailable` lets through. Raises InputError."""
    p = game.problem
    name, payoff = p.names[i], p.payoff
    assert isinstance(payoff, (Contest, Cost))  # noqa: S101 - `unavailable` has seen to it
    mine, other = (game.strategies[p.names[j]] for j in (i, 1 - i))
    assert isinstance(mine, Signaller)  # noqa: S101
    assert isinstance(other, Signaller)  # noqa: S101
    rival = Rival(p.models[1 - i], float(parse_probability(other.alpha)), other.anticipate)
    value = signaller_payoff(solution, name, payoff, anticipates=mine.anticipate)
    error = solution.error_bound * _steepness(payoff)

    def respond(said: str, knows: str | None) -> BestResponse:
        return best_response(p.models[i], rival, p.prior, p.beta, payoff, said, knows)

    best = respond(signals, None)
    gain = Gain(best.lower - value, best.lower - value - error, best.upper - value + error)
    ahead, still = (
        signaller_payoff(solution, name, payoff, anticipates=flag) for flag in (True, False)
    )
    reached = [value, best.lower, ahead, still, at_once(payoff, p.prior)]
    threshold = epsilon_of(epsilon, payoff_range(reached))
    over = None
    if not mine.anticipate:  # alpha alone changes nothing
        lost = value - ahead
        over = Gain(lost, lost - 2 * error, lost + 2 * error)
    row = TestingAgentAudit(
        name=name,
        strategy=mine.label,
        payoff=value,
        payoff_se=0.0,
        epsilon=threshold,
        verdict=verdict(gain, threshold),
        gain=gain,
        candidates=None,
        best_deviation=_deviation(best, rival, signals),
        gain_over_recommended=over,
        gain_if_belief_known=_informed(respond, signals, value, error),
    )
    return ExactAudit(row, best.covers)


def _informed(respond: object, signals: str, value: float, error: float) -> Gain | None:
    try:
        told: BestResponse = respond(signals, "signed")  # type: ignore[operator]
    except InputError:
        return None
    return Gain(told.lower - value, told.lower - value - error, told.upper - value + error)


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


def _deviation(best: BestResponse, rival: Rival, signals: str) -> TestingDeviation:
    parameters = {
        "rival_alpha": rival.alpha,
        "rival_anticipates": rival.anticipates,
        "signals": signals,
        "knows": best.receivers[0],
        "horizon": best.policy.horizon,
    }
    return TestingDeviation("best_response", parameters, best.lower)
