"""A problem made ready to play: plan solved, mechanism built, terms published, strategies found."""

from __future__ import annotations

from nashbox.games.estimation.game import EstimationGame
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.files import of_game


@of_game("estimation")
def prepare(problem: EstimationProblem, *, recommended: bool = False) -> EstimationGame:
    """Solve the plan, publish the terms, and find the strategies.

    `recommended` ignores the problem's strategies.
    """
    return EstimationGame.prepared(problem, recommended=recommended)
