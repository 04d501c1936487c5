"""All that one agent faces: distributions apart, each with its channel, and those tied together.

This is the one face of rules that judge distributions apart or together: whoever works with exact
risks asks here, and asks channels for what they know, never what class they are of.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nashbox.problem.arrays import Array
from nashbox.problem.channel import Channel, Joint
from nashbox.problem.errors import ContractError
from nashbox.problem.plays import Play


def price_of(
    channels: Sequence[Channel], plays: Sequence[Play], costs: Array
) -> tuple[float, float]:
    """Penalty of plays and its numerical error, distributions apart; c n = 0 where n = 0."""
    penalty = error = 0.0
    for channel, play, cost in zip(channels, plays, costs, strict=True):
        risk, bound = channel.risk(play)
        penalty += risk + (float(cost) * play.n if play.n else 0.0)
        error += bound
    return penalty, error


@dataclass(frozen=True, eq=False)
class Risks:
    """What an agent faces on d distributions, the others' honest points given.

    channels: one per distribution, None where no formula is known; why: what is said then. joint:
    those that the rules tie together, None where there are none; channels then do not tell
    everything. costs: (d,) of the agent. counts: (d,) recommended to her. others: (d,) points that
    all others hand in.
    """

    channels: tuple[Channel | None, ...]
    why: str
    joint: Joint | None
    costs: Array
    counts: Array
    others: Array

    @property
    def missing(self) -> str | None:
        """Why there are no formulas of all distributions, None where there are."""
        return self.why if any(channel is None for channel in self.channels) else None

    @property
    def members(self) -> tuple[int, ...]:
        """The distributions that are tied together."""
        return () if self.joint is None else self.joint.members

    def known(self) -> list[Channel]:
        """The channels of all distributions. Raises ContractError where some have no formula."""
        found = [channel for channel in self.channels if channel is not None]
        if len(found) < len(self.channels):
            raise ContractError(f"an exact answer needs exact formulas: {self.why}")
        return found

    def apart(self) -> list[tuple[int, Channel]]:
        """Distributions that are not tied to others, with their channels."""
        members = self.members
        return [(k, channel) for k, channel in enumerate(self.known()) if k not in members]

    def price(self, plays: Sequence[Play]) -> tuple[float, float]:
        """Penalty of plays, one per distribution, and a bound of its numerical error."""
        apart = self.apart()
        places = [k for k, _ in apart]
        penalty, error = price_of(
            [channel for _, channel in apart], [plays[k] for k in places], self.costs[places]
        )
        if self.joint is not None:
            tied = [plays[k] for k in self.members]
            risk, bound = self.joint.risk(tied)
            spent = sum(float(self.costs[k]) * plays[k].n for k in self.members if plays[k].n)
            penalty, error = penalty + risk + spent, error + bound
        return penalty, error

    def along(self, k: int, counts: Array) -> Array:
        """Least risk of all that depends on distribution k when `counts` (R,) of it are collected.

        The other distributions stay at the recommended counts.
        """
        if self.joint is None or k not in self.members:
            return self.known()[k].best_risk(counts)
        members = list(self.members)
        table = np.repeat(self.counts[None, members], counts.size, axis=0)
        table[:, members.index(k)] = counts
        return self.joint.risks(table)
