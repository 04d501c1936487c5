"""Mechanisms side by side: at honesty, and at what agents end up doing."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

_WHERE = {
    "Comparison": "nashbox.games.estimation.comparison",
    "Contender": "nashbox.games.estimation.comparison",
    "GameComparison": "nashbox.experiments.compare.menus",
    "Row": "nashbox.games.estimation.comparison",
    "compare": "nashbox.experiments.compare.engine",
    "compare_game": "nashbox.experiments.compare.engine",
}

if TYPE_CHECKING:
    from nashbox.experiments.compare.engine import compare as compare
    from nashbox.experiments.compare.engine import compare_game as compare_game
    from nashbox.experiments.compare.menus import GameComparison as GameComparison
    from nashbox.games.estimation.comparison import Comparison as Comparison
    from nashbox.games.estimation.comparison import Contender as Contender
    from nashbox.games.estimation.comparison import Row as Row

__all__ = sorted(_WHERE)


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_WHERE[name]), name)
