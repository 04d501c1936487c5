"""An agent that holds a strategy of a menu and revises it between rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.agents.base import Player
from nashbox.problem.payoff_oracle import Answer

if TYPE_CHECKING:
    from nashbox.model.population import Population


class Learner(Player):
    """Holds `choice`, a place in the menu; her model's rule says what she plays next.

    After a round: `played` and `earned`, what she played and was paid, `earned_se` its error;
    `doubted`: her rule saw a gain and left it, as it was within the error of the payoffs.
    """

    def __init__(self, model: Population, index: int, name: str, choice: int) -> None:
        super().__init__(model)
        self.index, self.name, self.choice, self.played = index, name, choice, choice
        self.earned = self.earned_se = 0.0
        self.doubted = False
        self.neighbours: list[Learner] = []
        self.memory: dict[str, Any] = {}

    def options(self) -> Answer:
        """What she would be paid for every entry of the menu, the others as they are now."""
        return self.model.oracle.against(self.index, self.model.profile)  # type: ignore[no-any-return]

    def receive(self) -> None:
        """Be paid for the round."""
        answer = self.options()
        self.played = self.choice
        self.earned = float(answer.values[self.choice])
        self.earned_se = float(answer.se[self.choice])
        self.model.rule.observe(self, answer)

    def revise(self, rng: np.random.Generator) -> int:
        """Ask the rule."""
        self.doubted = False
        return int(self.model.rule.choose(self, rng))
