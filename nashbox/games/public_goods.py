"""Linear public goods with punishment: a pot that grows and is shared equally.

Player i puts a share s_i of her endowment E in; the pot returns M/n of all that is in it to each of
the n players. Then she spends k_i on every player who put in less than she did; what is spent on a
player takes `impact` times as much away from her. With 1 < M < n everybody is better off if all put
everything in, and each is better off putting nothing in, unless punished.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from nashbox.games.deviations import Deviation, Family
from nashbox.games.formulas import Exact
from nashbox.games.one_shot import Action, OneShot, OneShotView
from nashbox.problem.arrays import Array
from nashbox.problem.errors import require


@dataclass(frozen=True)
class Contribute(Action):
    """Put a share of the endowment in, then punish everybody who put in less."""

    share: float = 1.0  # of the endowment, in [0, 1]
    punish: float = 0.0  # spent on every player who put in less, >= 0

    def __post_init__(self) -> None:
        """Refuse shares outside of [0, 1] and negative punishments."""
        require("share", self.share, low=0.0, high=1.0)
        require("punish", self.punish, low=0.0)

    def act(self, view: OneShotView, rng: np.random.Generator) -> Any:
        """Contribution and readiness to punish, (R, 2)."""
        return np.tile([self.share * view.game.endowment, self.punish], (view.worlds, 1))


@dataclass(frozen=True, kw_only=True)
class PublicGoods(OneShot):
    """n players with an endowment each share what a pot returns."""

    menu: ClassVar = {"contribute": Contribute}

    agents: Any = 4  # names, or how many
    endowment: float = 1.0  # of every player
    multiplier: float = 1.6  # M: what a unit in the pot becomes
    impact: float = 3.0  # what one point of punishment takes away

    def __post_init__(self) -> None:
        """Hold the parameters to their ranges."""
        super().__post_init__()
        for name in ("endowment", "multiplier", "impact"):
            require(name, getattr(self, name), low=0.0)

    def recommended(self, i: int) -> Contribute:
        """Everything, and no punishment."""
        return Contribute()

    def pay(self, view: OneShotView, action: Array, received: Any) -> Array:
        """Keep, share of the pot, less punishment spent and suffered, (R,)."""
        put, spent = received[..., 0], received[..., 1]
        mine = put[view.index]
        pot = self.multiplier * put.sum(axis=0) / self.m
        lazy, eager = (put < mine).sum(axis=0), put > mine
        suffered = self.impact * (spent * eager).sum(axis=0)
        paid: Array = self.endowment - mine + pot - spent[view.index] * lazy - suffered
        return paid

    def deviations(self, i: int) -> Sequence[Deviation | Family]:
        """Any share with any punishment up to the endowment."""
        return [self.family("contribute", share=(0.0, 1.0), punish=(0.0, self.endowment), coarse=5)]

    def kind(self, i: int) -> Hashable:
        """All are alike."""
        return 0

    def exact(self, i: int) -> Exact | str:
        """Best response: between two others' contributions the payoff is linear in one's own.

        So the best is at 0, at everything, or level with another's share; punishing pays nobody.
        """
        plays = self.plays
        if any(type(play) is not Contribute for play in plays):
            return "players with strategies of their own have no formula"
        others = Counter((p.share, p.punish) for j, p in enumerate(plays) if j != i)
        own = (plays[i].share, plays[i].punish)
        shares = sorted({0.0, 1.0, *(share for share, _ in others)})
        spend = [(s, 0.0) for s in shares if (s, 0.0) != own]
        given = sum(Fraction(share) * count for (share, _), count in others.items())

        def paid(share: float, punish: float) -> Fraction:
            """Without rounding, so that it shows where a player is indifferent."""
            mine, put = Fraction(share), share * self.endowment
            lazy = sum(n for (s, _), n in others.items() if s * self.endowment < put)
            eager = sum(Fraction(k) * n for (s, k), n in others.items() if s * self.endowment > put)
            kept = 1 - mine + Fraction(self.multiplier) * (mine + given) / self.m
            suffered = Fraction(punish) * lazy + Fraction(self.impact) * eager
            return Fraction(self.endowment) * kept - suffered

        best = max(spend, key=lambda play: paid(*play))
        now, then = paid(*own), paid(*best)
        deviation = self.deviation("contribute", share=best[0])
        largest = self.endowment * (1 + self.multiplier) + self.impact * sum(
            p.punish for p in plays
        )
        reached = [paid(share, self.endowment * k) for share in (*shares, 0.5) for k in (0, 1)]
        return Exact(
            float(now),
            float(then),
            deviation,
            error=1e-14 * self.m * largest,
            gain=float(then - now),
            reached=[float(payoff) for payoff in reached],
            recommended=float(paid(1.0, 0.0)),
        )
