"""Nash bargaining: max_n prod_i Delta_i, Delta_i = o_i - p_i(n) (appendix C).

Either some plan saves everybody something, or no plan saves anybody who can sample anything:
by Lagrange's multipliers for max_n min_i Delta_i / o_i, which are positive for all of them. In the
second case the plan that keeps everybody whole is unique, and it is the answer.
In the family of ``interior`` only lam_i Delta_i = 1 replaces lam_i Delta_i = 0.

The gap is that of the geometric mean of the Delta_i: no plan has one larger by more than this
factor minus 1. In the second case it is the proven upper bound of min_i Delta_i / o_i.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.plans.bounds import feasible, nash_gap, savings_bound
from nashbox.mechanisms.plans.common import Array, Instance, PlanError, agents_named, grouped
from nashbox.mechanisms.plans.interior import Program
from nashbox.mechanisms.plans.solver import Solution, find_room, optimise


def need_options(instance: Instance, rule: str) -> None:
    """Raise PlanError, naming the agents, if an outside option is infinite.

    An infinite disagreement point weighs nothing: such agents would work without limit.
    """
    missing = np.flatnonzero(~np.isfinite(instance.outside))
    if missing.size:
        raise PlanError(
            f"{rule} needs a finite outside option for every agent: {agents_named(missing)} "
            "cannot sample everything and so reach no finite penalty alone; say what they would "
            "pay elsewhere (outside_option)"
        )


def nothing_to_gain(
    instance: Instance,
    only: Solution,
    group: NDArray[np.intp],
    counts: Array,
) -> float:
    """Gap of the only rational plan: what anybody might still gain at most, relative to o_i."""
    if not feasible(instance, counts, instance.outside):
        return float("inf")
    return max(savings_bound(instance, only.lam[group]), 0.0)


def solve(instance: Instance) -> tuple[Array, float]:
    """Counts (m, d) and their certified gap.

    Raises PlanError for infinite outside options, or if no plan is rational for all.
    """
    need_options(instance, "nash")
    groups = grouped(instance, instance.outside)
    room = find_room(groups)
    if room.only is not None:
        counts = groups.expand(room.only.n)
        return counts, nothing_to_gain(instance, room.only, groups.group, counts)
    zero = np.zeros(len(groups.size))
    program = Program(groups.costs, groups.size, groups.outside, 0.0, zero, zero, nash=True)
    counts = groups.expand(optimise(program, room.start, safe=room.safe).n)
    return counts, nash_gap(instance, counts)
