"""Best-response dynamics: b_i(s) = argmax_k u_i(k, s_-i) (Gilboa & Matsui 1991; Sandholm, ch. 6).

One agent at a time, this is Cournot's adjustment; its rest points are the pure Nash equilibria of
the menu's game. Payoffs that tie leave an agent where she is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nashbox.experiments.dynamics.revision import Revision, best_of
from nashbox.problem.errors import require

if TYPE_CHECKING:
    from nashbox.agents.learner import Learner


@dataclass(frozen=True)
class BestResponse(Revision):
    """Switch to the best entry of the menu if it gains more than `tolerance` (payoff units)."""

    tolerance: float = 0.0

    def __post_init__(self) -> None:
        require("best_response.tolerance", self.tolerance, low=0.0)

    @property
    def steady(self) -> bool:
        """What is best depends on what is played alone."""
        return True

    def choose(self, agent: Learner, rng: np.random.Generator) -> int:
        """Answer what the others play now; no randomness."""
        return best_of(agent, agent.options(), self.tolerance)
