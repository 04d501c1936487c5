"""A primal-dual interior-point method for one family of convex programs: every plan is a member.

With multiplicities g_i (equal agents are one row), penalties p_i = V + s_i, where
V = sum_k 1/N_k, N_k = sum_i g_i n_ik and s_i = sum_k c_ik n_ik (variances absorbed into c and n):

    minimise    alpha V + sum_i g_i beta_i s_i + price * tau        over n >= 0 and tau
    subject to  y_i = o_i - V - s_i - gamma_i tau >= 0              for every i with finite o_i

and, for Nash bargaining, minimise -sum_i g_i log y_i with no other term. The optimality
conditions of both are the same but for one right-hand side:

    z_ik = (beta_i + lam_i) c_ik - A / N_k^2 >= 0,   n_ik z_ik = 0,   A = alpha + sum_i g_i lam_i,
    sum_i g_i gamma_i lam_i + price = 0,             lam_i y_i = 0 (Nash: = 1).

The m x d unknowns n meet each other only in N (d numbers) and in the m spendings, so a Newton step
is eliminated by hand down to d + 2 unknowns (dN, dA, dtau): O(m d^2) work, not O((m d)^3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nashbox.problem.arrays import Array

OWED = 10.0  # residual a step may leave behind, in units of complementarity


@dataclass(frozen=True)
class Program:
    """One member of the family above; all arrays are in normalised units (sigma = 1).

    costs: (G, d), inf where impossible; size: (G,) multiplicities g; outside: (G,) o, inf for
    "no constraint"; alpha, beta (G,), gamma (G,), price as in the module docstring. ``price``
    0 means that there is no tau.
    """

    costs: Array
    size: Array
    outside: Array
    alpha: float
    beta: Array
    gamma: Array
    price: float = 0.0
    nash: bool = False


@dataclass(frozen=True)
class Point:
    """Primal and dual iterate: n, z (G, d); y, lam (G,); tau; mu the mean complementarity."""

    n: Array
    z: Array
    y: Array
    lam: Array
    tau: float
    mu: float
    residual: float


def penalties(program: Program, n: Array) -> tuple[float, Array]:
    """V and the spendings s (G,) at counts n (G, d)."""
    costs = np.where(np.isfinite(program.costs), program.costs, 0.0)
    return float((1.0 / (program.size @ n)).sum()), np.einsum("ik,ik->i", costs, n)


def magnitude(program: Program, big_v: float, s: Array, tau: float) -> float:
    """Size of the objective, to which gaps and complementarity are compared.

    tau may well be 0 at the optimum; it is measured in units of V / gamma then.
    """
    p = program
    if p.nash:
        return float(p.size.sum())
    size = p.alpha * big_v + float((p.size * p.beta) @ s)
    if p.price != 0.0:
        size += abs(p.price) * (abs(tau) + big_v / float(np.abs(p.gamma).max()))
    return size


def _step(x: Array, dx: Array, fraction: float) -> float:
    """The largest step in (0, 1] that keeps x + step dx at least (1 - fraction) x."""
    worst = float(np.max(-dx / x, initial=0.0))
    return 1.0 if worst < fraction else fraction / worst


def iterate(program: Program, n: Array, tau: float = 0.0, steps: int = 100) -> Iterator[Point]:
    """Yield a `Point` after every Newton step, from a start n > 0 (G, d), 0 where impossible.

    Mehrotra's predictor and corrector, with plain centring wherever the last step came out short:
    the curvature of V is not in his model, and short steps say that it matters.
    """
    p = program
    can = np.isfinite(p.costs)
    bound = np.isfinite(p.outside)
    c = np.where(can, p.costs, 0.0)
    o = np.where(bound, p.outside, 0.0)
    g, gb = p.size, p.size * bound
    d = c.shape[1]
    free_tau = p.price != 0.0
    count = float(g @ can.sum(axis=1) + gb.sum())
    hit = 1.0 if p.nash else 0.0  # what lam y goes to

    big_v, s = penalties(p, n)
    scale = np.maximum(np.abs(o), big_v)
    exact = np.where(bound, o - big_v - s - p.gamma * tau, 1.0)
    y = exact if (exact > 1e-11 * scale).all() else np.maximum(exact, 1e-2 * scale)
    if p.nash:
        mu = 1.0
    elif free_tau:
        mu = abs(p.price) / abs(float(gb @ (p.gamma / y)))  # meets the condition on gamma lam
    else:
        # Large enough that the multipliers weigh as much as the objective.
        total = p.alpha * big_v + float(g @ (p.beta * s))
        mu = max(total / count, p.alpha / max(float(gb @ (1.0 / y)), 1.0 / total))
    lam = np.where(bound, mu / y, 0.0)
    z = np.where(can, mu / np.where(can, n, 1.0), 1.0)
    reach = 0.0  # length of the last step
    before = np.inf

    for _ in range(steps):
        big_n = g @ n
        grad = big_n**-2.0
        weight = p.beta + lam
        big_a = p.alpha + g @ lam
        curve = 2.0 * big_a * big_n**-3.0
        big_v, s = float((1.0 / big_n).sum()), np.einsum("ik,ik->i", c, n)
        rz = np.where(can, weight[:, None] * c - big_a * grad - z, 0.0)
        rp = np.where(bound, o - big_v - s - p.gamma * tau - y, 0.0)
        rt = -(p.price + float(g @ (p.gamma * lam)))

        big_d = np.where(can, n / z, 0.0)
        t = big_d * c
        held = np.where(bound, lam, 1.0)
        f = np.where(bound, 1.0 / (y / held + np.einsum("ik,ik->i", t, c)), 0.0)
        gf = g * f
        # dlam = f (b + rows @ (dN, dA, dtau)); b collects the right-hand sides.
        rows = np.column_stack([-grad - t * curve, t @ grad, p.gamma])
        gft = gf[:, None] * t
        gd = g @ big_d
        system = np.zeros((d + 2, d + 2))
        system[:d] = gft.T @ rows
        system[:d, :d] += np.diag(1.0 + gd * curve)
        system[:d, d] -= gd * grad
        system[d] = -(gf @ rows)
        system[d, d] += 1.0
        system[d + 1] = (gf * p.gamma) @ rows
        if not free_tau:
            system[d + 1] = np.eye(d + 2)[d + 1]

        def newton(rc: Array, ry: Array) -> tuple[Array, Array, Array, Array, float]:
            """Direction (dn, dz, dy, dlam, dtau) with n dz + z dn = rc, lam dy + y dlam = ry."""
            q = np.where(can, rc / z, 0.0) - big_d * rz  # noqa: B023
            b = ry / held - rp + np.einsum("ik,ik->i", c, q)  # noqa: B023
            last = rt - float((gf * p.gamma) @ b) if free_tau else 0.0  # noqa: B023
            rhs = np.concatenate([g @ q - gft.T @ b, [gf @ b, last]])  # noqa: B023
            x = np.linalg.solve(system, rhs)  # noqa: B023
            dlam = f * (b + rows @ x)  # noqa: B023
            xi = grad * x[d] - curve * x[:d]  # noqa: B023
            dn = q - t * dlam[:, None] + big_d * xi  # noqa: B023
            dz = np.where(can, rz + c * dlam[:, None] - xi, 0.0)  # noqa: B023
            dy = rp + grad @ x[:d] - np.einsum("ik,ik->i", c, dn) - p.gamma * x[d + 1]  # noqa: B023
            return dn, dz, np.where(bound, dy, 0.0), dlam, float(x[d + 1])

        def length(step: tuple[Array, Array, Array, Array, float], fraction: float) -> float:
            pairs = zip((np.where(can, n, 1.0), z, y, held), step[:4], strict=True)  # noqa: B023
            return min(_step(x, dx, fraction) for x, dx in pairs)

        nz, ly = n * z, np.where(bound, lam * y, 0.0)
        mu = float(g @ nz.sum(axis=1) + (0.0 if p.nash else gb @ ly)) / count
        floor = 1e-15 * magnitude(p, big_v, s, tau) / count
        try:
            step = newton(-nz, np.where(bound, hit - ly, 0.0))
            target, second = mu, 0.0
            # What infeasibility contributes to the gap must not outlive complementarity.
            owed = float(g @ (np.abs(rz) * n).sum(axis=1) + gb @ (lam * np.abs(rp))) / count
            stalled = reach >= 0.1 and mu > 0.9 * before > floor
            before = mu
            if stalled:
                target = 0.5 * mu  # his corrector may cycle; plain steps do not
            elif reach >= 0.1 and owed < OWED * mu:
                a = length(step, 1.0)
                after = float(g @ ((n + a * step[0]) * (z + a * step[1])).sum(axis=1))
                if not p.nash:
                    after += float(gb @ ((lam + a * step[3]) * (y + a * step[2])))
                target, second = mu * min(1.0, max(after / count / mu, 0.0)) ** 3, 1.0
            target = max(target, floor)
            step = newton(
                np.where(can, target - nz - second * step[0] * step[1], 0.0),
                np.where(bound, (hit or target) - ly - second * step[3] * step[2], 0.0),
            )
        except np.linalg.LinAlgError:
            return
        # Newton's model of V = sum 1/N is too kind where N falls: never by more than half a step.
        reach = min(length(step, 0.999), _step(big_n, g @ step[0], 0.5))
        if not np.isfinite(reach) or not all(np.isfinite(part).all() for part in step):
            return
        n, z, y, lam = (x + reach * dx for x, dx in zip((n, z, y, lam), step[:4], strict=True))
        tau += reach * step[4]
        # No product far below the mean: slack y and reduced cost z may be lifted, at the price of
        # a residual that the next step takes away. Otherwise a y that hits 0 early jams for good.
        v_new, s_new = penalties(p, n)
        exact = o - v_new - s_new - p.gamma * tau
        y = np.where((exact > 0.5 * y) & (exact < 2.0 * y), exact, y)
        y = np.where(bound, np.maximum(y, 1e-3 * (hit or target) / np.where(bound, lam, 1.0)), 1.0)
        z = np.where(can, np.maximum(z, 1e-3 * target / np.where(can, n, 1.0)), 1.0)
        off = np.abs(rz) / np.where(can, weight[:, None] * c + z, 1.0)
        yield Point(n, z, y, lam, tau, mu, max(float(np.abs(rp / scale).max()), float(off.max())))
