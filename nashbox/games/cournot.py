"""Cournot competition: firms choose quantities, the market clears at a price that falls with them.

Price max(0, a - b Q) with Q the sum of all quantities; firm i makes q_i units at c_i each.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any, ClassVar

import numpy as np

from nashbox.games.deviations import Deviation, Family
from nashbox.games.formulas import Exact
from nashbox.games.one_shot import Action, OneShot, OneShotView, one_per_player
from nashbox.problem.arrays import Array
from nashbox.problem.errors import require


@dataclass(frozen=True)
class Quantity(Action):
    """Make q units."""

    q: float = 0.0  # units, >= 0

    def __post_init__(self) -> None:
        """Refuse negative quantities."""
        require("q", self.q, low=0.0)

    def act(self, view: OneShotView, rng: np.random.Generator) -> Any:
        """The quantity."""
        return self.q


@dataclass(frozen=True, kw_only=True)
class Cournot(OneShot):
    """n firms that sell the same good."""

    menu: ClassVar = {"quantity": Quantity}

    intercept: float = 1.0  # a: price of the first unit
    slope: float = 1.0  # b: fall of the price per unit
    cost: Any = 0.0  # of a unit: one number, or one per firm

    def __post_init__(self) -> None:
        """Hold the parameters to their ranges."""
        super().__post_init__()
        require("intercept", self.intercept, low=0.0, open_low=True)
        require("slope", self.slope, low=0.0, open_low=True)
        one_per_player("cost", self.cost, self.m, low=0.0)

    @cached_property
    def costs(self) -> list[float]:
        """Cost of a unit, by firm."""
        return one_per_player("cost", self.cost, self.m, low=0.0)

    def recommended(self, i: int) -> Quantity:
        """The equilibrium quantity (P - c_i)/b of the firms whose cost is below the price P."""
        return Quantity(max(0.0, (self._price - self.costs[i]) / self.slope))

    @cached_property
    def _price(self) -> float:
        """The price P in equilibrium."""
        costs = sorted(self.costs)
        price = math.inf
        for k, total in enumerate(accumulate(costs), 1):  # the k cheapest produce
            tried = (self.intercept + total) / (k + 1)
            if tried <= costs[k - 1]:
                break
            price = tried
        return min(price, self.intercept)

    def pay(self, view: OneShotView, action: Array, received: Any) -> Array:
        """Profit, (R,)."""
        price = np.maximum(0.0, self.intercept - self.slope * received.sum(axis=0))
        profit: Array = (price - self.costs[view.index]) * action
        return profit

    def deviations(self, i: int) -> Sequence[Deviation | Family]:
        """Any quantity up to where the price is 0."""
        return [self.family("quantity", q=(0.0, self.intercept / self.slope), coarse=41)]

    def kind(self, i: int) -> Hashable:
        """Who pays alike is alike."""
        return self.costs[i]

    def exact(self, i: int) -> Exact | str:
        """Best response (a - c_i - b Q_-i)/(2b), or nothing."""
        plays = self.plays
        if any(type(play) is not Quantity for play in plays):
            return "players with strategies of their own have no formula"
        others = sum(play.q for j, play in enumerate(plays) if j != i)
        a, b, c = self.intercept, self.slope, self.costs[i]
        best = max(0.0, (a - c - b * others) / (2 * b))

        def profit(q: float) -> float:
            return float((max(0.0, a - b * (others + q)) - c) * q)

        served = b * others < a * (1 + 1e-12)  # else the price is 0, without rounding
        error = 1e-14 * (a * a / b * served + c * plays[i].q)
        deviation = self.deviation("quantity", q=best)
        return Exact(
            profit(plays[i].q),
            profit(best),
            deviation,
            error=error,
            reached=[profit(q) for q in np.linspace(0.0, a / b, 41).tolist()],
            recommended=profit(self.recommended(i).q),
        )
