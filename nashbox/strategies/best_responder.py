"""The best responder: does what is best for her against what she knows of the others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nashbox.problem.arrays import Array, Counts
from nashbox.problem.channel import Play
from nashbox.problem.data import Dataset
from nashbox.problem.terms import View
from nashbox.strategies.base import Strategy
from nashbox.strategies.best_use import best_use
from nashbox.strategies.equivariant import Equivariant
from nashbox.strategies.response import best_response


def best_plays(view: View) -> list[Play]:
    """Return the exact best response to `view.others`.

    Raises ContractError where the mechanism has no exact formula.
    """
    return list(best_response(view).plays)


@dataclass(frozen=True)
class BestResponder(Strategy):
    """Best response to the others' last counts; before the first round, what is recommended.

    With `eager`, the first round is already a best response to the recommended profile.
    """

    deterministic = False

    eager: bool = False  # respond already in the first round

    def _now(self, view: View) -> Strategy:
        return self.revise(view) if self.eager else Strategy()

    def invariant(self, view: View) -> bool:
        """No fakes without data."""
        return not any(p.n == 0 and p.s > 0 for p in self.plays(view))

    def gather(self, view: View, rng: np.random.Generator) -> Counts:
        """Return the count of the best response."""
        return self._now(view).gather(view, rng)

    def report(self, data: Dataset, view: View, rng: np.random.Generator) -> Dataset:
        """Hand in what attains it."""
        return self._now(view).report(data, view, rng)

    def estimate(
        self,
        data: Dataset,
        submission: Dataset,
        information: Any,
        view: View,
        rng: np.random.Generator,
    ) -> Array:
        """Make the best of the answer."""
        return self._now(view).estimate(data, submission, information, view, rng)

    def plays(self, view: View) -> list[Play]:
        """Return the plays of the best response."""
        return best_plays(view) if self.eager else [Play.truthful(float(n)) for n in view.counts]

    def revise(self, view: View) -> Strategy:
        """Answer what the others did."""
        return FoundPlays(tuple(best_plays(view)))


@dataclass(frozen=True)
class FoundPlays(Strategy):
    """Fixed plays, found by a best responder, who will revise them again."""

    deterministic = False

    fixed: tuple[Play, ...] = ()

    @property
    def label(self) -> str:
        """It is still the best responder."""
        return "best_responder"

    def _replay(self) -> Equivariant:
        return Equivariant(
            collect=[p.n for p in self.fixed],
            submit=[p.s for p in self.fixed],
            shift=[p.shift for p in self.fixed],
        )

    def invariant(self, view: View) -> bool:
        """No fakes without data."""
        return not any(p.n == 0 and p.s > 0 for p in self.fixed)

    def plays(self, view: View) -> list[Play]:
        """Return the fixed plays."""
        return list(self.fixed)

    def gather(self, view: View, rng: np.random.Generator) -> Counts:
        """Return the fixed counts."""
        return self._replay().gather(view, rng)

    def report(self, data: Dataset, view: View, rng: np.random.Generator) -> Dataset:
        """Hand in what the plays say."""
        return self._replay().report(data, view, rng)

    def estimate(
        self,
        data: Dataset,
        submission: Dataset,
        information: Any,
        view: View,
        rng: np.random.Generator,
    ) -> Array:
        """Make the best of the answer."""
        return best_use(self.fixed, data, submission, information, view)

    def revise(self, view: View) -> Strategy:
        """Answer again."""
        return BestResponder().revise(view)
