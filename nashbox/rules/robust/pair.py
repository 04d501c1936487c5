"""One agent and one distribution under fixed rules, when her cost and sigma are not what was said.

The rules, n and the others' points stay. At cost c and variance v her penalty is A = R_v(n) + c n,
and her best response has B = min_n' R_v(n') + c n'. Her gain A - B is largest

* over costs at an end of the interval: A is linear in c and B, a minimum of functions linear in c,
  is concave, so that A - B is convex;
* over sigma too at an end, where R_v is linear in v (plain means, and CBL, whose noise grows with
  the discrepancy and hence with sigma): then A - B is convex in (c, v) together;
* almost so where A is nowhere more than K1 w^2/8 above its chord over an interval of v of width w,
  and B, a minimum of functions that are nowhere more than K2 w^2/8 below theirs, no more than that
  below its own (`Channel.bend` knows v K1 and v K2):

      gain <= max(gain at the ends) + (K1 + K2) w^2/8;

  intervals are halved until the last term says enough. Where a channel knows nothing of this,
  honest counts are looked at for some sigmas.

For what she loses against working alone B is her penalty alone, a minimum of functions linear in
(c, v), so that K2 = 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from nashbox.mechanisms.rounding import alone_penalties
from nashbox.problem.channel import Channel, channel_sigma
from nashbox.problem.plays import Play
from nashbox.problem.remembering import remembered
from nashbox.strategies.best_count import best_count

Against = Literal["best", "alone"]

TOLERANCE = 2e-4  # of the pair's penalty, between what was found and the bound
LOOKED_AT = 9  # sigmas, where it is not known how risks depend on them


@dataclass(frozen=True)
class Doubt:
    """Relative half-widths: costs in c (1 +- costs), each sigma in sigma (1 +- sigma)."""

    costs: float = 0.0
    sigma: float = 0.0

    @property
    def cost_ends(self) -> tuple[float, ...]:
        """Factors of the ends of the cost interval."""
        return (1 - self.costs, 1 + self.costs) if self.costs else (1.0,)

    @property
    def sigma_ends(self) -> tuple[float, ...]:
        """Factors of the ends of the interval of sigma."""
        return (1 - self.sigma, 1 + self.sigma) if self.sigma else (1.0,)


@dataclass(frozen=True)
class Worst:
    """found: the largest value seen, at these factors; bound: no value exceeds it.

    certain: whether that is proven.
    """

    found: float
    bound: float
    cost_factor: float = 1.0
    sigma_factor: float = 1.0
    certain: bool = True


@remembered(500_000)
def honest(channel: Channel, n: float, cost: float) -> float:
    """R(n) + c n."""
    return channel.risk(Play.truthful(n))[0] + (cost * n if n else 0.0)


@remembered(500_000)
def least(channel: Channel, cost: float, integer: bool) -> float:
    """min_n R(n) + c n, or what no lie brings it below if that can be asked everywhere."""
    best = best_count(channel, cost, integer=integer)[1]
    return channel.floor(cost, best) if channel.floor_everywhere else best


@lru_cache(maxsize=500_000)
def alone(cost: float, sigma: float, integer: bool) -> float:
    """Her penalty alone."""
    return float(alone_penalties(np.array([[cost]]), np.array([sigma]), integer=integer)[0])


@lru_cache(maxsize=200_000)
def worst(
    channel: Channel, n: float, cost: float, doubt: Doubt, integer: bool, against: Against = "best"
) -> Worst:
    """The largest gain, or excess over working alone, under rules that scale with sigma."""

    def at(f: float) -> Channel:
        found = channel.scaled(f)
        assert found is not None  # noqa: S101 - callers see to it
        return found

    sigma = channel_sigma(channel)
    return DoubtfulPair(at, n, cost, sigma, integer).worst(doubt, against)


@dataclass(frozen=True)
class DoubtfulPair:
    """One agent and one distribution: at(f) is her channel where sigma is f times what was said.

    n: recommended. cost, sigma: as was said.
    """

    at: Callable[[float], Channel]
    n: float
    cost: float
    sigma: float
    integer: bool

    def honest(self, e: float, f: float) -> float:
        """A, where her cost is e and sigma f times what was said."""
        return honest(self.at(f), self.n, self.cost * e)

    def other(self, e: float, f: float, against: Against) -> float:
        """B, or her penalty alone."""
        if against == "alone":
            return alone(self.cost * e, self.sigma * f, self.integer)
        return least(self.at(f), self.cost * e, self.integer)

    def worst(self, doubt: Doubt, against: Against = "best") -> Worst:
        """The largest gain (or excess over working alone) over the intervals."""
        if np.isinf(self.cost) or not np.isfinite(self.other(1.0, 1.0, against)):
            return Worst(0.0, 0.0) if against == "best" else Worst(-np.inf, -np.inf)

        def gained(e: float, f: float) -> float:
            return self.honest(e, f) - self.other(e, f, against)

        bend = self._bend(doubt, against) if doubt.sigma else 0.0
        factors = doubt.sigma_ends if bend is not None else _looked_at(doubt)
        found = max((gained(e, f), e, f) for e in doubt.cost_ends for f in factors)
        if bend:
            return _between(found, doubt, gained, bend, self.sigma, abs(self.honest(1.0, 1.0)))
        floor = against == "alone" or self.at(1.0).floor_everywhere
        return Worst(found[0], found[0], found[1], found[2], certain=floor and bend is not None)

    def _bend(self, doubt: Doubt, against: Against) -> float | None:
        """v times what second derivatives by v add at most, None where that is not known.

        Her penalty alone is concave in v.
        """
        low, high = doubt.sigma_ends
        channel = self.at(low)
        bends = [
            channel.bend(self.n, self.cost * e, self.honest(e, high), integer=self.integer)
            for e in doubt.cost_ends
        ]
        known = [b.own + (b.best if against == "best" else 0.0) for b in bends if b is not None]
        return max(known) if len(known) == len(bends) else None


def _looked_at(doubt: Doubt) -> list[float]:
    return [float(f) for f in np.linspace(1 - doubt.sigma, 1 + doubt.sigma, LOOKED_AT)]


def _between(
    found: tuple[float, float, float],
    doubt: Doubt,
    gained: Callable[[float, float], float],
    bend: float,
    sigma: float,
    scale: float,
) -> Worst:
    """Bound what lies between the ends of the interval of sigma, at both ends of the costs'."""
    bound = -np.inf
    for e in doubt.cost_ends:
        cells = [doubt.sigma_ends]
        while cells:
            a, b = cells.pop()
            width = (b**2 - a**2) * sigma**2
            slack = bend / (a * sigma) ** 2 * width**2 / 8
            top = max(gained(e, a), gained(e, b)) + slack
            if top <= found[0] + TOLERANCE * scale:
                bound = max(bound, top)
                continue
            middle = 0.5 * (a + b)
            found = max(found, (gained(e, middle), e, middle))
            cells += [(a, middle), (middle, b)]
    return Worst(found[0], max(bound, found[0]), found[1], found[2])
