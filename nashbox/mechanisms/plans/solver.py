"""Drive the interior point to where its support is certain, and hand over the exact vertex."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from nashbox.mechanisms.plans.base import FEASIBLE, Groups, PlanError
from nashbox.mechanisms.plans.interior import Point, Program, iterate, magnitude, penalties
from nashbox.mechanisms.plans.vertex import Vertex, VertexError, polish, supported
from nashbox.problem.arrays import Array

EXACT = 1e-12  # relative gap at which there is nothing left to do
TRY = 1e-5  # relative gap from which on the support may be right
STEPS = 120
NEAR = 16  # pivots up to which a vertex is near
EAGER = 64  # table entries up to which a vertex is tried whenever the interior point hesitates


@dataclass(frozen=True)
class PlanOptimum:
    """n (G, d), multipliers lam (G,), tau, and the relative gap in the program's own objective."""

    n: Array
    lam: Array
    tau: float
    gap: float


def pooled(costs: Array) -> Array:
    """Everybody's work as if alone, pooled: positive wherever possible; (G, d)."""
    return np.where(np.isfinite(costs), 1.0 / np.sqrt(costs), 0.0)


def dual_value(p: Program, lam: Array) -> float:
    """The lower bound of a program with linear objective; bounds.py explains the closed form."""
    finite = np.isfinite(p.costs)
    worth = np.where(finite, (p.beta + lam)[:, None] * np.where(finite, p.costs, 1.0), np.inf)
    a = p.alpha + float(p.size @ lam)
    o = np.where(np.isfinite(p.outside), p.outside, 0.0)
    value = float(2.0 * np.sqrt(a * worth.min(axis=0)).sum() - (p.size * lam) @ o)
    return value


def relative_gap(p: Program, vertex: Vertex) -> float:
    """Gap of a candidate in the program's own objective, inf if it is infeasible."""
    bound = np.isfinite(p.outside)
    o = np.where(bound, p.outside, 0.0)
    if not (np.isfinite(vertex.n).all() and (p.size @ vertex.n > 0).all()):
        return float("inf")
    big_v, s = penalties(p, vertex.n)
    room = o - big_v - s
    if p.nash:
        if not (room > 0).all():
            return float("inf")
        w = 1.0 / room
        flat = Program(p.costs, p.size, o, 0.0, p.beta, p.gamma)
        excess = (p.size * w) @ (big_v + s) - dual_value(flat, w) - (p.size * w) @ o
        return float(excess / p.size.sum())
    tau = vertex.tau
    lam = vertex.lam
    if p.price != 0.0:
        # gamma has one sign, so the best tau at this n is known, and lam can be scaled to match.
        pull = float((p.size * p.gamma) @ lam)
        if pull * p.price >= 0:
            return float("inf")
        lam = lam * (-p.price / pull)
        some = p.gamma != 0
        ratio = room[some] / p.gamma[some]
        tau = float(ratio.max() if p.gamma[some][0] < 0 else ratio.min())
        bound = bound & ~some
    if (room[bound] < -FEASIBLE * (np.abs(o) + big_v)[bound]).any():
        return float("inf")
    value = p.alpha * big_v + float((p.size * p.beta) @ s) + p.price * tau
    return (value - dual_value(p, lam)) / magnitude(p, big_v, s, tau)


def near(program: Program, point: Point) -> PlanOptimum | None:
    """The exact vertex a few pivots from a point that solves a similar program; None if none is."""
    with np.errstate(all="ignore"), suppress(VertexError):
        vertex = polish(program, point, NEAR)
        gap = relative_gap(program, vertex)
        if gap <= EXACT:
            return PlanOptimum(vertex.n, vertex.lam, vertex.tau, gap)
    return None


