"""Best responses of one agent against honest points of the others.

Distributions are apart, each with its channel, but for those that a mechanism ties together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from nashbox.problem.plays import Play
from nashbox.problem.responses import Best
from nashbox.problem.terms import View
from nashbox.strategies.best_count import Found, Pair, best_count

OPTIMISER_ERROR = 1e-9  # relative, of the minimum over real counts


def best_response(view: View, known: Mapping[Pair, Found] | None = None) -> Best:
    """The best of all strategies, its penalty, and a bound that no strategy is below.

    known: best counts that have been worked out already.
    """
    risks = view.risks()
    channels, joint = risks.known(), risks.joint
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
    penalty, error = risks.price(best)
    if not math.isfinite(penalty):
        return Best(best, penalty, penalty, error)
    slack = error if integer else error + OPTIMISER_ERROR * penalty
    return Best(best, penalty, penalty - slack - gap, error)
