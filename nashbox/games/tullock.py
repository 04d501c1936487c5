"""Tullock contest: players spend effort on a prize, and win with chances as their shares of it."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nashbox.games.deviations import Deviation, Family
from nashbox.games.formulas import Exact
from nashbox.games.one_shot import Action, OneShot, OneShotView
from nashbox.problem.arrays import Array
from nashbox.problem.errors import require

NEXT_TO_NOTHING = 1e-6  # of the prize: the effort that wins against nobody's


@dataclass(frozen=True)
class Effort(Action):
    """Spend x."""

    x: float = 0.0  # >= 0

    def __post_init__(self) -> None:
        """Refuse negative efforts."""
        require("x", self.x, low=0.0)

    def act(self, view: OneShotView, rng: np.random.Generator) -> Any:
        """The effort."""
        return self.x


@dataclass(frozen=True, kw_only=True)
class Tullock(OneShot):
    """n players and a prize; where nobody makes an effort each has prize/n."""

    menu: ClassVar = {"effort": Effort}

    prize: float = 1.0  # V

    def __post_init__(self) -> None:
        """Hold the prize to its range."""
        super().__post_init__()
        require("prize", self.prize, low=0.0, open_low=True)

    def recommended(self, i: int) -> Effort:
        """The equilibrium effort (n-1)/n^2 V."""
        return Effort((self.m - 1) / self.m**2 * self.prize)

    def pay(self, view: OneShotView, action: Array, received: Any) -> Array:
        """Expected prize less effort, (R,)."""
        total = received.sum(axis=0)
        share = np.where(total > 0, action / np.where(total > 0, total, 1.0), 1 / self.m)
        paid: Array = self.prize * share - action
        return paid

    def deviations(self, i: int) -> Sequence[Deviation | Family]:
        """Next to nothing, or any effort up to the prize."""
        least = self.deviation("effort", x=NEXT_TO_NOTHING * self.prize)
        return [least, self.family("effort", x=(0.0, self.prize), coarse=41)]

    def kind(self, i: int) -> Hashable:
        """All are alike."""
        return 0

    def exact(self, i: int) -> Exact | str:
        """Best response sqrt(V S) - S to the others' efforts S > 0; V is never reached at S = 0."""
        plays = self.plays
        if any(type(play) is not Effort for play in plays):
            return "players with strategies of their own have no formula"
        others = sum(play.x for j, play in enumerate(plays) if j != i)

        def paid(x: float) -> float:
            total = others + x
            return self.prize * (x / total if total > 0 else 1 / self.m) - x

        best = max(0.0, math.sqrt(self.prize * others) - others)
        bound = None
        if others == 0:
            best, bound = NEXT_TO_NOTHING * self.prize, self.prize
        error = 1e-14 * (self.prize + plays[i].x)
        deviation = self.deviation("effort", x=best)
        return Exact(
            paid(plays[i].x),
            paid(best),
            deviation,
            bound,
            error,
            reached=[paid(x) for x in np.linspace(0.0, self.prize, 41).tolist()],
            recommended=paid(self.recommended(i).x),
        )
