"""The step both games share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import mesa
import numpy as np

from nashbox.problem.errors import whole

STREAMS = (np.random.Generator, np.random.BitGenerator, np.random.SeedSequence, type(None))


class Sandbox(mesa.Model):
    """Agents act, a mechanism mediates, agents receive. Subclasses say who and what is recorded.

    replications: worlds played at once. rng: a seed, or what numpy makes a generator of. Raises
    InputError for others.
    """

    players: Sequence[Any]

    def __init__(self, *, replications: int = 1, rng: Any = None) -> None:
        # numpy's whole numbers as Python's: of others Mesa draws a second seed, from this stream
        seed = rng if isinstance(rng, STREAMS) else whole("seed", rng, low=0)
        super().__init__(rng=seed)
        self.replications = whole("replications", replications, low=1, high=1e9)
        self.round = 0

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
