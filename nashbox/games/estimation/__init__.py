"""Collaborative mean estimation (Clinton, Chen, Zhu and Kandasamy, ICML 2025)."""

from nashbox.games.estimation.game import EstimationGame
from nashbox.games.estimation.named import check_names, make_mechanism, solved_plan
from nashbox.games.estimation.ready import prepare

__all__ = ["EstimationGame", "check_names", "make_mechanism", "prepare", "solved_plan"]
