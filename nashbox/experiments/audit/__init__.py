"""The audit: hunts for a profitable unilateral deviation of every agent, in three strengths."""

from nashbox.experiments.audit.any_game import audit_game
from nashbox.experiments.audit.base import Candidate, Gain
from nashbox.experiments.audit.game_audit import GameAudit, PaidDeviation, PlayerAudit
from nashbox.experiments.audit.main import audit
from nashbox.experiments.audit.result import AgentAudit, Audit, Deviation

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
