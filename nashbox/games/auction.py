"""Sealed-bid auctions of one thing: values are private, independent, uniform on [0, 1].

Payoffs are expectations before values are drawn. Ties are split at random.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nashbox.games.deviations import Deviation, Family
from nashbox.games.formulas import Exact
from nashbox.games.one_shot import Action, OneShot, OneShotView
from nashbox.problem.arrays import Array
from nashbox.problem.errors import InputError, brief, require

RULES = ("first_price", "second_price", "all_pay")
VALUES, BIDS = 400, 1 << 14  # of the exact answer
POINTS = (64, 1024)  # corners of a best bid


@dataclass(frozen=True)
class Bidding(Action):
    """Bid what one's value says."""

    def of(self, value: Array) -> Array:
        """Bids of values."""
        raise TypeError(f"{type(self).__name__} must define of")

    def act(self, view: OneShotView, rng: np.random.Generator) -> Any:
        """The bid, (R,)."""
        return self.of(view.private)


@dataclass(frozen=True)
class Bid(Bidding):
    """Bid factor * value ** power."""

    factor: float = 1.0  # >= 0
    power: float = 1.0  # > 0

    def __post_init__(self) -> None:
        """Hold both to their ranges."""
        require("factor", self.factor, low=0.0)
        require("power", self.power, low=0.0, open_low=True)

    def of(self, value: Array) -> Array:
        """Bids of values."""
        bids: Array = self.factor * value**self.power
        return bids


@dataclass(frozen=True)
class Bids(Bidding):
    """Bid what a line through given points says: the first is the bid of 0, the last that of 1."""

    points: Any = (0.0, 1.0)  # at equal distances, >= 0

    def __post_init__(self) -> None:
        """Refuse fewer than two points, and negative ones."""
        if not isinstance(self.points, (list, tuple)) or len(self.points) < 2:
            raise InputError(f"points must hold at least two numbers, got {brief(self.points)}")
        object.__setattr__(self, "points", tuple(self.points))
        for k, point in enumerate(self.points):
            require(f"points[{k}]", point, low=0.0)

    def of(self, value: Array) -> Array:
        """Bids of values."""
        bids: Array = np.interp(value, np.linspace(0, 1, len(self.points)), self.points)
        return bids


@dataclass(frozen=True)
class Sealed:
    """Opens the bids: everybody learns whether she has won, and the highest bid of the others."""

    def mediate(self, actions: Sequence[Array], rng: np.random.Generator) -> Sequence[Any]:
        """Return (won, highest other bid), (2, R), for every bidder."""
        bids = np.array(actions)
        second, highest = np.partition(bids, -2, axis=0)[-2:]
        winner = np.where(bids == highest, rng.random(bids.shape), -1.0).argmax(axis=0)
        return [
            np.array([winner == i, np.where(bid == highest, second, highest)])
            for i, bid in enumerate(bids)
        ]


@dataclass(frozen=True, kw_only=True)
class Auction(OneShot):
    """n bidders for one thing."""

    menu: ClassVar = {"bid": Bid, "bids": Bids}
    mechanisms: ClassVar = {"sealed": Sealed}

    rule: str = "first_price"  # first_price, second_price or all_pay
    mechanism: Any = Sealed()

    def __post_init__(self) -> None:
        """Refuse other rules."""
        super().__post_init__()
        if self.rule not in RULES:
            raise InputError(f"rule must be one of {', '.join(RULES)}, got {brief(self.rule)}")

    def recommended(self, i: int) -> Bid:
        """The symmetric equilibrium: (n-1)/n v, v, or (n-1)/n v^n."""
        share = (self.m - 1) / self.m
        return {
            "first_price": Bid(share),
            "second_price": Bid(1.0),
            "all_pay": Bid(share, float(self.m)),
        }[self.rule]

    def nature(self, worlds: int, rng: np.random.Generator) -> Sequence[Any]:
        """Values, (R,) each."""
        return list(rng.random((self.m, worlds)))

    def pay(self, view: OneShotView, action: Array, received: Any) -> Array:
        """Value of what was won less what is paid for it, (R,)."""
        won, others = received
        value: Array = view.private
        if self.rule == "all_pay":
            return np.asarray(won * value - action)
        return np.asarray(won * (value - (action if self.rule == "first_price" else others)))

    def deviations(self, i: int) -> Sequence[Deviation | Family]:
        """Bids factor * value ** power."""
        powers = sorted({1.0, 2.0, float(self.m)})
        return [self.family("bid", factor=(0.0, 1.5), power=powers, coarse=16)]

    def kind(self, i: int) -> Hashable:
        """All are alike."""
        return 0

    def exact(self, i: int) -> Exact | str:
        """The best bid of every value, against others who bid factor * value ** power.

        Payoffs after values are known are convex in the value: the mean over values lies between
        the midpoint and the trapezoid sum. Bids are compared on a grid, with a bound between.
        """
        rivals = [play for j, play in enumerate(self.plays) if j != i]
        if any(type(rival) is not Bid or rival.factor == 0 for rival in rivals):
            return "it covers rivals who bid factor * value ** power, factor > 0"
        mine = self.strategy(i)
        if type(mine) not in (Bid, Bids):
            return "players with strategies of their own have no formula"
        interim = _Interim(self.rule, rivals)
        bound = interim.most()
        for points in POINTS:  # few will do where the best bid does not jump
            v = np.linspace(0, 1, points + 1)
            best = Bids(tuple(float(b) for b in interim.best(v)))
            if bound - interim.mean(best) < 1e-4 * abs(bound):
                break
        line = Bid(round(best.points[-1], 9))
        found: Bid | Bids = best
        if self.rule == "second_price":
            found = Bid(1.0)
        elif interim.mean(line) >= interim.mean(best) - 1e-6:
            found = line
        if isinstance(found, Bid):
            deviation = self.deviation("bid", factor=found.factor)
        else:
            deviation = self.deviation("bids", points=list(found.points))
        reached = interim.mean(found)
        return Exact(
            interim.mean(mine),
            reached,
            deviation,
            max(bound, reached),
            1e-6,
            reached=[interim.mean(Bid(factor)) for factor in (0.25, 0.5, 1.0, 1.5)],
            recommended=interim.mean(self.recommended(i)),
        )


