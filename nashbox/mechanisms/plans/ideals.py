"""Ideals of Kalai and Smorodinsky: the best Delta_j an agent can have while nobody loses.

One convex program for each agent j: min_n V + s_j subject to V + s_i <= o_i for i != j. Everybody
else exhausts the outside option (idle money could lower V), and most do it in one distribution
only. Agents with nothing but work k in sight act like one agent with cost 1 / sum_i 1/c_ik and
option sum_i o_i/c_ik / sum_i 1/c_ik, since N_k = sum_i (o_i - V) / c_ik: that leaves a few dozen
rows of a thousand. Which work is in sight comes from the same program without a favourite, whose
solution is mostly a few pivots away from that with one: that is where each begins. Each ideal is
then certified on the full table, and solved again on more of it where that fails.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nashbox.mechanisms.plans.base import Groups, PlanError
from nashbox.mechanisms.plans.bounds import weighted_bound
from nashbox.mechanisms.plans.interior import Point, Program, penalties
from nashbox.mechanisms.plans.solver import PlanOptimum, Room, near, optimise
from nashbox.problem.arrays import Array, Mask

GOOD = 1e-11  # relative to the penalty; a looser ideal is computed again on a larger table
SIGHT = (0.03, 0.3)  # reduced cost, relative, up to which work stays in sight


def _program(costs: Array, size: Array, outside: Array) -> Program:
    """The last row is the favourite, without a constraint of its own."""
    beta = np.zeros(len(size))
    beta[-1] = 1.0
    return Program(costs, size, outside, 1.0, beta, 0.0 * beta)


def _start(costs: Array, size: Array, totals: Array) -> Array:
    """Split the totals (d,) so that everybody spends the same on a distribution; > 0."""
    share = np.where(np.isfinite(costs), 1.0 / costs, 0.0)
    return np.asarray(share * totals / (size @ share))


def _full(groups: Groups, size: Array, j: int, totals: Array) -> tuple[float, float, Array]:
    """The whole table: V, the favourite's spending, and multipliers (G,) of the others."""
    keep = np.flatnonzero(size > 0)
    costs = np.vstack([groups.costs[keep], groups.costs[j]])
    sizes = np.append(size[keep], 1.0)
    program = _program(costs, sizes, np.append(groups.outside[keep], np.inf))
    found = optimise(program, _start(costs, sizes, totals))
    big_v, s = penalties(program, found.n)
    lam = np.zeros(len(size))
    lam[keep] = found.lam[:-1]
    return big_v, float(s[-1]), lam


def _point(program: Program, n: Array, lam: Array, worths: Array) -> Point:
    """A solution without a favourite, (G, d) and (G,), as a point of the program with one."""
    cost = np.where(np.isfinite(program.costs), program.costs, 1.0)
    z = np.maximum((program.beta + lam)[:, None] * cost - worths, 0.0)
    return Point(n, z, np.where(lam > 0, 0.0, 1.0), lam, 0.0, 0.0, 0.0)


@dataclass
class _Warm:
    """Whether to start from the solution without a favourite: not where that failed too often.

    Where many costs are tied it is many pivots away, which take longer than a new beginning.
    """

    tried: int = 0
    failed: int = 0

    @property
    def pays(self) -> bool:
        """Whether at most a few and a quarter of all have failed."""
        return self.failed <= 2 + self.tried // 4

    def note(self, success: bool) -> None:
        """Count a start, or, where it did not pay, none."""
        if self.pays:
            self.tried += 1
            self.failed += not success


