"""The audit: hunts for a profitable unilateral deviation of every agent, in three strengths.

Names are loaded when they are first used: who only prints a verdict needs few of these modules.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nashbox.problem.loading import loader

_WHERE = {
    "AgentAudit": ".plan_audit",
    "Audit": ".plan_audit",
    "Candidate": ".base",
    "Gain": ".base",
    "GameAudit": ".game_audit",
    "PaidDeviation": ".base",
    "PlayerAudit": ".game_audit",
    "audit": ".engine",
}

if TYPE_CHECKING:
    from nashbox.experiments.audit.base import Candidate as Candidate
    from nashbox.experiments.audit.base import Gain as Gain
    from nashbox.experiments.audit.base import PaidDeviation as PaidDeviation
    from nashbox.experiments.audit.base import PaidDeviation as PlanDeviation
    from nashbox.experiments.audit.engine import audit as audit
    from nashbox.experiments.audit.engine import audit as audit_game
    from nashbox.experiments.audit.game_audit import GameAudit as GameAudit
    from nashbox.experiments.audit.game_audit import PlayerAudit as PlayerAudit
    from nashbox.experiments.audit.plan_audit import AgentAudit as AgentAudit
    from nashbox.experiments.audit.plan_audit import Audit as Audit

__all__ = [*sorted(_WHERE), "PlanDeviation", "audit_game"]
# 0.1.0 called it audit_game for games without a plan, and a deviation of the others PlanDeviation
_RENAMED = {"PlanDeviation": "PaidDeviation", "audit_game": "audit"}
__getattr__ = loader(
    __name__, {**_WHERE, **{old: _WHERE[new] for old, new in _RENAMED.items()}}, _RENAMED
)
