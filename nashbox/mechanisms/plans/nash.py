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

from nashbox.mechanisms.plans.bounds import anyone_savings_bound, feasible, nash_gap
from nashbox.mechanisms.plans.common import (
    FEASIBLE,
    Array,
    Instance,
    PlanError,
    agents_named,
    compliant_penalties,
    grouped,
)
from nashbox.mechanisms.plans.dual import SMALL, Dual, improve
from nashbox.mechanisms.plans.interior import Program
from nashbox.mechanisms.plans.narrow import ENOUGH, best
from nashbox.mechanisms.plans.solver import find_room, optimise


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
    gap = nash_gap(instance, counts)
    return gap if gap <= ENOUGH else min(gap, thin_gap(instance, counts, lam))


def thin_gap(instance: Instance, counts: Array, lam: Array) -> float:
    """The gap if agents who save next to nothing stay out of the product.

    The larger of two: what the geometric mean of the others' Delta_i could grow by, and how much of
    o_i anyone left out could save at most. `lam` (m,) proves the latter where nobody can gain.
    """
    if not feasible(instance, counts, instance.outside):
        return float("inf")
    o = instance.outside
    penalty = compliant_penalties(counts, instance.costs, instance.sigma)
    saved = o - penalty
    out = saved <= FEASIBLE * o
    if not out.any():
        return float("inf")
    if out.all() and (lam > 0).any():
        return anyone_savings_bound(instance, lam)
    if instance.costs.size > SMALL:  # Delta_i is never more than o_i: crude, but true
        kept = np.log(o[~out] / saved[~out])
        return max(1.0, float(np.expm1(kept.mean())) if kept.size else 0.0)
    gap = 0.0
    for i in np.flatnonzero(out):
        base = (np.arange(len(o)) == i) / o
        gap = max(gap, 1.0 - improve(Dual(instance, base), 0.0 * o, 1.0 - ENOUGH))
    if not out.all():
        base = np.where(out, 0.0, 1.0 / np.where(out, 1.0, saved))
        lower = improve(Dual(instance, base), 0.0 * o, float(base @ penalty) - ENOUGH)
        excess = (float(base @ penalty) - lower) / int((~out).sum())
        gap = max(gap, float(np.expm1(excess)) if excess < 1.0 else float("inf"))
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
