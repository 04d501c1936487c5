"""Whose formulas count: those of the class that defines a strategy itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nashbox.problem.ownership import changed_below
from nashbox.strategies import Strategy

if TYPE_CHECKING:
    from nashbox.games.estimation.game import EstimationGame

ACTS = ("gather", "report", "estimate", "mixture")  # what plays are formulas of


def beyond(game: EstimationGame) -> str | None:
    """Why formulas say nothing of this game's data or strategies, or None.

    A subclass that changes what is collected, handed in or estimated, and inherits the formulas of
    what it derives from, is not what they are about (of mechanisms `View.risks` knows).
    """
    if not game.problem.source.normal:
        return "the measurements are real ones (source csv), and exact formulas are for normal data"
    for name, strategy in game.strategies.items():
        if type(strategy).plays is not Strategy.plays:
            reason = changed_below(type(strategy), "plays", ACTS)
            if reason is not None:
                return f"strategy {strategy.label} of {name}: {reason}"
    return None
