"""The joint form: who fails one comparison fails all of them.

Given counts n_k an agent passes with A = prod_k a_k(n_k), a_k = 1 - P_k, over what she owes, and

    f(n) = sum_k [ (1 - A) v_k/(n_k + z_k) + A v_k/(n_k + N_k) + c_k n_k ].

The acceptance region is a box around the truth, symmetric and convex, so no submission is accepted
more often than the truth (Anderson), and f is the least penalty after collecting n.

Her best response is found, and proven, through the one number alpha = A. log a_k is concave in n_k
(u is concave in n, log(2 Phi(u) - 1) is concave and increasing in u), so at fixed alpha

    F(alpha) = min sum_k [ (1 - alpha) v/(n + z) + alpha v/(n + N) + c n ]
               subject to sum_k log a_k(n_k) >= log alpha

is a convex program. For every multiplier nu >= 0 its dual L(alpha, nu) = sum_k min_n [...] - nu
log a + nu log alpha is concave in alpha (a minimum of functions linear in alpha, plus a logarithm),
so that on an interval it is nowhere below the lower of its ends: intervals are halved until nothing
can be below the best response found. With whole numbers the same bound holds with minima over whole
numbers; what gap it leaves is reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import ClassVar

import numpy as np

from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.mechanisms.threshold.channel import ThresholdChannel
from nashbox.mechanisms.threshold.dual import Costed
from nashbox.mechanisms.threshold.moments import Reception
from nashbox.mechanisms.threshold.response import best_response
from nashbox.problem.arrays import Array
from nashbox.problem.channel import ROUNDING, Joint
from nashbox.problem.plays import Play
from nashbox.problem.responses import Best


@dataclass(frozen=True)
class Together(Joint):
    """channels: of the members, in the order of `members`. owed: which of them are compared."""

    rises: ClassVar[bool] = True

    members: tuple[int, ...]
    channels: tuple[ThresholdChannel, ...]
    owed: tuple[bool, ...]

    def passes(self, counts: Array) -> Array:
        """A for honest counts (..., members)."""
        chance = np.ones(np.shape(counts)[:-1])
        for k, (channel, owed) in enumerate(zip(self.channels, self.owed, strict=True)):
            if owed:
                chance = chance * (1 - channel.fails(counts[..., k]))
        return np.asarray(chance)

    def risks(self, counts: Array) -> Array:
        """Sum over members of (1 - A) v/(n + z) + A v/(n + N)."""
        chance = self.passes(counts)
        total = np.zeros(chance.shape)
        for k, channel in enumerate(self.channels):
            n = counts[..., k]
            total += channel.sigma**2 / (n + channel.others) + (1 - chance) * channel.stake(n)
        return total

    def risk(self, plays: Sequence[Play]) -> tuple[float, float]:
        """Closed form for honest submissions, quadrature for others, which accept the answer."""
        if all(p.complies for p in plays):
            value = float(self.risks(np.array([p.n for p in plays])))
            return value, ROUNDING * value
        parts = [
            _verdict(channel, play, owed)
            for channel, play, owed in zip(self.channels, plays, self.owed, strict=True)
        ]
        doubt = sum(part.chance_error for part in parts)
        value = error = 0.0
        for k, part in enumerate(parts):
            others = float(np.prod([p.chance for j, p in enumerate(parts) if j != k]))
            told = part.passed - part.failed_if_passed
            value += part.failed + others * told
            error += 3 * part.error + abs(told) * (doubt - part.chance_error)
        return value, error if np.isfinite(value) else 0.0

    def best(self, costs: Array, *, integer: bool) -> Best:
        """The best honest counts, which are the best response of all."""
        found = _best(self, tuple(float(c) for c in costs), integer)
        return Best(tuple(Play.truthful(n) for n in found[0]), found[1], found[2])

    def examined(self, axes: Sequence[Array]) -> Array:
        """The chance to pass by quadrature, not by the closed form."""
        chance: Array = np.ones(())
        failed: Array = np.zeros(())
        stake: Array = np.zeros(())
        for k, (channel, owes, axis) in enumerate(zip(self.channels, self.owed, axes, strict=True)):
            shape = [-1 if j == k else 1 for j in range(len(axes))]
            v = channel.sigma**2
            full, part = v / (axis + channel.others), v / (axis + channel.clean)
            failed, stake = failed + part.reshape(shape), stake + (part - full).reshape(shape)
            if owes:
                chance = chance * _chances(channel, axis).reshape(shape)
        return failed - chance * stake

    @cached_property
    def kinds(self) -> dict[tuple[ThresholdChannel, bool], int]:
        """Equal members counted together."""
        found: dict[tuple[ThresholdChannel, bool], int] = {}
        for pair in zip(self.channels, self.owed, strict=True):
            found[pair] = found.get(pair, 0) + 1
        return found


@lru_cache(maxsize=4096)
def _best(
    joint: Together, costs: tuple[float, ...], integer: bool
) -> tuple[tuple[float, ...], float, float]:
    parts = [
        Costed(channel, owed, cost)
        for channel, owed, cost in zip(joint.channels, joint.owed, costs, strict=True)
    ]
    return best_response(joint, parts, integer=integer)


def _chances(channel: ThresholdChannel, counts: Array) -> Array:
    return np.array([channel.verdict(Play.truthful(n)).chance if n else 0.0 for n in counts])


def _verdict(channel: ThresholdChannel, play: Play, owed: bool) -> Reception:
    """What a play of one member meets; a member that is not owed passes for sure."""
    if owed and play.s and play.n:
        return channel.verdict(play)
    failed, error = MeanChannel(channel.sigma, channel.clean).risk(play)
    if owed:
        return Reception(0.0, 0.0, failed, 0.0, error, 0.0)
    passed, more = MeanChannel(channel.sigma, channel.others).risk(play)
    return Reception(1.0, passed, failed, failed, error + more, 0.0)
