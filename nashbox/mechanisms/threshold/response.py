"""The best response to the joint form, with its proof; `together` says why it is one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nashbox.mechanisms.threshold.dual import Costed, ResponseDual, WholeDual
from nashbox.problem.arrays import Array
from nashbox.problem.channel import Joint

TOLERANCE = 1e-10  # relative, of a proven minimum over real counts
ROUNDS = 30
MOST_INTERVALS = 600


def best_response(
    joint: Joint, members: Sequence[Costed], *, integer: bool
) -> tuple[tuple[float, ...], float, float]:
    """Counts per member, their penalty, and a bound that no counts are below."""
    kinds = list(dict.fromkeys(members))
    size = np.array([members.count(kind) for kind in kinds], dtype=float)
    place = [kinds.index(member) for member in members]
    costs = np.array([member.cost for member in members])
    finite = np.where(np.isinf(costs), 0.0, costs)

    def price(counts: Array) -> Array:
        """Penalty of counts (..., kinds)."""
        spread = counts[..., place]
        return np.asarray(joint.risks(spread) + (finite * spread).sum(axis=-1))

    dual = (WholeDual if integer else ResponseDual)(kinds, size)
    ends = np.concatenate(
        [[0.0], np.geomspace(1e-6, 0.5, 12), 1 - np.geomspace(0.4, 1e-9, 14), [1]]
    )
    a, b = ends[:-1], ends[1:]
    counts, best = np.zeros(len(kinds)), float(price(np.zeros(len(kinds))))
    proven = np.inf
    for _ in range(ROUNDS):
        bound, tried = dual.bounds(a, b)
        values = price(tried)
        j = int(np.argmin(values))
        if values[j] < best:
            counts, best = tried[j], float(values[j])
        open_ = bound < best * (1 - TOLERANCE)
        proven = min(proven, float(bound[~open_].min(initial=np.inf)))
        if not open_.any():
            break
        if 2 * open_.sum() > MOST_INTERVALS:
            proven = min(proven, float(bound.min()))
            break
        a, b = a[open_], b[open_]
        middle = 0.5 * (a + b)
        a, b = np.concatenate([a, middle]), np.concatenate([middle, b])
    else:
        proven = min(proven, float(bound.min()))
    full = counts[place]
    if integer:
        full, best = _nearby(joint, full, finite, costs, best)
    return tuple(float(n) for n in full), best, min(proven, best)


def _nearby(
    joint: Joint, counts: Array, finite: Array, costs: Array, best: float
) -> tuple[Array, float]:
    """Steps of one point, member by member, as long as they help."""
    for _ in range(200):
        moves = np.concatenate([np.eye(counts.size), -np.eye(counts.size)])
        tried = counts + moves
        allowed = (tried >= 0).all(axis=1) & (tried[:, np.isinf(costs)] == 0).all(axis=1)
        values = np.where(
            allowed, joint.risks(np.maximum(tried, 0)) + (finite * tried).sum(axis=1), np.inf
        )
        j = int(np.argmin(values))
        if not values[j] < best:
            break
        counts, best = tried[j], float(values[j])
    return counts, best
