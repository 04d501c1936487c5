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

from nashbox.mechanisms.plans.base import (
    FEASIBLE,
    Instance,
    PlanError,
    agents_named,
    compliant_penalties,
    grouped,
)
from nashbox.mechanisms.plans.bounds import anyone_savings_bound, feasible, nash_gap
from nashbox.mechanisms.plans.interior import Program
from nashbox.mechanisms.plans.narrow import ENOUGH, best
from nashbox.mechanisms.plans.solver import find_room, optimise
from nashbox.problem.arrays import Array


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


def solve(instance: Instance) -> tuple[Array, float]:
    """Counts (m, d) and their certified gap.

    Raises PlanError for infinite outside options, or if no plan is rational for all.
    """
    need_options(instance, "nash")
    return best(instance, _attempt, _certified, 0.0)


def _certified(instance: Instance, counts: Array, lam: Array) -> float:
    """The gap of the geometric mean, or what workers could save where none of them saves anything.

    Where only some save next to nothing, nothing is certain: in truth all can save or none can.
    """
    gap = nash_gap(instance, counts)
    if gap <= ENOUGH or not feasible(instance, counts, instance.outside):
        return gap
    penalty = compliant_penalties(counts, instance.costs, instance.sigma)
    can = np.isfinite(instance.costs).any(axis=1)
    nothing = instance.outside - penalty <= FEASIBLE * instance.outside
    if nothing[can].all() and (lam > 0).any():
        most = anyone_savings_bound(instance, lam)
        return most if most <= FEASIBLE else float("inf")
    return gap


def _attempt(instance: Instance) -> tuple[Array, Array]:
    """Counts (m, d) and, if nobody can gain, weights (m,) that prove it."""
    groups = grouped(instance, instance.outside)
    room = find_room(groups)
    if room.only is not None:
        counts = groups.expand(room.only.n)
        return counts, room.only.lam[groups.group]
    zero = np.zeros(len(groups.size))
    program = Program(groups.costs, groups.size, groups.outside, 0.0, zero, zero, nash=True)
    counts = groups.expand(optimise(program, room.start, safe=room.safe).n)
    return counts, np.zeros(len(counts))
