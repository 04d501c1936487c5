"""What a channel, or what ties several of them together, says of best responses."""

from __future__ import annotations

from typing import NamedTuple

from nashbox.problem.plays import Play


class Best(NamedTuple):
    """A best response: its penalty, a bound that no response is below, and numerical error."""

    plays: tuple[Play, ...]
    penalty: float
    bound: float
    error: float = 0.0


class Bend(NamedTuple):
    """v times second derivatives by v at most: how concave an honest penalty is, a best one convex.

    Over an interval of width w an honest penalty is no more than own w^2/(8 v) above its chord, and
    a best one, a minimum of functions, no more than best w^2/(8 v) below.
    """

    own: float
    best: float


STRAIGHT = Bend(0.0, 0.0)
