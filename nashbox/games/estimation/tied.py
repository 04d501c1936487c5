"""The exhaustive audit where distributions are tied together: all vectors of counts.

A submission matters through its means, the acceptance region is a box around the truth, and so the
full-information bound after collecting n = (n_1, ..., n_d) is attained by honesty: what is left to
search is the counts (`Joint.examined`).
"""

from __future__ import annotations

import numpy as np

from nashbox.games.estimation.boxes import Box
from nashbox.problem.arrays import Array
from nashbox.problem.channel import Joint
from nashbox.problem.errors import InputError
from nashbox.problem.plays import Play

MOST = 2_000_000  # vectors of counts examined one by one; beyond, by the bound of `Joint.best`
LONGEST = 400  # counts of one distribution


def tied_box(joint: Joint, costs: Array, counts: Array) -> Box:
    """Search the counts of all members; costs and recommended counts of all distributions, (d,).

    Raises InputError where a joint knows its risks in one way only.
    """
    members = list(joint.members)
    costs, owed = costs[members], counts[members]
    if joint.examined([np.zeros(1)] * len(members)) is None:
        raise InputError(
            f"method 'exhaustive': {type(joint).__name__} ties distributions together in a way "
            "that no box is known for; use black_box"
        )
    found = joint.best(costs, integer=True)
    start = float(joint.risks(owed)) + _spent(owed, costs)
    limit = min(found.penalty, start)
    tops = [0 if np.isinf(c) else int(limit / c) + 1 for c in costs]
    if float(np.prod([top + 1.0 for top in tops])) > MOST or max(tops) > LONGEST:
        error = 1e-9 * found.penalty
        return Box(joint.members, found.plays, found.penalty, error, found.bound, 1, ())
    axes = [np.arange(top + 1.0) for top in tops]
    price = joint.examined(axes)
    assert price is not None  # noqa: S101 - asked above
    for k, (axis, cost) in enumerate(zip(axes, costs, strict=True)):
        shape = [-1 if j == k else 1 for j in range(len(axes))]
        price = price + (0.0 * axis if np.isinf(cost) else cost * axis).reshape(shape)
    j = np.unravel_index(int(np.argmin(price)), price.shape)
    best = float(price[j])
    plays = tuple(Play.truthful(float(axis[at])) for axis, at in zip(axes, j, strict=True))
    error = 1e-10 * best
    return Box(joint.members, plays, best, error, best - error, price.size, ())


def _spent(counts: Array, costs: Array) -> float:
    return float(np.where(counts > 0, counts * np.where(np.isinf(costs), 0.0, costs), 0.0).sum())
