"""Fictitious play: best response to the empirical frequencies of what the others have played.

Brown, "Iterative solution of games by fictitious play" (1951); Fudenberg & Levine (1998), chapter
2. With H the profiles of rounds 1..t, agent i plays argmax_k (1/t) sum_{s in H} u_i(k, s_-i). For
two agents this is Brown's rule to the letter; for more, beliefs are about the others' joint play
(joint-strategy fictitious play, Marden, Arslan & Shamma 2009). In zero-sum games of two the
frequencies converge to optimal strategies (Robinson 1951).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from nashbox.experiments.dynamics.revision import Revision, best_of
from nashbox.problem.errors import require
from nashbox.problem.payoff_oracle import Answer

if TYPE_CHECKING:
    from nashbox.agents.learner import Learner


@dataclass(frozen=True)
class FictitiousPlay(Revision):
    """Remember what every entry would have earned, and play the best of it.

    Sums of payoffs and covariances are kept in `agent.memory`. The variance of an average is taken
    as the average variance, its largest possible value: the same profile brings the same error.
    """

    tolerance: float = 0.0

    def __post_init__(self) -> None:
        require("fictitious_play.tolerance", self.tolerance, low=0.0)

    def observe(self, agent: Learner, answer: Answer) -> None:
        """Add the round to the memory."""
        values, covariance, rounds = agent.memory.get("past", (0.0, 0.0, 0))
        agent.memory["past"] = (
            values + answer.values,
            covariance + answer.covariance,
            rounds + 1,
        )

    def choose(self, agent: Learner, rng: np.random.Generator) -> int:
        """Answer the past; no randomness."""
        values, covariance, rounds = agent.memory["past"]
        return best_of(agent, Answer(values / rounds, covariance / rounds), self.tolerance)
