"""The step both games share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import mesa


class Sandbox(mesa.Model):
    """Agents act, a mechanism mediates, agents receive. Subclasses say who and what is recorded."""

    round: int
    players: Sequence[Any]

    def step(self) -> None:
        """Play one round."""
        self.interact()
        self.round += 1
        self.datacollector.collect(self)
        self.revise()

    def interact(self) -> None:
        """Agents act, the mechanism mediates, agents receive."""
        submissions = [agent.act() for agent in self.players]
        information = self.mediate(submissions)
        for agent, received in zip(self.players, information, strict=True):
            agent.receive(received)

    def play(self) -> Self:
        """Play a round to its end: one step, in games that have no more."""
        self.step()
        return self

    def mediate(self, submissions: Sequence[Any]) -> Sequence[Any]:
        """Ask the mechanism, in a subclass."""
        raise TypeError(f"{type(self).__name__} must say how its mechanism mediates")

    def revise(self) -> None:
        """Let agents revise their strategies between rounds, in a subclass that has dynamics."""
