"""Mechanisms side by side: at honesty, and at what agents end up doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nashbox.problem.loading import loader

_WHERE = {
    "Comparison": "nashbox.games.estimation.comparison",
    "Contender": "nashbox.games.estimation.comparison",
    "GameComparison": ".menus",
    "Row": "nashbox.games.estimation.comparison",
    "compare": ".engine",
    "compare_game": ".engine",
}

if TYPE_CHECKING:
    from nashbox.experiments.compare.engine import compare as compare
    from nashbox.experiments.compare.engine import compare_game as compare_game
    from nashbox.experiments.compare.menus import GameComparison as GameComparison
    from nashbox.games.estimation.comparison import Comparison as Comparison
    from nashbox.games.estimation.comparison import Contender as Contender
    from nashbox.games.estimation.comparison import Row as Row

__all__ = sorted(_WHERE)
__getattr__ = loader(__name__, _WHERE)
