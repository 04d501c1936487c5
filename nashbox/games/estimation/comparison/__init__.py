"""Mechanisms that follow a plan side by side: at honesty, and at what agents end up doing."""

from nashbox.games.estimation.comparison.comparison import Comparison, Contender, Row
from nashbox.games.estimation.comparison.contest import PlanContest

__all__ = ["Comparison", "Contender", "PlanContest", "Row"]
