"""The exhaustive audit where distributions are tied together: all vectors of counts.

A submission matters through its means, the acceptance region is a box around the truth, and so the
full-information bound after collecting n = (n_1, ..., n_d) is attained by honesty: what is left to
search is the counts. The chance to pass is quadrature here, not the closed form.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nashbox.games.estimation.boxes import Box
from nashbox.mechanisms.threshold.together import Together
from nashbox.problem.channel import Joint, Play
from nashbox.problem.errors import InputError
from nashbox.problem.terms import View

Array = NDArray[np.float64]

MOST = 2_000_000  # vectors of counts examined one by one; beyond, by the bound of `Joint.best`
LONGEST = 400  # counts of one distribution


def tied_box(joint: Joint, view: View) -> Box:
    """Search the counts of all members. Raises InputError for a mechanism it does not know."""
    if not isinstance(joint, Together):
        raise InputError(
            f"method 'exhaustive': {type(joint).__name__} ties distributions together in a way "
            "that no box is known for; use black_box"
        )
    members = list(joint.members)
    costs, owed = view.costs[members], view.counts[members]
    found = joint.best(costs, integer=True)
    start = float(joint.risks(owed)) + _spent(owed, costs)
    limit = min(found.penalty, start)
    tops = [0 if np.isinf(c) else int(limit / c) + 1 for c in costs]
    total = float(np.prod([top + 1.0 for top in tops]))
    if total > MOST or max(tops) > LONGEST:
        error = 1e-9 * found.penalty
        return Box(joint.members, found.plays, found.penalty, error, found.bound, 1, ())
    axes = [np.arange(top + 1.0) for top in tops]
    chance: Array = np.ones(())
    both: list[tuple[Array, Array]] = []
    for k, (channel, owes, axis) in enumerate(zip(joint.channels, joint.owed, axes, strict=True)):
        shape = [-1 if j == k else 1 for j in range(len(axes))]
        passes = np.array([channel.verdict(Play.truthful(n)).chance if n else 0.0 for n in axis])
        chance = chance * (passes if owes else np.ones(axis.size)).reshape(shape)
        v, cost = channel.sigma**2, 0.0 if np.isinf(costs[k]) else costs[k]
        full, part = v / (axis + channel.others), v / (axis + channel.clean)
        both.append(((part + cost * axis).reshape(shape), (part - full).reshape(shape)))
    price: Array = np.zeros(())
    stake: Array = np.zeros(())
    for part, lost in both:
        price, stake = price + part, stake + lost
    price = price - chance * stake
    j = np.unravel_index(int(np.argmin(price)), price.shape)
    best = float(price[j])
    plays = tuple(Play.truthful(float(axis[at])) for axis, at in zip(axes, j, strict=True))
    error = 1e-10 * best
    return Box(joint.members, plays, best, error, best - error, price.size, ())


def _spent(counts: Array, costs: Array) -> float:
    return float(np.where(counts > 0, counts * np.where(np.isinf(costs), 0.0, costs), 0.0).sum())
