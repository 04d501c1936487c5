"""Games of one step in which chance has a hand in what is paid, without formulas."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from zoo_tails import draw

from nashbox.games import Action, OneShot
from nashbox.games.auction import Auction, Sealed
from nashbox.games.cournot import Cournot
from nashbox.games.public_goods import PublicGoods


@dataclass(frozen=True)
class Shocked:
    """Publish what all did, with a shock (R,) that nobody knew when she acted."""

    scale: float = 0.0  # standard deviation of the shock
    tails: str = "normal"

    def mediate(self, actions, rng):
        """One shock a world."""
        played = np.array(actions)
        shock = self.scale * draw(self.tails, played.shape[1], rng)
        return [(played, shock)] * len(actions)


@dataclass(frozen=True)
class ShockedSale(Sealed):
    """Open the bids; the thing turns out to be worth more or less by a shock (R,)."""

    scale: float = 0.0  # standard deviation of the shock
    tails: str = "normal"

    def mediate(self, actions, rng):
        """One shock a world, after the lots."""
        told = super().mediate(actions, rng)
        shock = self.scale * draw(self.tails, np.shape(actions)[1], rng)
        return [(*pair, shock) for pair in told]


@dataclass(frozen=True, kw_only=True)
class CostlyCournot(Cournot):
    """Cournot competition in which a unit costs `shock` more than was thought."""

    mechanisms: ClassVar = {"shocked": Shocked}
    mechanism: Any = Shocked()

    most: float = 0.5  # quantity that anybody thinks of

    def pay(self, view, action, received):
        """Profit, (R,)."""
        played, shock = received
        return super().pay(view, action, played) - shock * action

    def deviations(self, i):
        """Quantities up to `most`."""
        return [self.family("quantity", q=(0.0, self.most), coarse=41)]


@dataclass(frozen=True, kw_only=True)
class LuckyPot(PublicGoods):
    """Public goods whose pot returns 1 + shock times what was hoped for."""

    mechanisms: ClassVar = {"shocked": Shocked}
    mechanism: Any = Shocked()

    def pay(self, view, action, received):
        """What is kept and shared, (R,)."""
        played, shock = received
        luck = shock * self.multiplier * played[..., 0].sum(axis=0) / self.m
        return super().pay(view, action, played) + luck


@dataclass(frozen=True, kw_only=True)
class WinnersLuck(Auction):
    """A sealed-bid auction; the winner learns what the thing is worth beyond her value."""

    mechanisms: ClassVar = {"shocked": ShockedSale}
    mechanism: Any = ShockedSale()

    def pay(self, view, action, received):
        """Value of what was won less what is paid for it, (R,)."""
        won, others, shock = received
        return super().pay(view, action, (won, others)) + won * shock


@dataclass(frozen=True)
class Choose(Action):
    """Take a row of the table."""

    k: int = 0

    def act(self, view, rng):
        """The row."""
        return float(self.k)


@dataclass(frozen=True)
class Lots:
    """Publish what all did, with a lot for every player and row, (m, rows, R)."""

    rows: int = 3
    scale: float = 0.0  # standard deviation of a lot
    tails: str = "normal"

    def mediate(self, actions, rng):
        """Draw all lots, so that another choice leaves them alone."""
        played = np.array(actions)
        lots = self.scale * draw(self.tails, (len(actions), self.rows, played.shape[1]), rng)
        return [(played, lots)] * len(actions)


@dataclass(frozen=True, kw_only=True)
class NoisyTable(OneShot):
    """A two-player game in normal form: each is paid her table's entry, and her row's lot."""

    menu: ClassVar = {"choose": Choose}
    mechanisms: ClassVar = {"lots": Lots}
    mechanism: Any = Lots()

    table: Any = ()  # tables[player][her row][the other's row]

    def recommended(self, i):
        """The first row."""
        return Choose(0)

    def pay(self, view, action, received):
        """Entry and lot, (R,)."""
        played, lots = received
        rows = np.asarray(played, dtype=int)
        mine, other = rows[view.index], rows[1 - view.index]
        luck = lots[view.index][mine, np.arange(mine.size)]
        return np.asarray(self.table[view.index], dtype=float)[mine, other] + luck

    def deviations(self, i):
        """All rows."""
        return [self.deviation("choose", k=k) for k in range(len(self.table[i]))]
