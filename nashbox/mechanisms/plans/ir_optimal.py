"""The least social penalty among individually rational plans, n_opt of eq. (7).

min_n sum_i p_i(n) subject to p_i(n) <= o_i for every agent with a finite outside option. In the
family of ``interior``: alpha = m, beta = 1, no tau. The gap is that of the social penalty.
"""

from __future__ import annotations

import numpy as np

from nashbox.mechanisms.plans.base import Instance, compliant_penalties, grouped
from nashbox.mechanisms.plans.bounds import feasible, ir_optimal_gap
from nashbox.mechanisms.plans.dual import SMALL, Dual, improve
from nashbox.mechanisms.plans.interior import Program
from nashbox.mechanisms.plans.narrow import ENOUGH, best
from nashbox.mechanisms.plans.solver import find_room, optimise
from nashbox.problem.arrays import Array


def solve(instance: Instance) -> tuple[Array, float]:
    """Counts (m, d) and their certified gap. Raises PlanError if no plan is rational for all."""
    return best(instance, _attempt, _certified, 1.0)


def _certified(instance: Instance, counts: Array, lam: Array) -> float:
    """The gap at lam, or at better multipliers if that is poor and the table small."""
    gap = ir_optimal_gap(instance, counts, lam)
    rational = feasible(instance, counts, instance.outside)
    if gap <= ENOUGH or instance.costs.size > SMALL or not rational:
        return gap
    social = float(compliant_penalties(counts, instance.costs, instance.sigma).sum())
    lower = improve(Dual(instance, np.ones(len(lam))), lam, social * (1.0 - 0.1 * ENOUGH))
    return min(gap, max(social / lower - 1.0, 0.0)) if lower > 0 else gap


def _attempt(instance: Instance) -> tuple[Array, Array]:
    """Counts (m, d) and multipliers (m,)."""
    groups = grouped(instance, instance.outside)
    room = find_room(groups)
    if room.only is not None:
        counts = groups.expand(room.only.n)
        # No interior, so multipliers may have to be as large as one likes: 1 + lam = K w, with w
        # the weights that prove that nobody can gain, keeps all work tight.
        w = room.only.lam[groups.group]
        w = w / w[w > 0].min()
        trials = [np.maximum(10.0**j * w - 1.0, 0.0) for j in range(10)]
        return counts, min(
            [0.0 * w, *trials], key=lambda lam: ir_optimal_gap(instance, counts, lam)
        )
    ones = np.ones(len(groups.size))
    m = float(len(instance.costs))
    program = Program(groups.costs, groups.size, groups.outside, m, ones, 0.0 * ones)
    found = optimise(program, room.start, safe=room.safe)
    counts = groups.expand(found.n)
    return counts, found.lam[groups.group]
