"""An agent that holds a strategy of a menu and revises it between rounds."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.agents.base import Player
from nashbox.problem.payoff_oracle import Answer

if TYPE_CHECKING:
    from nashbox.model.population import Population


MANY = 32  # neighbours who are not all looked at


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
        return self.model.against(self)  # type: ignore[no-any-return]

    @property
    def best_paid(self) -> Learner:
        """The neighbour who was paid most, the first of equals."""
        if len(self.neighbours) < MANY:
            return max(self.neighbours, key=lambda other: other.earned)
        mine = self.known
        best = next(other for other in self.model.ranked if other in mine).earned
        return next(other for other in self.neighbours if other.earned == best)

    @cached_property
    def known(self) -> frozenset[Learner]:
        """Her neighbours, to look one up."""
        return frozenset(self.neighbours)

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
