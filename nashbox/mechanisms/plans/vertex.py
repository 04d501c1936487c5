"""From an interior point to an exact vertex: true zeros, and counts good to the last digits.

At an optimum work (i, k) with n_ik > 0 satisfies w_i c_ik = nu_k, where w_i = beta_i + lam_i is
what a unit of i's spending weighs and nu_k = A / N_k^2 what a sample of k is worth. In units of
worth, x_ik = g_i w_i c_ik n_ik = nu_k g_i n_ik, that work is a plain transport from agents (supply
g_i w_i s_i) to distributions (demand nu_k N_k). Therefore

1. cycles of tight work can be cancelled without changing any penalty: a forest is left;
2. on a forest all w and nu follow from the costs, up to one factor rho per tree. Only the factors,
   A and tau are unknown: a system of at most d + 3 smooth equations, solved by Newton's method;
3. given N and the spendings, the counts follow by plucking leaves: no solver dust anywhere.

An agent whose constraint is slack has lam_i = 0, w_i = beta_i. It is an agent that also serves a
"slack" distribution of cost 1 and worth 1, so slack needs no case of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.plans.forest import Edges, cancel_cycles, pluck, walk
from nashbox.mechanisms.plans.interior import Point, Program
from nashbox.problem.arrays import Array, Mask


@dataclass(frozen=True)
class Vertex:
    """n (G, d) with exact zeros, the multipliers lam (G,) and tau."""

    n: Array
    lam: Array
    tau: float


ROUNDING = 1e-13
PIVOTS = 12


class VertexError(ArithmeticError):
    """The interior point does not tell yet which work is zero."""


def _tight(program: Program, point: Point) -> tuple[Mask, Mask]:
    """Which work is positive (G, d), and which constraints bind (G,).

    n_ik z_ik is nearly 0, so the relative sizes of the two factors tell which one vanishes: n_ik
    as a share of N_k or of what i may spend, against z_ik as a share of w_i c_ik. No threshold on
    n itself: with costs from 1e-6 to 1e3 a share of 1e-9 may be all that somebody does.
    """
    p = program
    can = np.isfinite(p.costs)
    bound = np.isfinite(p.outside)
    cost = np.where(can, p.costs, 1.0)
    weight = (p.beta + point.lam)[:, None] * cost
    spent = np.where(can, cost * point.n, 0.0)
    means = np.where(bound, spent.sum(axis=1) + point.y, np.inf)
    share = p.size[:, None] * point.n / (p.size @ point.n)
    # An agent with nothing to spend spends its dust somewhere; there z is not small, hence 1e-3.
    share = np.maximum(share, 1e-3 * spent / means[:, None])
    work = can & (share > np.abs(point.z) / weight)
    if p.nash:
        return work, bound  # every option matters, none binds
    scale = np.where(bound, np.abs(p.outside) + np.abs(p.gamma * point.tau), 1.0)
    return work, bound & (point.lam / (p.beta + point.lam) > point.y / scale)


def supported(program: Program, point: Point) -> Array:
    """The interior counts (G, d) without those that the duals say are zero."""
    return np.where(_tight(program, point)[0], point.n, 0.0)


def polish(program: Program, point: Point, pivots: int = PIVOTS) -> Vertex:
    """The exact vertex that `point` is close to.

    Work that comes out negative leaves the support, work that would be too well paid enters it.
    Raises VertexError if that does not settle: the point was too far away.
    """
    p = program
    work, active = _tight(p, point)
    cost = np.where(np.isfinite(p.costs), p.costs, np.inf)
    for _ in range(pivots):
        n, lam, tau, worth = _on_support(p, point, work, active)
        negative = n < 0
        weight = (p.beta + lam)[:, None] * cost
        with np.errstate(invalid="ignore"):
            short = np.where(np.isfinite(cost), 1.0 - weight / worth, -np.inf)
        short[work] = -np.inf
        if negative.any():
            work &= ~negative
        elif short.max() > ROUNDING:
            work[np.unravel_index(np.argmax(short), short.shape)] = True
        else:
            break
    if (n < 0).any():
        raise VertexError("negative work")
    return Vertex(n, lam, tau)


def _edges(rows: Edges) -> Iterator[tuple[int, int, float]]:
    """Agent, distribution and flow of all edges."""
    return ((i, k, x) for i, row in rows.items() for k, x in row.items())


def _on_support(
    program: Program, point: Point, work: Mask, active: Mask
) -> tuple[Array, Array, float, Array]:
    """Counts (G, d), multipliers (G,), tau and worths nu (d,) if just this work is tight."""
    p = program
    agents, d = p.costs.shape
    cost = np.hstack([p.costs, np.ones((agents, 1))])
    bound = np.isfinite(p.outside)
    o = np.where(bound, p.outside, 0.0)
    weight = p.beta + point.lam
    by, on = np.nonzero(work)
    amounts = p.size[by] * weight[by] * p.costs[by, on] * point.n[by, on]
    flows = list(zip(amounts.tolist(), by.tolist(), on.tolist(), strict=True))
    for i in np.flatnonzero(~active & work.any(axis=1)):
        # Without a constraint slack never runs out; it goes first into the forest.
        flows.append((float(p.size[i] * weight[i] * point.y[i]) if bound[i] else np.inf, int(i), d))
    rows = cancel_cycles(flows, d + 1)
    tree_i, w_hat, tree_k, nu_hat = walk(rows, cost)
    if (tree_k < 0).any():
        raise VertexError("a distribution without work")

    trees = int(tree_k.max())  # free factors: all trees but number 0, which hangs on slack
    busy = np.flatnonzero(tree_i > 0)  # agents in free trees: they exhaust their outside option
    anchored = np.flatnonzero(tree_i == 0)
    idle = np.flatnonzero((tree_i < 0) & bound & (p.nash | active))
    pinned = (
        -1 if p.nash or len(idle) == 0 else int(idle[np.argmax(p.size[idle] * point.lam[idle])])
    )
    if pinned >= 0:
        # An idle agent binds if V itself is all that its option allows.
        share = p.size[pinned] * point.lam[pinned] / (p.alpha + p.size @ point.lam)
        room = point.y[pinned] / (abs(p.outside[pinned]) + abs(p.gamma[pinned] * point.tau))
        if share < room:
            pinned = -1
    nu_d, tree_d = nu_hat[:d], tree_k[:d]
    g = p.size
    tau_free = p.price != 0.0
    base_anchor = float(g[anchored] @ (w_hat[anchored] - p.beta[anchored]))
    base_gamma = float((g * p.gamma)[anchored] @ (w_hat[anchored] - p.beta[anchored]))

    # Within a tree all weights grow alike: its sums are all that is needed, unless supplies are
    # small differences (Nash) or options move (tau), where summing first costs digits.
    of_tree, gw = tree_i[busy] - 1, (g * w_hat)[busy]
    weighed = np.bincount(of_tree, gw, trees)
    options = np.bincount(of_tree, gw * o[busy], trees)
    base = p.alpha + base_anchor
    summed = base - float((g * p.beta)[busy].sum())
    in_tree_i = (of_tree[:, None] == np.arange(trees)).astype(float)
    in_tree_d = (tree_d[:, None] == np.arange(1, trees + 1)).astype(float)

    def parts(u: NDArray[np.complex128]) -> tuple[Any, ...]:
        """A, tau, growth of each tree from slack's on, nu and V of unknowns (points, trees + 2)."""
        rho = np.hstack([np.ones((len(u), 1)), np.exp(u[:, :trees])])
        big_a, tau, nu = np.exp(u[:, trees]), u[:, trees + 1], rho[:, tree_d] * nu_d
        return big_a, tau, rho, nu, np.sqrt(nu / big_a[:, None]).sum(axis=1)

    def equations(u: NDArray[np.complex128]) -> NDArray[np.complex128]:
        """Residuals of many unknowns u, both (points, trees + 2)."""
        big_a, tau, rho, nu, big_v = parts(u)
        out, slope = np.zeros(u.shape, dtype=np.complex128), base_gamma
        if p.nash or tau_free:
            w = rho[:, tree_i[busy]] * w_hat[busy]
            room = o[busy] - big_v[:, None] - p.gamma[busy] * tau[:, None]
            supply = (g[busy] * ((w * room - 1.0) if p.nash else w * room)) @ in_tree_i
            lam = w - p.beta[busy]
            known = base + lam @ g[busy]
            slope = base_gamma + lam @ (g * p.gamma)[busy]
        else:
            supply = rho[:, 1:] * (options - big_v[:, None] * weighed)
            known = summed + rho[:, 1:] @ weighed
        if p.nash:
            known = known + (g[idle] / (o[idle] - big_v[:, None])).sum(axis=1)
        out[:, :trees] = supply / (np.sqrt(big_a[:, None] * nu) @ in_tree_d) - 1.0
        if pinned >= 0:
            out[:, trees] = (o[pinned] - big_v - p.gamma[pinned] * tau) / big_v
            slope = slope + p.gamma[pinned] * (big_a - known)
        else:
            out[:, trees] = known / big_a - 1.0
        out[:, trees + 1] = slope / p.price + 1.0 if tau_free else tau
        return out

    guess = np.zeros(trees + 2)
    for t in range(1, trees + 1):
        k = np.flatnonzero(tree_d == t)[0]
        guess[t - 1] = np.log((p.alpha + g @ point.lam) / (g @ point.n[:, k]) ** 2 / nu_d[k])
    guess[trees] = np.log(p.alpha + g @ point.lam)
    guess[trees + 1] = point.tau
    u = guess
    steps = np.vstack([np.zeros(len(u)), np.eye(len(u))]) * 1e-30j
    before = np.inf
    for _ in range(50):
        # The equations are analytic: a complex step differentiates them to the last digit.
        both = equations(u + steps)
        value = both[0].real
        size = float(np.abs(value).max())
        if not np.isfinite(size) or (size >= before / 4 and size < 1e-12):
            break
        before = size
        jacobian = both[1:].imag.T / 1e-30
        try:
            u = u - np.linalg.solve(jacobian, value)
        except np.linalg.LinAlgError as error:
            raise VertexError("a singular system of factors") from error
    if not before < 1e-9:
        raise VertexError("the factors did not converge")

    final = parts(u.astype(np.complex128)[None])
    big_a, tau, rho, nu, big_v = (np.real(part[0]) for part in final)
    w = rho[tree_i[busy]] * w_hat[busy]
    lam = np.zeros(agents)
    lam[busy] = w - p.beta[busy]
    lam[anchored] = w_hat[anchored] - p.beta[anchored]
    if p.nash:
        lam[idle] = 1.0 / (o[idle] - big_v)
    elif pinned >= 0:
        lam[pinned] = (big_a - p.alpha - g @ lam) / g[pinned]
    lam = np.where(bound, lam, 0.0)
    weight = p.beta + lam
    room = o - big_v - p.gamma * tau
    supply = g * (weight * room - 1.0 if p.nash else weight * room)
    demand = np.sqrt(big_a * nu)
    supply_size = g * weight * np.where(bound, np.abs(o) + big_v + np.abs(p.gamma * tau), np.inf)
    pluck(rows, supply, np.append(demand, np.nan))
    by, on, x = (np.array(part) for part in zip(*_edges(rows), strict=True))
    slack = on == d
    if (slack & bound[by] & (x < -1e-9 * supply_size[by])).any():
        raise VertexError("negative slack")
    by, on, x = by[~slack], on[~slack], x[~slack]
    # Plucking subtracts: what is lost in the rounding of both sums is an exact zero.
    lost = np.abs(x) <= ROUNDING * np.minimum(demand[on], supply_size[by])
    n = np.zeros_like(p.costs)
    n[by, on] = np.where(lost, 0.0, x / (g[by] * nu[on]))
    if not (np.isfinite(n).all() and (lam >= -1e-9 * weight).all()):
        raise VertexError("negative multipliers")
    return n, np.maximum(lam, 0.0), float(tau), nu
