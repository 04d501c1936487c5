"""Smoothed best response: P(k) = exp(u_i(k, s_-i)/T) / sum_l exp(u_i(l, s_-i)/T).

Blume, "The statistical mechanics of strategic interaction" (1993); Fudenberg & Levine, "The Theory
of Learning in Games" (1998), chapter 4. In a potential game with potential V, one randomly drawn
agent revising at a time (order "random"), the profile's stationary law is Gibbs's: proportional to
exp(V(s)/T). T to 0 is the best response, T to infinity a fair die.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.dynamics.revision import Revision
from nashbox.problem.errors import require
from nashbox.problem.payoff_oracle import Answer

if TYPE_CHECKING:
    from nashbox.agents.learner import Learner


def logit_choice(values: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Probabilities (K,) of the menu; -inf is never chosen, unless everything is -inf.

    >>> logit_choice(np.array([0.0, np.log(3.0)]), 1.0).round(6).tolist()
    [0.25, 0.75]
    """
    top = values.max()
    if top == -np.inf:
        return np.full(values.size, 1 / values.size)
    weights = np.exp((values - top) / temperature)
    return np.asarray(weights / weights.sum())


@dataclass(frozen=True)
class Logit(Revision):
    """Draw the next strategy; temperature T > 0 in payoff units."""

    temperature: float = 0.1

    def __post_init__(self) -> None:
        require("logit.temperature", self.temperature, low=1e-12)

    def choose(self, agent: Learner, rng: np.random.Generator) -> int:
        """Draw from the logit choice probabilities against what the others play now."""
        return int(_cdf(agent.options(), self.temperature).searchsorted(rng.random(), side="right"))


@lru_cache(maxsize=1024)
def _cdf(answer: Answer, temperature: float) -> NDArray[np.float64]:
    """Cumulated chances, as `Generator.choice` makes them for every draw."""
    cdf = logit_choice(answer.values, temperature).cumsum()
    return np.asarray(cdf / cdf[-1])
