"""What the paper's own strategy earns: signaller(alpha) with w = 1 against another one.

Its signals reach nobody (the rival has w = 1, and magnitudes are the same for every alpha), so its
payoff does not depend on either alpha, only on whether it anticipates.
"""

from __future__ import annotations

from nashbox.problem.errors import InputError
from nashbox.problem.payoffs import BuiltinPayoff, Contest
from nashbox.solver.solution import Solution


def signaller_payoff(
    game: Solution, name: str, payoff: BuiltinPayoff, *, anticipates: bool
) -> float:
    """Exact payoff of agent `name` in a two-agent game, threshold beta, alpha arbitrary.

    Anticipating, it stops at min tau and pays for those iterations; not anticipating, at its own
    tau. The prize does not depend on it: who crosses later loses anyway.
    """
    if len(game.laws) != 2:
        raise InputError(f"the payoff needs a game of two agents, got {len(game.laws)}")
    time = game.expected_min if anticipates else game.expected_time[name]
    if isinstance(payoff, Contest):
        return payoff.prize * (game.wins[name] + game.tie / 2) - payoff.cost * time
    error = game.error_interactive[name] if anticipates else game.error[name]
    return -(payoff.c * time + payoff.chat * error)


def critical_cost_ratio(game: Solution, name: str) -> float:
    """Find the c/chat above which anticipating pays under the cost payoff (4), by `name` alone.

    Anticipating saves iterations, E[tau] - E[min tau], and costs accuracy.
    """
    saved = game.expected_time[name] - game.expected_min
    return (game.error_interactive[name] - game.error[name]) / saved