def _reduced(
    groups: Groups, size: Array, sight: Mask, j: int, base: PlanOptimum, worths: Array, warm: _Warm
) -> tuple[float, float, Array]:
    """The same with everybody kept to the work in sight, and single-minded agents merged.

    base: the solution without a favourite, from which this one is mostly a few pivots away.
    """
    c, o = groups.costs, groups.outside
    d = c.shape[1]
    degree = sight.sum(axis=1)
    single = np.flatnonzero((degree == 1) & (size > 0))
    several = np.flatnonzero((degree > 1) & (size > 0))
    work = np.argmax(sight[single], axis=1)
    per_cost = size[single] / c[single, work]
    power = np.bincount(work, per_cost, d)
    money = np.bincount(work, per_cost * o[single], d)
    used = np.flatnonzero(power > 0)
    merged = np.full((len(used), d), np.inf)
    merged[np.arange(len(used)), used] = 1.0 / power[used]
    costs = np.vstack([merged, np.where(sight, c, np.inf)[several], c[j]])
    sizes = np.concatenate([np.ones(len(used)), size[several], [1.0]])
    if not np.isfinite(costs).any(axis=0).all():
        raise PlanError("a distribution is out of sight")
    options = np.concatenate([money[used] / power[used], o[several], [np.inf]])
    program = _program(costs, sizes, options)
    n, weight = np.zeros_like(costs), np.zeros(len(sizes))
    n[np.arange(len(used)), used] = np.bincount(work, size[single] * base.n[single, work], d)[used]
    n[len(used) : -1] = np.where(sight, base.n, 0.0)[several]
    weight[: len(used)], weight[len(used) : -1] = (worths * power)[used], base.lam[several]
    found = near(program, _point(program, n, weight, worths)) if warm.pays else None
    warm.note(found is not None)
    if found is None:
        found = optimise(program, _start(costs, sizes, groups.size @ base.n))
    big_v, s = penalties(program, found.n)
    if big_v > o[size > 0].min(initial=np.inf):
        raise PlanError("a merged agent would pay more than its option")
    worth = np.zeros(d)
    worth[used] = found.lam[: len(used)] / power[used]
    lam = np.zeros(len(size))
    lam[single] = worth[work] / c[single, work]
    lam[several] = found.lam[len(used) : -1]
    return big_v, float(s[-1]), lam


def _least(groups: Groups, size: Array, j: int, lam: Array) -> float:
    """Lower bound of the favourite's penalty, on the full table; see ``bounds``."""
    weights = np.append(np.where(size > 0, lam, np.inf), 1.0)
    costs = np.vstack([groups.costs, groups.costs[j]])
    a = 1.0 + float(size @ lam)
    ones = np.ones(costs.shape[1])
    return weighted_bound(costs, ones, a, weights) - float((size * lam) @ groups.outside)


def ideals(groups: Groups, room: Room) -> tuple[Array, Array]:
    """Brackets (low, high), each (G,), of the best Delta of one member of each group.

    Units: those of groups.outside. The plan that `room` knows bounds every ideal from below.
    """
    c, o = groups.costs, groups.outside
    zero = np.zeros(len(o))
    program = Program(c, groups.size, o, 1.0, zero, zero)
    base = optimise(program, room.start, safe=room.safe)
    big_v, s = penalties(program, room.safe)
    totals = groups.size @ base.n
    finite = np.isfinite(c)
    value = np.where(finite, base.lam[:, None] * np.where(finite, c, 1.0), np.inf)
    worths: Array = value.min(axis=0)  # of a sample of each distribution, (d,)
    reduced_cost = value / np.maximum(worths, 1e-300) - 1.0
    low, high, warm = np.empty(len(o)), np.empty(len(o)), _Warm()
    for j in range(len(o)):
        size = groups.size.copy()
        size[j] -= 1.0
        below, above = 0.0, float(big_v + s[j])
        for theta in (*SIGHT, np.inf):
            try:
                if theta == np.inf:
                    v, own, lam = _full(groups, size, j, totals)
                else:
                    sight = reduced_cost <= theta
                    v, own, lam = _reduced(groups, size, sight, j, base, worths, warm)
            except PlanError:
                continue
            above = min(above, v + own)
            below = max(below, _least(groups, size, j, lam))
            if above - below <= GOOD * above:
                break
        low[j], high[j] = o[j] - above, o[j] - min(below, above)
    return low, high
