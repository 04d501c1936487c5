"""The least worst penalty: min_n max_i p_i(n) over all agents (appendix C).

The optimum is unique in N (1/N is strictly convex: between two optima everybody would do better),
and everybody who can sample anything spends the same: idle money could lower V for all. So the
second criterion, least social penalty among minimisers, has nothing left to choose.
In the family of ``interior``: min tau subject to V + s_i - tau <= 0.
"""

from __future__ import annotations

import numpy as np

from nashbox.mechanisms.plans.base import Instance, grouped
from nashbox.mechanisms.plans.bounds import egalitarian_gap
from nashbox.mechanisms.plans.interior import Program, penalties
from nashbox.mechanisms.plans.narrow import best
from nashbox.mechanisms.plans.solver import optimise, pooled
from nashbox.problem.arrays import Array


def solve(instance: Instance) -> tuple[Array, float]:
    """Counts (m, d) and the certified gap of max_i p_i; outside options play no role."""
    return best(instance, _attempt, egalitarian_gap, 0.0)


def _attempt(instance: Instance) -> tuple[Array, Array]:
    """Counts (m, d) and weights (m,)."""
    groups = grouped(instance, np.zeros(len(instance.costs)))
    zero = np.zeros(len(groups.size))
    program = Program(groups.costs, groups.size, zero, 0.0, zero, zero - 1.0, 1.0)
    start = pooled(groups.costs)
    big_v, s = penalties(program, start)
    found = optimise(program, start, 1.1 * float((big_v + s).max()))
    counts = groups.expand(found.n)
    return counts, found.lam[groups.group]
