"""One agent and one distribution under fixed rules, when her cost and sigma are not what was said.

The rules, n and the others' points stay. At cost c and variance v her penalty is A = R_v(n) + c n,
and her best response has B = min_n' R_v(n') + c n'. Her gain A - B is largest

* over costs at an end of the interval: A is linear in c and B, a minimum of functions linear in c,
  is concave, so that A - B is convex;
* over sigma too at an end, where R_v is linear in v (plain means, and CBL, whose noise grows with
  the discrepancy and hence with sigma): then A - B is convex in (c, v) together;
* under a threshold t almost so: R_v(n) = v/(n + N) + v P h with P = 2 Phi(-u), u = t/(sqrt(v) a)
  and h = 1/(n + z) - 1/(n + N) is convex in v, as (v P)'' = u (1 + u^2) phi(u)/(2 v). So A is
  convex, and B, a minimum of functions that are nowhere more than K w^2/8 below their chord over
  an interval of width w, is no more than that below its own chord:

      gain <= max(gain at the ends) + K w^2/8,   K = (1/z - 1/N) max_u u (1 + u^2) phi(u)/(2 v).

* under a decoy R_v(n) = v (1/(n + N) + h F(a)), a = t/sqrt(v (1/n + 1/N)), h = 1/n - 1/(n + N), and
  with D = a d/da the second derivative of v F is (DJ/2 - D^2 J/4)/v: between -FALLS/v and RISES/v
  (numerical: 20,001 windows from .001 to 30). So A is no more than FALLS h w^2/(8 v) above its
  chord, and B no more than RISES h w^2/(8 v) below, with h of the fewest points that may be better;
* under a decoy whose window is made of an estimate R_v is linear in v, as for plain means.

  Intervals are halved until the last term says enough. Under mirrors nothing is known: honest
  counts are looked at for some sigmas.

For what she loses against working alone B is her penalty alone, a minimum of functions linear in
(c, v): the largest loss is at an end in all cases.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, TypeGuard

import numpy as np

from nashbox.mechanisms.cbl.channel import CorruptChannel
from nashbox.mechanisms.decoy.channel import DecoyChannel
from nashbox.mechanisms.decoy.estimated_channel import EstimatedChannel
from nashbox.mechanisms.decoy.mirror_channel import MirrorChannel
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.mechanisms.rounding import alone_penalties
from nashbox.mechanisms.threshold.channel import ThresholdChannel
from nashbox.problem.channel import Channel, Play
from nashbox.problem.errors import InputError
from nashbox.problem.remembering import remembered
from nashbox.strategies.best_count import best_count

Known = MeanChannel | CorruptChannel | ThresholdChannel | DecoyChannel | EstimatedChannel
Against = Literal["best", "alone"]

TOLERANCE = 2e-4  # of the pair's penalty, between what was found and the bound
LOOKED_AT = 9  # sigmas, under mirrors
HALVINGS = 40
FALLS, RISES = 0.068, 0.854  # of the second derivative of v F under a decoy, times v
BEND = 0.3166  # above the largest u (1 + u^2) phi(u)/2, at u^2 = 1 + sqrt(2)


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


def is_known(channel: Channel | None) -> TypeGuard[Known]:
    """Whether it is one whose dependence on sigma is known."""
    return isinstance(channel, Known)


def known(channel: Channel) -> Known:
    """The channel, if it is one whose dependence on sigma is known. Raises InputError."""
    if is_known(channel):
        return channel
    raise InputError(
        f"robust needs a mechanism whose formulas it knows, got {type(channel).__name__}"
    )


@remembered(500_000)
def honest(channel: Channel, n: float, cost: float) -> float:
    """R(n) + c n."""
    return channel.risk(Play.truthful(n))[0] + (cost * n if n else 0.0)


@remembered(500_000)
def least(channel: Channel, cost: float, integer: bool) -> float:
    """min_n R(n) + c n, or what no lie brings it below (under mirrors: honest counts alone)."""
    best = best_count(channel, cost, integer=integer)[1]
    return best if isinstance(channel, MirrorChannel) else channel.floor(cost, best)


@lru_cache(maxsize=500_000)
def alone(cost: float, sigma: float, integer: bool) -> float:
    """Her penalty alone."""
    return float(alone_penalties(np.array([[cost]]), np.array([sigma]), integer=integer)[0])


@lru_cache(maxsize=200_000)
def worst(
    channel: Known, n: float, cost: float, doubt: Doubt, integer: bool, against: Against = "best"
) -> Worst:
    """The largest gain (or excess over working alone) over the intervals."""

    def moved(f: float) -> Known:
        return replace(channel, sigma=channel.sigma * f)

    def A(e: float, f: float) -> float:
        return honest(moved(f), n, cost * e)

    def B(e: float, f: float) -> float:
        if against == "alone":
            return alone(cost * e, channel.sigma * f, integer)
        return least(moved(f), cost * e, integer)

    if np.isinf(cost) or not np.isfinite(B(1.0, 1.0)):
        return Worst(0.0, 0.0) if against == "best" else Worst(-np.inf, -np.inf)
    corners = [(A(e, f) - B(e, f), e, f) for e in doubt.cost_ends for f in doubt.sigma_ends]
    best = max(corners)
    certain = against == "alone" or not isinstance(channel, MirrorChannel)
    straight = not isinstance(channel, ThresholdChannel | DecoyChannel) or (
        isinstance(channel, ThresholdChannel) and channel.clean == 0
    )
    if not certain:
        among = np.linspace(1 - doubt.sigma, 1 + doubt.sigma, LOOKED_AT if doubt.sigma else 1)
        best = max((A(e, f) - B(e, f), e, f) for e in doubt.cost_ends for f in among.tolist())
        return Worst(best[0], best[0], best[1], best[2], certain=False)
    if not doubt.sigma or against == "alone" or straight:
        return Worst(best[0], best[0], best[1], best[2])
    low, high = doubt.sigma_ends
    bend = max(_bend(moved(low), n, cost * e, A(e, high), integer=integer) for e in doubt.cost_ends)
    return _between(channel, best, doubt, lambda e, f: A(e, f) - B(e, f), bend, abs(A(1.0, 1.0)))


def _bend(channel: Known, n: float, cost: float, price: float, *, integer: bool) -> float:
    """v times what second derivatives by v add at most; price: what no better count exceeds."""
    if isinstance(channel, ThresholdChannel):
        return BEND * (1 / channel.clean - 1 / max(channel.others, channel.clean))
    assert isinstance(channel, DecoyChannel)  # noqa: S101 - the others are convex
    N = channel.others
    if N == 0:
        return 0.0

    def stake(x: float) -> float:
        return 1 / x - 1 / (x + N)

    def better(x: float) -> bool:
        return float(channel.best_risk(np.float64(x))) + cost * x <= price

    low, high = 0.0, n  # the penalty is convex in the count
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if better(middle) else (middle, high)
    return FALLS * stake(n) + RISES * stake(max(high, 1.0) if integer else high)


def _between(
    channel: Known,
    found: tuple[float, float, float],
    doubt: Doubt,
    gained: Callable[[float, float], float],
    bend: float,
    scale: float,
) -> Worst:
    """Bound what lies between the ends of the interval of sigma, at both ends of the costs'."""
    bound = -np.inf
    for e in doubt.cost_ends:
        cells = [doubt.sigma_ends]
        while cells:
            a, b = cells.pop()
            width = (b**2 - a**2) * channel.sigma**2
            slack = bend / (a * channel.sigma) ** 2 * width**2 / 8
            top = max(gained(e, a), gained(e, b)) + slack
            if top <= found[0] + TOLERANCE * scale:
                bound = max(bound, top)
                continue
            middle = 0.5 * (a + b)
            found = max(found, (gained(e, middle), e, middle))
            cells += [(a, middle), (middle, b)]
    return Worst(found[0], max(bound, found[0]), found[1], found[2])
