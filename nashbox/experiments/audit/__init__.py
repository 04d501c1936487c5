"""The audit: hunts for a profitable unilateral deviation of every agent, in three strengths."""

from nashbox.experiments.audit.base import Candidate, Gain
from nashbox.experiments.audit.engine import audit
from nashbox.experiments.audit.game_audit import GameAudit, PaidDeviation, PlayerAudit
from nashbox.experiments.audit.plan_audit import AgentAudit, Audit, Deviation

audit_game = audit  # what 0.1.0 called it for games without a plan

__all__ = [
    "AgentAudit",
    "Audit",
    "Candidate",
    "Deviation",
    "Gain",
    "GameAudit",
    "PaidDeviation",
    "PlayerAudit",
    "audit",
    "audit_game",
]