class _Interim:
    """What a bid is paid on average over the others' values."""

    def __init__(self, rule: str, rivals: Sequence[Bid]) -> None:
        self.rule, self.rivals = rule, rivals
        self.kinds = list(Counter((r.factor, r.power) for r in rivals).items())
        self.top = max(1.0, *(rival.factor for rival in rivals))
        self.bids = np.linspace(0, self.top, BIDS + 1)
        chance = self.chance(self.bids)
        areas = np.concatenate([[0.0], np.cumsum((chance[1:] + chance[:-1]) / 2)])
        self.area = areas * self.top / BIDS  # integral of the chance to win

    def chance(self, bids: Array) -> Array:
        """Chance that all others bid less."""
        parts = [np.minimum(1.0, (bids / f) ** (1 / p)) ** n for (f, p), n in self.kinds]
        return np.asarray(np.prod(parts, axis=0))

    def paid(self, value: Array, bid: Array) -> Array:
        """Mean payoff of a bid at a value."""
        return self._paid(value, bid, self.chance(bid), self._areas(bid))

    def _paid(self, value: Array | float, bid: Array, chance: Array, area: Array | float) -> Array:
        if self.rule == "all_pay":
            return np.asarray(value * chance - bid)
        if self.rule == "first_price":
            return np.asarray((value - bid) * chance)
        return np.asarray((value - bid) * chance + area)

    def _areas(self, bid: Array) -> Array | float:
        """Integral of the chance to win up to a bid, which only second prices ask for."""
        if self.rule != "second_price":
            return 0.0
        above = np.maximum(bid - self.top, 0.0)  # where nobody bids, so that the chance is 1
        return np.asarray(np.interp(bid, self.bids, self.area) + above)

    def mean(self, strategy: Bid | Bids) -> float:
        """Mean payoff over values, midpoints of 2^17 intervals."""
        v = (np.arange(1 << 17) + 0.5) / (1 << 17)
        return float(self.paid(v, strategy.of(v)).mean())

    def best(self, values: Array) -> Array:
        """The best bid on the grid at each value."""
        bids = self.bids
        chance, area = self.chance(bids), self._areas(bids)
        found = [int(self._paid(v, bids, chance, area).argmax()) for v in values.tolist()]
        return np.asarray(bids[found])

    def most(self) -> float:
        """No strategy is paid more: the trapezoid sum of `bound`, which is convex in the value."""
        values = self.bound(np.linspace(0, 1, VALUES + 1))
        return float(((values[1:] + values[:-1]) / 2).mean())

    def bound(self, values: Array) -> Array:
        """No bid is paid more, by value: chances of each step's upper end, costs of its lower."""
        if self.rule == "second_price":
            return self.paid(values, values)  # dominant, and on the same grid as what is played
        low, chance = self.bids[:-1], self.chance(self.bids[1:])
        if self.rule == "all_pay":
            return np.array([(v * chance - low).max() for v in values])
        return np.array([(np.maximum(v - low, 0) * chance).max() for v in values])
