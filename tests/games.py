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


# a game of one's own that pays the same in all worlds, without a formula
JAM = """
from dataclasses import dataclass
from typing import ClassVar
from nashbox.games import Action, OneShot

@dataclass(frozen=True)
class Go(Action):
    road: int = 0  # 0 or 1
    def act(self, view, rng):
        return float(self.road)

@dataclass(frozen=True, kw_only=True)
class Jam(OneShot):
    menu: ClassVar = {"go": Go}
    def recommended(self, i):
        return Go(1)
    def pay(self, view, action, received):
        return -0.3 * received.sum(axis=0) * action - 1.0 * (action == 0)
    def deviations(self, i):
        return [self.deviation("go", road=0)]
"""
