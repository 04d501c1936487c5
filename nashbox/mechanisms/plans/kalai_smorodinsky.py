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

from nashbox.mechanisms.plans.bounds import kalai_smorodinsky_gap
from nashbox.mechanisms.plans.common import Array, Instance, grouped
from nashbox.mechanisms.plans.ideals import ideals
from nashbox.mechanisms.plans.interior import Program, penalties
from nashbox.mechanisms.plans.nash import need_options, nothing_to_gain
from nashbox.mechanisms.plans.solver import find_room, optimise


def solve(instance: Instance) -> tuple[Array, float]:
    """Counts (m, d) and their certified gap.

    Raises PlanError for infinite outside options, or if no plan is rational for all.
    """
    need_options(instance, "kalai_smorodinsky")
    groups = grouped(instance, instance.outside)
    room = find_room(groups)
    if room.only is not None:
        counts = groups.expand(room.only.n)
        return counts, nothing_to_gain(instance, room.only, groups.group, counts)
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
    return counts, gap
