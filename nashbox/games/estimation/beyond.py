"""Whose formulas count: those of the class that defines the rules or the strategy itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nashbox.mechanisms import Mechanism
from nashbox.problem.ownership import changed_below
from nashbox.strategies import Strategy

if TYPE_CHECKING:
    from nashbox.games.estimation.game import EstimationGame

RULES = ("mediate", "inform", "terms")  # what channels are formulas of
ACTS = ("gather", "report", "estimate", "mixture")  # what plays are formulas of


def beyond(game: EstimationGame) -> str | None:
    """Why formulas say nothing of this game's data, mechanism or strategies, or None.

    A subclass that changes what is mediated, told, recommended, collected, handed in or estimated,
    and inherits the formulas of what it derives from, is not what they are about.
    """
    if not game.problem.source.normal:
        return "the measurements are real ones (source csv), and exact formulas are for normal data"
    changed = beyond_rules(game.mechanism)
    if changed is not None:
        return changed
    for name, strategy in game.strategies.items():
        if type(strategy).plays is not Strategy.plays:
            reason = changed_below(type(strategy), "plays", ACTS)
            if reason is not None:
                return f"strategy {strategy.label} of {name}: {reason}"
    return None


def beyond_rules(mechanism: Mechanism) -> str | None:
    """Why a mechanism's channels say nothing of it, or None."""
    rules = type(mechanism)
    for formula in ("channel", "tied"):
        if getattr(rules, formula) is not getattr(Mechanism, formula):
            reason = changed_below(rules, formula, RULES)
            if reason is not None:
                return f"mechanism {rules.__name__}: {reason}"
    return None


def without_channel(mechanism: Mechanism) -> str:
    """What is said of rules that have no formula."""
    more = f" ({mechanism.no_formula})" if mechanism.no_formula else ""
    return f"mechanism {type(mechanism).__name__} has no exact formula{more}"
