"""Kalai-Smorodinsky: the largest t with Delta_i = t I_i, I_i the best Delta_i nobody loses by.

The ideals I_i are the true ones: one convex program each (see ``ideals``). Then, in the family of
``interior``: max tau subject to V + s_i + I_i tau <= o_i. As in ``egalitarian`` N is unique at the
optimum and everybody who can sample anything meets its constraint with equality, so "least social
penalty at that t" has nothing left to choose. An agent who can sample nothing cannot waste what it
saves: it gets at least t I_i.

The gap is 1 - t / t_max, with t_max an upper bound that includes the accuracy of the ideals.
If nobody can gain (see ``nash``), the only rational plan is the answer, with the gap stated there.
"""

from __future__ import annotations

import numpy as np

from nashbox.mechanisms.plans.base import (
    FEASIBLE,
    Instance,
    compliant_penalties,
    grouped,
)
from nashbox.mechanisms.plans.bounds import (
    anyone_savings_bound,
    feasible,
    kalai_smorodinsky_gap,
)
from nashbox.mechanisms.plans.dual import SMALL, Dual, improve
from nashbox.mechanisms.plans.ideals import ideals
from nashbox.mechanisms.plans.interior import Program, penalties
from nashbox.mechanisms.plans.narrow import ENOUGH, best
from nashbox.mechanisms.plans.nash import need_options
from nashbox.mechanisms.plans.solver import find_room, optimise
from nashbox.problem.arrays import Array


def solve(instance: Instance) -> tuple[Array, float]:
    """Counts (m, d) and their certified gap.

    Raises PlanError for infinite outside options, or if no plan is rational for all.
    """
    need_options(instance, "kalai_smorodinsky")
    found: dict[bytes, float] = {}

    def attempt(thin: Instance) -> tuple[Array, Array]:
        counts, lam, gap = _attempt(thin)
        if thin is instance:
            found[counts.tobytes()] = gap
        return counts, lam

    def certify(full: Instance, counts: Array, lam: Array) -> float:
        gap = found.get(counts.tobytes(), float("inf"))
        return gap if gap <= ENOUGH else min(gap, _thin_gap(full, counts, lam))

    return best(instance, attempt, certify, 0.0)


def _thin_gap(instance: Instance, counts: Array, lam: Array) -> float:
    """A gap from ideals bounded one by one, agents who can save next to nothing left out.

    The larger of 1 - min t_i / t_max over all others, and what anyone left out could save of o_i.
    """
    if not feasible(instance, counts, instance.outside):
        return float("inf")
    o = instance.outside
    saved = o - compliant_penalties(counts, instance.costs, instance.sigma)
    out = saved <= FEASIBLE * o
    if out.all() and (lam > 0).any():
        return anyone_savings_bound(instance, lam)
    if instance.costs.size > SMALL:
        return 1.0  # t is never more than t_max: crude, but true
    gap, agents = 0.0, np.arange(len(o))
    for i in agents:
        low = improve(Dual(instance, (agents == i) / o[i]), 0.0 * o, 1.0 - ENOUGH)
        if out[i]:
            gap = max(gap, 1.0 - low)
        else:
            gap = max(gap, 1.0 - saved[i] / o[i] / max(1.0 - low, 1e-300))
    return gap


def _attempt(instance: Instance) -> tuple[Array, Array, float]:
    """Counts (m, d), multipliers (m,) and the gap in this very instance."""
    groups = grouped(instance, instance.outside)
    room = find_room(groups)
    if room.only is not None:
        counts, lam = groups.expand(room.only.n), room.only.lam[groups.group]
        return counts, lam, _thin_gap(instance, counts, lam)
    low, high = ideals(groups, room)
    zero = np.zeros(len(groups.size))
    program = Program(groups.costs, groups.size, groups.outside, 0.0, zero, low, -1.0)
    big_v, s = penalties(program, room.start)
    start = 0.5 * float(((groups.outside - big_v - s) / low).min())
    found = optimise(program, room.start, start, room.safe)
    counts = groups.expand(found.n)
    unit, group = groups.penalty_unit, groups.group
    gap = kalai_smorodinsky_gap(
        instance, counts, found.lam[group], unit * low[group], unit * high[group]
    )
    return counts, found.lam[group], gap
