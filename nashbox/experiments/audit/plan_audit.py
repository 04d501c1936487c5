"""What the audit of a game with a plan says beside what all audits do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from nashbox.experiments.audit.base import JUDGED, AuditedAgent, AuditResult
from nashbox.results.base import list_of


@dataclass(frozen=True, kw_only=True)
class AgentAudit(AuditedAgent):
    """The audit of one agent, who pays penalties.

    recommended: (d,) points that she is asked for. penalty_alone: of working alone. outside: of
    staying away. normal_theory: penalty and gain that formulas for normal data say, of real ones.
    """

    KEYS: ClassVar[str] = (
        f"name strategy recommended payoff payoff_se penalty_alone outside {JUDGED} "
        "damage_to_others damage_se landscape"
    )
    OPTIONAL: ClassVar[str] = "gain_over_recommended normal_theory"

    recommended: Sequence[float]
    penalty_alone: float
    outside: float
    pays: str = "penalty"
    damage_se: float = 0.0
    normal_theory: Mapping[str, float] | None = None


@dataclass(frozen=True, kw_only=True)
class Audit(AuditResult):
    """The whole audit.

    checks: what each agent owes and how she is checked, as `mechanisms.owed.checks` has it.
    NAME_se: standard errors of what is simulated.
    """

    KEYS: ClassVar[str] = AuditResult.KEYS.replace(
        "efficiency_ratio", "efficiency_ratio efficiency_ratio_se"
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
