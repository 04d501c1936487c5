"""Exact risks among others who may hand in made-up points: means are linear, so moments suffice.

The others hand in N points in all; agent j's s_j carry the mean of q_j of hers plus Delta_j. Then
the others' mean O has variance W/N^2 with W = sum_j s_j^2 sigma^2/q_j, and bias B/N with
B = sum_j s_j Delta_j; honest points have W = N sigma^2 and B = 0. Points made up without a
measurement stand still while mu moves: whoever relies on them has infinite risk.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.plays import Play


@dataclass(frozen=True)
class PollutedPool:
    """What the others hand in on one distribution: N, W, B, and whether all is measured as such."""

    N: float
    W: float
    B: float
    honest: bool

    @classmethod
    def of(cls, plays: Sequence[Play], sigma: float) -> PollutedPool:
        """Sum the others' plays up."""
        added = [_added(play, sigma) for play in plays] or [(0.0, 0.0, 0.0, 0.0)]
        N, W, B, dishonest = (sum(column) for column in zip(*added, strict=True))
        return cls(N, W, B, honest=dishonest == 0)


@dataclass(frozen=True, eq=False)
class Pools:
    """What one agent of each kind adds with each strategy: N, W, B, dishonest, (4, kinds, K, d)."""

    each: NDArray[np.float64]

    @classmethod
    def of(cls, plays: Sequence[Sequence[Sequence[Play]]], sigma: NDArray[np.float64]) -> Pools:
        """plays: by kind, strategy, and distribution."""
        each = [
            [[_added(p, s) for p, s in zip(some, sigma.tolist(), strict=True)] for some in row]
            for row in plays
        ]
        return cls(np.moveaxis(np.array(each, dtype=float), -1, 0))

    def among(self, others: NDArray[np.int64]) -> list[PollutedPool]:
        """The pool of every distribution, of others counted as (kinds, K)."""
        there = others > 0
        some = others[there]
        each = self.each[:, there].transpose(0, 2, 1).reshape(4 * self.each.shape[3], some.size)
        added = np.dot(each, some[:, None])  # as np.tensordot does it, at a third of the price
        N, W, B, dishonest = added.reshape(4, -1).tolist()
        return [
            PollutedPool(N=n, W=w, B=b, honest=x == 0)
            for n, w, b, x in zip(N, W, B, dishonest, strict=True)
        ]


def _added(play: Play, sigma: float) -> tuple[float, float, float, float]:
    """N, W and B of a play, and whether it is dishonest."""
    if not play.s > 0:
        return 0.0, 0.0, 0.0, 0.0
    spread = play.s**2 * sigma**2 / play.q if play.q > 0 else np.inf
    return play.s, spread, play.s * play.shift, float(not play.honest)
