"""What every revision rule is: how one agent picks her next strategy (Sandholm, 2010, chapter 4).

A rule looks at an agent: what she plays (`choice`), what every entry of the menu would pay her now
(`options()`), what she played and was paid in the last round (`played`, `earned`), and the same of
her `neighbours`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from nashbox.problem.payoff_oracle import Answer

if TYPE_CHECKING:
    from nashbox.agents.learner import Learner

ROUNDING = 1e-12  # relative to payoffs: gains below this are none
CAUTION = 2.0  # standard errors that an estimated gain must exceed to be believed


@dataclass(frozen=True)
class Revision(ABC):
    """Subclass it and write `choose`; parameters are dataclass fields.

    uses_graph: whether neighbours matter.
    """

    uses_graph: ClassVar[bool] = False

    def observe(self, agent: Learner, answer: Answer) -> None:  # noqa: B027 - optional
        """Take note of what a round's play would have paid; `agent.memory` is hers to keep."""

    @property
    def steady(self) -> bool:
        """Whether nobody ever moves again after a round in which all revise and nobody moves.

        True of rules without chance and memory; one that does not say so may move again.
        """
        return False

    @abstractmethod
    def choose(self, agent: Learner, rng: np.random.Generator) -> int:
        """Return the place in the menu that the agent plays next."""


def believed(agent: Learner, gain: float, se: float, tolerance: float, size: float) -> bool:
    """Whether a gain exceeds `tolerance`, and CAUTION standard errors; else the agent doubts it.

    A gain that is lost in the rounding of the payoffs behind it (`size`) is none.
    """
    if not gain > max(tolerance, ROUNDING * size):
        return False
    agent.doubted = gain <= tolerance + CAUTION * se
    return not agent.doubted


def best_of(agent: Learner, answer: Answer, tolerance: float) -> int:
    """Return the best entry, if it is better than the current one for all one can tell.

    From -inf every finite payoff is an improvement.
    """
    values, current = answer.values, agent.choice
    best = int(np.argmax(values))
    if not values[best] > values[current]:
        return current
    gain = float(values[best] - values[current])
    se = float(answer.se_of_gain(current)[best])
    size = float(np.abs(values[np.isfinite(values)]).max(initial=0.0))
    return best if believed(agent, gain, se, tolerance, size) else current
