"""Mechanisms side by side: at honesty, and at what agents end up doing."""

from nashbox.experiments.compare.games import GameComparison, compare_game
from nashbox.experiments.compare.main import compare
from nashbox.experiments.compare.result import Comparison, Contender, Row

__all__ = ["Comparison", "Contender", "GameComparison", "Row", "compare", "compare_game"]
