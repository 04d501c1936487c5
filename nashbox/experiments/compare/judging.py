"""Whether honest play is an equilibrium, as audits judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nashbox.experiments.audit import audit
from nashbox.experiments.audit.base import of_all
from nashbox.experiments.audit.epsilon import Epsilon, epsilon_of
from nashbox.experiments.audit.verdict import noiseless_gain, verdict
from nashbox.games.contests import Honesty

HOLDS = {"none_above_epsilon": True, "profitable": False, "undecided": None}


@dataclass(frozen=True)
class Auditor:
    """Judges honest play with one epsilon and one seed."""

    epsilon: Epsilon
    seed: int

    def least(self, scale: float) -> float:
        """Least gain that counts for a player who has `scale` at stake."""
        return epsilon_of(self.epsilon, scale)

    def by_numbers(self, found: Sequence[tuple[float, float, float, float]]) -> Honesty:
        """Judge exact penalties, by player: audited and best one, each before its error."""
        gains = [noiseless_gain(*numbers, bound=numbers[2]) for numbers in found]
        pairs = zip(gains, found, strict=True)
        said = [verdict(gain, self.least(penalty)) for gain, (penalty, *_) in pairs]
        return Honesty(gains, HOLDS[of_all(said)])

    def by_simulation(self, problem: Any, worlds: int) -> Honesty:
        """Judge the recommendation by the black box, with `worlds` for each player."""
        found = audit(
            problem,
            method="black_box",
            recommended=True,
            epsilon=self.epsilon,
            seed=self.seed,
            budget=worlds,
            workers=1,
        )
        return Honesty([agent.gain for agent in found.agents], HOLDS[found.nash])