def optimise(
    program: Program, start: Array, tau: float = 0.0, safe: Array | None = None
) -> PlanOptimum:
    """Solve `program` from n = `start` > 0 (G, d); the best vertex found, with its gap.

    `safe` is a feasible n (G, d) to return if nothing better comes out; without it that raises
    PlanError. It happens where options leave less than about 1e-6 of room, relatively.
    """
    p = program
    can = np.isfinite(p.costs)
    count = float(p.size @ can.sum(axis=1) + p.size.sum())
    best: PlanOptimum | None = None
    last: Point | None = None

    def offer(vertex: Vertex) -> float:
        nonlocal best
        gap = relative_gap(p, vertex)
        if np.isfinite(gap) and (best is None or gap < best.gap):
            best = PlanOptimum(vertex.n, vertex.lam, vertex.tau, gap)
        return gap

    seen = np.inf
    stuck = 0
    for point in iterate(p, start, tau, STEPS):
        last = point
        big_v, s = penalties(p, point.n)
        rest = point.mu * count / magnitude(p, big_v, s, point.tau) + point.residual
        stuck = 0 if rest < 0.5 * seen else stuck + 1
        seen = min(seen, rest)
        eager = stuck >= 2 and p.costs.size <= EAGER
        if rest < TRY or stuck % 10 == 9 or eager:
            with np.errstate(all="ignore"), suppress(VertexError):  # wrong guesses may overflow
                if offer(polish(p, point)) <= EXACT:
                    break
        if stuck > (8 if rest < TRY and p.costs.size > EAGER else 50):
            break
    if best is None and last is not None:
        # An honest second best: the interior point without its dust, and whatever gap that has.
        offer(Vertex(supported(p, last), last.lam, last.tau))
    if best is None and safe is not None and last is not None:
        best = PlanOptimum(safe, last.lam, last.tau, float("inf"))
    if best is None:
        raise PlanError("no feasible plan was found: outside options may leave too little room")
    return best


@dataclass(frozen=True)
class Room:
    """Where individually rational plans are.

    start: (G, d) n > 0 for the interior point. only: if no plan saves everybody anything, the one
    plan there is, as a solution whose lam are the weights that prove it; else None. safe: (G, d) a
    rational plan.
    """

    start: Array
    only: PlanOptimum | None
    safe: Array


def find_room(groups: Groups) -> Room:
    """Look for a plan with p_i < o_i for all i with finite o_i.

    Pooled lonely work is one whenever o = p_ind and two agents or more can sample. Otherwise solve
    max_n min_i (o_i - p_i) / o_i. Raises PlanError, with the proven shortfall, if it is negative.
    """
    c, o = groups.costs, groups.outside
    bound = np.isfinite(o)
    start = pooled(c)
    zero = np.zeros(len(c))
    plain = Program(c, groups.size, o, 0.0, zero, zero)
    big_v, s = penalties(plain, start)
    if (big_v + s <= (1.0 - 1e-3) * o).all():
        return Room(start, None, start)
    # Agents without an option may work a lot for the others, but not without limit.
    limit = 1e6 * max(float(o[bound].max(initial=0.0)), float((big_v + s).max()))
    options = np.where(bound, o, limit)
    worst = float(((big_v + s) / options).max()) - 1.0
    program = Program(c, groups.size, options, 0.0, zero, -options, 1.0)
    found = optimise(program, start, 1.1 * worst + 0.1 * abs(worst) + 0.1)
    lam = found.lam / float((groups.size * options) @ found.lam)
    shortfall = dual_value(Program(c, groups.size, zero, 0.0, zero, zero), lam) - 1.0
    if shortfall > FEASIBLE:
        raise PlanError(
            "the outside options cannot all be met: in every plan some agent's penalty exceeds its "
            f"outside option by a factor of at least {1.0 + shortfall:.9g}"
        )
    big_v, s = penalties(plain, found.n)
    if ((big_v + s) / options).max() - 1.0 > -FEASIBLE:
        return Room(start, found, found.n)
    # Work everywhere, but so little where it is not needed that half of the saving remains.
    share = np.where(np.isfinite(c), 1.0 / c, 0.0)
    spread = share * (groups.size @ found.n) / (groups.size @ share)
    saved = -((big_v + s) / options).max() + 1.0
    for j in range(2, 13):
        start = (1.0 - 10.0**-j) * found.n + 10.0**-j * spread
        big_v, s = penalties(plain, start)
        if 1.0 - ((big_v + s) / options).max() > 0.5 * saved:
            break
    return Room(start, None, found.n)
