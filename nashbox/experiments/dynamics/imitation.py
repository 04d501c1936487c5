"""Imitation of a better-paid neighbour on a graph.

"best": copy the best-paid agent of the neighbourhood, oneself included (Nowak & May, "Evolutionary
games and spatial chaos", Nature 1992). "random": look at one neighbour drawn at random and copy her
with probability max(0, u_j - u_i)/scale if she was paid better (Schlag 1998, pairwise proportional
imitation, whose mean field is the replicator dynamic; Sandholm 2010, example 5.4.2).

What is compared is what agents were paid in the last round for what they played in it. Imitation
invents nothing: a strategy that nobody plays stays away, so profiles in which all play the same are
absorbing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from nashbox.experiments.dynamics.revision import Revision, believed
from nashbox.problem.errors import InputError, require

if TYPE_CHECKING:
    from nashbox.agents.learner import Learner

CHOICES = ("best", "random")


@dataclass(frozen=True)
class Imitation(Revision):
    """Copy a neighbour that was paid more, by more than `tolerance`.

    Of simulated payments, only differences beyond CAUTION standard errors are copied, so that a
    population does not follow the error of an estimate.

    look: "best" or "random". scale: payoff difference that is copied for certain with "random";
    None copies every better-paid one.
    """

    uses_graph: ClassVar[bool] = True

    look: str = "best"
    scale: float | None = None
    tolerance: float = 0.0

    def __post_init__(self) -> None:
        if self.look not in CHOICES:
            raise InputError(
                f"imitation.look must be one of {', '.join(CHOICES)}, got {self.look!r}"
            )
        require("imitation.tolerance", self.tolerance, low=0.0)
        if self.scale is not None:
            require("imitation.scale", self.scale, low=0.0, open_low=True)

    @property
    def steady(self) -> bool:
        """Where the best-paid one is copied, nothing is left to chance."""
        return self.look == "best"

    def choose(self, agent: Learner, rng: np.random.Generator) -> int:
        """Return what the model played, or the own choice."""
        if not agent.neighbours:
            return agent.choice
        if self.look == "best":
            model = agent.best_paid
        else:
            model = agent.neighbours[int(rng.integers(len(agent.neighbours)))]
        if not model.earned > agent.earned:
            return agent.choice
        gain = model.earned - agent.earned
        error = math.hypot(agent.earned_se, model.earned_se)
        size = max((abs(x) for x in (agent.earned, model.earned) if math.isfinite(x)), default=0.0)
        if not believed(agent, gain, error, self.tolerance, size):
            return agent.choice
        if self.look == "random" and self.scale is not None and rng.random() >= gain / self.scale:
            return agent.choice
        return model.played
