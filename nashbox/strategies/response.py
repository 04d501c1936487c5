"""Penalties and best responses of one agent against honest points of the others.

Distributions are apart, each with its channel, but for those that a mechanism ties together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.channel import Best, Channel, Play
from nashbox.problem.errors import ContractError
from nashbox.problem.terms import View
from nashbox.strategies.best_count import Found, Pair, best_count

Array = NDArray[np.float64]

OPTIMISER_ERROR = 1e-9  # relative, of the minimum over real counts


def known_channels(view: View) -> list[Channel]:
    """The channels of all distributions. Raises ContractError where there is no exact formula."""
    found = view.channels()
    channels = [channel for channel in found if channel is not None]
    if len(channels) < len(found):
        raise ContractError(
            "an exact best response needs a mechanism with exact formulas, got "
            f"{type(view.terms.rules).__name__}"
        )
    return channels


def price_of(
    channels: Sequence[Channel], plays: Sequence[Play], costs: Array
) -> tuple[float, float]:
    """Penalty of plays and its numerical error, distributions apart; c n = 0 where n = 0."""
    penalty = error = 0.0
    for channel, play, cost in zip(channels, plays, costs, strict=True):
        risk, bound = channel.risk(play)
        penalty += risk + (float(cost) * play.n if play.n else 0.0)
        error += bound
    return penalty, error


def price(view: View, plays: Sequence[Play]) -> tuple[float, float]:
    """Penalty of plays and its numerical error, distributions apart or tied together."""
    channels, joint = known_channels(view), view.tied()
    members = joint.members if joint is not None else ()
    apart = [k for k in range(len(channels)) if k not in members]
    penalty, error = price_of(
        [channels[k] for k in apart], [plays[k] for k in apart], view.costs[apart]
    )
    if joint is not None:
        tied = [plays[k] for k in members]
        risk, bound = joint.risk(tied)
        spent = sum(float(view.costs[k]) * plays[k].n for k in members if plays[k].n)
        penalty, error = penalty + risk + spent, error + bound
    return penalty, error


def best_response(view: View, known: Mapping[Pair, Found] | None = None) -> Best:
    """The best of all strategies, its penalty, and a bound that no strategy is below.

    known: best counts that have been worked out already.
    """
    channels, joint = known_channels(view), view.tied()
    integer = view.terms.integer
    plays: list[Play | None] = [None] * len(channels)
    gap = 0.0
    if joint is not None:
        members = list(joint.members)
        found = joint.best(view.costs[members], integer=integer)
        gap = found.penalty - found.bound
        for k, play in zip(members, found.plays, strict=True):
            plays[k] = play
    for k, channel in enumerate(channels):
        if plays[k] is None:
            cost = float(view.costs[k])
            before = known.get((channel, cost)) if known else None
            n, least = before or best_count(channel, cost, integer=integer)
            plays[k] = channel.best_play(n)
            gap += least - channel.floor(cost, least) if math.isfinite(least) else 0.0
    best = tuple(play for play in plays if play is not None)
    penalty, error = price(view, best)
    if not math.isfinite(penalty):
        return Best(best, penalty, penalty, error)
    slack = error if integer else error + OPTIMISER_ERROR * penalty
    return Best(best, penalty, penalty - slack - gap, error)


def risks_along(view: View, k: int, counts: Array) -> Array:
    """Least risk of what depends on distribution k when n of it are collected, for `counts` (R,).

    The other distributions stay at the recommended counts.
    """
    joint = view.tied()
    if joint is None or k not in joint.members:
        return known_channels(view)[k].best_risk(counts)
    members = list(joint.members)
    table = np.repeat(view.counts[None, members], counts.size, axis=0)
    table[:, members.index(k)] = counts
    return joint.risks(table)
