"""What the audit of any game says; payoffs, higher is better."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from nashbox.experiments.audit.base import AgentRow, AuditResult, Gain, gain_from_json
from nashbox.results.base import list_of


@dataclass(frozen=True)
class PaidDeviation:
    """A strategy as problem files write it, and what it is paid."""

    strategy: str
    parameters: Mapping[str, Any]
    payoff: float
    se: float = 0.0
    how: str | None = None


@dataclass(frozen=True, kw_only=True)
class PlayerAudit(AgentRow):
    """The audit of one player; payoffs, higher is better.

    gain_if_belief_known: of testing games, the gain of an agent that is shown the rival's signed
    belief, where the exact method found it.
    """

    KEYS: ClassVar[str] = (
        "name strategy payoff payoff_se epsilon verdict gain candidates budget_needed reason "
        "individually_rational best_deviation landscape"
    )
    OPTIONAL: ClassVar[str] = "damage gain_over_recommended gain_if_belief_known"
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        **AgentRow.PARTS,
        "best_deviation": lambda body: PaidDeviation(**body),
        "gain_if_belief_known": gain_from_json,
    }

    payoff: float
    payoff_se: float
    gain_if_belief_known: Gain | None = None

    def to_json(self) -> dict[str, Any]:
        """The keys of nashbox-audit/1, payoff instead of penalty; nobody collects points."""
        body = super().to_json()
        for row in body["landscape"]:
            del row["collected"]
        return body


@dataclass(frozen=True, kw_only=True)
class GameAudit(AuditResult):
    """The whole audit.

    payoff, signals: of testing games. nash_conv: of payoff tables.
    """

    KEYS: ClassVar[str] = (
        "game mechanism plan method class epsilon delta seeds versions problem nash "
        "individually_rational social_payoff social_payoff_se efficiency_ratio condition_8 "
        "resolution notes agents"
    )
    OPTIONAL: ClassVar[str] = "payoff signals nash_conv"
    WHOLE: ClassVar[str] = "nash method social_payoff social_payoff_se"
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {"agents": list_of(PlayerAudit.from_json)}
    plan: ClassVar[None] = None
    efficiency_ratio: ClassVar[None] = None
    condition_8: ClassVar[None] = None

    agents: Sequence[PlayerAudit]
    payoff: str | None = None
    signals: str | None = None
    nash_conv: float | None = None

    @property
    def rules(self) -> str:
        """Game or mechanism, and the payoff where the game has several."""
        named = self.game if self.mechanism is None else self.mechanism
        return named if self.payoff is None else f"{named}, payoff {self.payoff}"

    @property
    def social_payoff(self) -> float:
        """Sum of the players' payoffs."""
        return float(sum(agent.payoff for agent in self.agents))

    @property
    def social_payoff_se(self) -> float:
        """Standard error of the sum: each payoff is of worlds of its own."""
        return math.hypot(*(agent.payoff_se for agent in self.agents))
