"""What an audit says: a verdict per agent with a number, an error bar and what it rests on."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from nashbox.experiments.audit.base import AuditedAgent, AuditResult
from nashbox.results.base import list_of


@dataclass(frozen=True)
class PlanDeviation:
    """A strategy as problem files write it, and the penalty it brings.

    how: by another count, by reporting otherwise, by estimating otherwise, or several of them.
    """

    strategy: str
    parameters: Mapping[str, Any]
    penalty: float
    se: float = 0.0
    how: str | None = None


@dataclass(frozen=True, kw_only=True)
class AgentAudit(AuditedAgent):
    """The audit of one agent of a game with a plan; penalties, lower is better."""

    KEYS: ClassVar[str] = (
        "name strategy recommended penalty penalty_se penalty_alone outside epsilon verdict gain "
        "candidates budget_needed reason individually_rational best_deviation damage_to_others "
        "damage_se landscape"
    )
    OPTIONAL: ClassVar[str] = "gain_over_recommended normal_theory"
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        **AuditedAgent.PARTS,
        "best_deviation": lambda body: PlanDeviation(**body),
    }

    recommended: Sequence[float]
    penalty: float
    penalty_se: float
    penalty_alone: float
    outside: float
    damage_se: float = 0.0
    normal_theory: Mapping[str, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Audit(AuditResult):
    """The whole audit of a game with a plan.

    checks: what each agent owes and how she is checked, as `mechanisms.owed.checks` has it.
    NAME_se: standard errors of what is simulated.
    """

    KEYS: ClassVar[str] = (
        "game mechanism plan method class epsilon delta seeds versions problem nash "
        "individually_rational social_penalty social_penalty_se efficiency_ratio "
        "efficiency_ratio_se condition_8 resolution notes agents"
    )
    OPTIONAL: ClassVar[str] = "checks"
    WHOLE: ClassVar[str] = (
        "nash method individually_rational social_penalty social_penalty_se efficiency_ratio "
        "efficiency_ratio_se condition_8"
    )
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {"agents": list_of(AgentAudit.from_json)}

    mechanism: str
    plan: str
    agents: Sequence[AgentAudit]
    efficiency_ratio: float | None
    condition_8: bool
    checks: Mapping[str, Any] | None = None
    efficiency_ratio_se: float | None = None

    @property
    def pays(self) -> str:
        """What agents pay."""
        return "penalty"

    @property
    def social_penalty(self) -> float:
        """Sum of the agents' penalties."""
        return sum(agent.penalty for agent in self.agents)

    @property
    def social_penalty_se(self) -> float:
        """Standard error of the sum: each penalty is of worlds of its own."""
        return math.hypot(*(agent.penalty_se for agent in self.agents))
