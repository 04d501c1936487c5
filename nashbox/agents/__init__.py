"""Mesa agents: private costs, data and beliefs; they ask their strategy what to do."""

from nashbox.agents.estimation import EstimationAgent

__all__ = ["EstimationAgent"]
