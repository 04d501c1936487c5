"""The best responder: does what is best for her against what she knows of the others."""

from __future__ import annotations

from dataclasses import dataclass

from nashbox.problem.plays import Play
from nashbox.problem.terms import View
from nashbox.strategies.base import Strategy
from nashbox.strategies.equivariant import ByPlays
from nashbox.strategies.response import best_response


def best_plays(view: View) -> list[Play]:
    """Return the exact best response to `view.others`.

    Raises ContractError where the mechanism has no exact formula.
    """
    return list(best_response(view).plays)


@dataclass(frozen=True)
class BestResponder(ByPlays):
    """Best response to the others' last counts; before the first round, what is recommended.

    With `eager`, the first round is already a best response to the recommended profile.
    """

    eager: bool = False  # respond already in the first round

    def plays(self, view: View) -> list[Play]:
        """Return the plays of the best response."""
        return best_plays(view) if self.eager else [Play.truthful(float(n)) for n in view.counts]

    def revise(self, view: View) -> Strategy:
        """Answer what the others did."""
        return FoundPlays(tuple(best_plays(view)))


@dataclass(frozen=True)
class FoundPlays(ByPlays):
    """Fixed plays, found by a best responder, who will revise them again."""

    fixed: tuple[Play, ...] = ()

    @property
    def label(self) -> str:
        """It is still the best responder."""
        return "best_responder"

    def plays(self, view: View) -> list[Play]:
        """Return the fixed plays."""
        return list(self.fixed)

    def revise(self, view: View) -> Strategy:
        """Answer again."""
        return BestResponder().revise(view)
