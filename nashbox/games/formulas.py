"""What formulas say of a game: best responses, and what menus pay."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from nashbox.games.answered import formula_held, reached_held
from nashbox.games.deviations import Deviation
from nashbox.games.joint import Menus, Priced, priced_by_profile
from nashbox.games.players import Players
from nashbox.games.promises.shipped import shipped
from nashbox.problem.errors import MOST_PAID, ContractError, InputError, brief, too_much
from nashbox.problem.ownership import changed_below

ROUNDING = 1e-10  # of what strategies pay: formulas that leave less may leave nothing


@dataclass(frozen=True)
class Exact:
    """A best response by formula: what she is paid now, at best, and what brings it.

    best: what `deviation` pays. bound: what no deviation is above, `best` unless given (where none
    is best). error: bound of the numerical error of each number, in units of the payment. covers:
    the class of deviations, in words. reached: what other deviations pay, which says on what scale
    a gain is large. recommended: what the recommendation pays, None where she plays it. extra: what
    only this game has to say, by key of the answer. gain: how much better `deviation` is, where
    that is known without error; only so is it certain that a player is indifferent.
    """

    paid: float
    best: float
    deviation: Deviation
    bound: float | None = None
    error: float = 0.0
    covers: str = "all strategies of one player, against the others' (exact formulas)"
    reached: Sequence[float] = ()
    recommended: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    gain: float | None = None

    def settled(self) -> Exact:
        """The same, with 0 for payments that cancel: what is left of them is numerical error.

        They are within `error` of 0, and rounding beside the largest that she reaches.
        """
        told = (self.paid, self.best, self.recommended, *self.reached)
        size = max((abs(x) for x in told if x is not None and math.isfinite(x)), default=0.0)
        least = min(self.error, ROUNDING * size)
        bound, other = self.bound, self.recommended
        return replace(
            self,
            paid=_beyond(self.paid, least),
            best=_beyond(self.best, least),
            bound=None if bound is None else _beyond(bound, least),
            recommended=None if other is None else _beyond(other, least),
        )


def _beyond(value: float, least: float) -> float:
    """A number, 0 if it is `least` at most."""
    return 0.0 if abs(value) <= least else value


class Formulas(Players):
    """A game as formulas know it; by default there are none."""

    def exact(self, i: int) -> Exact | str:
        """The best response by formula, or why there is none."""
        return "no formula is known"

    def formula(self, i: int) -> Exact | str:
        """`exact`, where it is about the rules that are played: what engines ask.

        Payments that cancel are 0 (`Exact.settled`). Raises InputError where payments are too large
        to be computed with.
        """
        beyond = self.beyond_formulas()
        if beyond is not None:
            return beyond
        with np.errstate(over="ignore"):
            answer = self.exact(i)
        self._hold_formula(answer)
        numbers = [answer.paid, answer.best] if isinstance(answer, Exact) else []
        if any(abs(x) > MOST_PAID and self.pays.sign * x > -np.inf for x in numbers):
            raise InputError(too_much(f"{self.shown}: what {self.players[i]} is paid"))
        return answer.settled() if isinstance(answer, Exact) else answer

    def _hold_formula(self, answer: Any) -> None:
        """Refuse what is neither an `Exact` nor a sentence, and numbers that are none."""
        where = f"{type(self).__name__}.exact"
        if isinstance(answer, str):
            return
        if not isinstance(answer, Exact) or not isinstance(answer.deviation, Deviation):
            raise ContractError(
                f"{where} must return an Exact with a deviation(...), or a sentence why there is "
                f"none, got {brief(answer)}"
            )
        formula_held(where, answer, self.pays.sign)
        if not shipped(self):  # races name one that is out of reach: to declare at once
            reached_held(where, answer, self.pays.sign)

    def all_formulas(self) -> Iterator[Exact | str]:
        """`formula` for every player, in order."""
        return map(self.formula, range(self.m))

    def beyond_formulas(self) -> str | None:
        """Why formulas say nothing of this game, or None.

        They count for the class that has them, not for one that derives from it and changes what
        is played or paid.
        """
        if type(self).exact is Formulas.exact:
            return None  # it has none
        return changed_below(type(self), "exact", ("pay", "nature", "view", "model", "trials"))

    def paid(self, i: int) -> float | str:
        """What player i is paid by formula, or why there is none."""
        answer = self.formula(i)
        return answer if isinstance(answer, str) else answer.paid

    def priced(self, menus: Menus[Any]) -> Priced | str:
        """What menus of this game's players pay by formula, or why there is none.

        A function of the kind of a player (`Menus.kinds`) and of how many of each kind of the
        others play what, (kinds, K); it gives her payoffs for the whole menu, (K,), more is better.
        """
        return priced_by_profile(menus)
