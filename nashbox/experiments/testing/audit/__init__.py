"""The audit of testing games: hunts for a profitable unilateral deviation of every agent."""

from nashbox.experiments.testing.audit.main import audit_testing
from nashbox.experiments.testing.audit.result import (
    TestingAgentAudit,
    TestingAudit,
    TestingDeviation,
)

__all__ = ["TestingAgentAudit", "TestingAudit", "TestingDeviation", "audit_testing"]
