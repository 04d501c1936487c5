"""Mechanisms side by side: at honesty, and at what agents end up doing."""

from nashbox.experiments.compare.comparison import Comparison, Contender, Row
from nashbox.experiments.compare.games import GameComparison, compare_game
from nashbox.experiments.compare.mechanisms import compare

__all__ = ["Comparison", "Contender", "GameComparison", "Row", "compare", "compare_game"]
