"""Games that many tests play: those on which the first paper's claims are checked."""

import numpy as np

from nashbox.games.estimation import EstimationGame
from nashbox.papers.clinton2025.instances import (
    FIGURE1,
    figure1,
    random_problem,
    worked_case,
)
from nashbox.problem.files import from_mapping

__all__ = ["FIGURE1", "alike", "figure1", "from_mapping", "random_problem", "worked_case"]


def alike(mechanism, strategies=None, m=4, d=1, owed=6.0, sigma=10.0):
    """A game of alike agents who owe the same, with the first agents' strategies."""
    problem = from_mapping({"game": "estimation", "sigma": sigma, "costs": [[0.05] * d] * m})
    plan = np.full((m, d), owed)
    named = dict(zip(problem.names, strategies or [], strict=False))
    return EstimationGame(problem, mechanism, plan, None, mechanism.terms(problem, plan), named)
