"""Where the candidates of a black-box audit stand on fresh seeds."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from nashbox.experiments.audit.arena import Cell
from nashbox.experiments.audit.screen import Outlook
from nashbox.measure.tally import TailMoments


@dataclass(eq=False)
class Standing:
    """One candidate on fresh seeds. gains: by (place of the audited, her place)."""

    j: int
    outlook: Outlook
    expected: int  # look at which it is forecast to be settled
    gains: dict[Cell, TailMoments] = field(default_factory=dict)
    payoff: TailMoments = field(default_factory=TailMoments)
    seen: TailMoments = field(default_factory=TailMoments)  # the audited's, in the same worlds
    upper: float = math.inf
    lower: float = -math.inf
    settled: bool = False
    tame: bool = True
    spread: float = math.inf  # variance of the gain when a bound was last believed
    changed: bool = False  # whether something rare was seen after that, or in worlds she missed

    @property
    def main(self) -> TailMoments:
        """The gain over the audited strategy at the states where either is worst."""
        return self.gains[self.outlook.own, self.outlook.place]

    def withdraw(self) -> None:
        """Believe nothing of what was said before more was seen."""
        self.settled, self.upper, self.lower = False, math.inf, -math.inf


def worth(s: Standing) -> tuple[float, float]:
    """What makes one candidate better than another; of several that gain infinitely, her payoff."""
    return s.main.mean, s.payoff.mean


@dataclass(eq=False)
class Verified:
    """What fresh seeds say. payoffs: of the audited strategy by place. winner: if profitable."""

    standings: list[Standing]
    payoffs: dict[int, TailMoments]
    epsilon: float
    worlds: int
    winner: Standing | None = None

    @property
    def payoff(self) -> TailMoments:
        """The audited strategy's payoff where it is worst."""
        return min(self.payoffs.values(), key=lambda tally: tally.mean)

    @property
    def open(self) -> list[Standing]:
        """Candidates that are not settled."""
        return [s for s in self.standings if not s.settled]

    @property
    def shown(self) -> Standing:
        """The candidate to quote: the winner, or the best among those that were played longest."""
        if self.winner is not None:
            return self.winner
        longest = max(s.main.count for s in self.standings)
        able = [s for s in self.standings if 4 * s.main.count >= longest]
        return max(able, key=worth)
