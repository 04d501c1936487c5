"""Algorithm 1: turn a plan into one that can be enforced (Clinton et al., section 4).

The while loops take one pair at a time, lowest k, then lowest i: the sum over agents changes with
every pair, and the order matters.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nashbox.mechanisms.rounding import alone_counts, finite_product
from nashbox.problem.arrays import Array, Mask

SLACK = 1e-9  # equality at integers is meant to count as enough


@dataclass(frozen=True, eq=False)
class Enforceable:
    """counts: (m, d) n-tilde. alone: (m, d) bools, the sets V_k. totals: (d,) T_k."""

    counts: Array
    alone: Mask
    totals: Array


def condition_8(plan: Array, costs: Array, sigma: Array) -> bool:
    """Eq. 8: no (agent, distribution) loses by sharing that distribution alone.

    plan: (m, d) real-valued counts, before any rounding. The relative slack of 1e-6 keeps the last
    digit of a solver from choosing the branch where the constraint binds.
    """
    shared = sigma**2 / plan.sum(axis=0) + finite_product(costs, plan)
    return bool(np.all(2 * sigma * np.sqrt(costs) >= shared * (1 - 1e-6)))


def compute_n_approx(plan: Array, costs: Array, sigma: Array, *, integer: bool) -> Enforceable:
    """Algorithm 1 for a plan of (m, d) counts, rounded already if `integer`."""
    alone_at = alone_counts(costs, sigma, integer=integer)
    counts = plan.astype(float).copy()
    alone = np.zeros(plan.shape, dtype=bool)
    for k in range(plan.shape[1]):
        c = costs[:, k]
        while True:
            shared = sigma[k] ** 2 / counts[:, k].sum() + finite_product(c, counts[:, k])
            small = ~alone[:, k] & (2 * sigma[k] * np.sqrt(c) <= 4 * shared)
            if not small.any():
                break
            i = int(np.argmax(small))
            counts[i, k], alone[i, k] = alone_at[i, k], True
    totals = counts.sum(axis=0)
    enough = sigma**2 / costs  # n_ind^2, real-valued also for integer counts
    if integer:
        low = ~alone & (counts > 0) & (counts * totals < (1 - SLACK) * enough)
        raised = np.ceil(enough / totals * (1 - SLACK))
    else:
        low = ~alone & (counts > 0) & (counts * totals < enough)
        raised = enough / totals
    return Enforceable(np.where(low, raised, counts), alone, totals)
