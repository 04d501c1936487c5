"""The last digits: kinds stay, counts move, the goal is minimised by its gradient.

Equal agents move together. Up to SMALL variables it is sequential quadratic programming with the
goal's own constraints; beyond, a quasi-Newton method on a sum with penalties for what is violated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nashbox.rules.design.goals import TINY, Goal
from nashbox.rules.design.surrogate import LEAST, MOST, surface
from nashbox.rules.design.tables import ALONE, FREE, OWES, Draft, World

Array = NDArray[np.float64]

SMALL = 60  # variables up to which the last polish is exact
HANDY = 10  # and up to which the rough ones in a search are
ROOM = 2e-9  # relative, kept to outside options, so that rounding does not break them
BEYOND = 1 + 1e-7  # T over n_ind that free data and thresholds need


@dataclass(frozen=True, eq=False)
class AlikeAgents:
    """Equal agents with equal kinds as one row. member: (m,) its row; size: (G,)."""

    member: NDArray[np.intp]
    size: Array
    first: NDArray[np.intp]

    @classmethod
    def of(cls, world: World, draft: Draft, goal: Goal) -> AlikeAgents:
        """Rows that agree in costs, kinds, outside option and scale."""
        keys = np.column_stack([world.costs, draft.kind, goal.outside, goal.scale])
        _, first, member, size = np.unique(
            keys, axis=0, return_index=True, return_inverse=True, return_counts=True
        )
        return cls(member.reshape(-1), size.astype(float), first)


class Landscape:
    """Penalties of groups (G,) and their derivatives by log counts of what is owed."""

    def __init__(self, world: World, draft: Draft, goal: Goal, factor: Array) -> None:
        """factor: (m, d) by which the surrogate's excess is corrected."""
        self.groups = AlikeAgents.of(world, draft, goal)
        self.secret, self.most = world.secret, MOST[world.secret]
        g = self.groups
        self.size, first = g.size, g.first
        self.kind = draft.kind[first]
        self.place = np.argwhere(self.kind == OWES)
        mean = np.zeros(self.kind.shape)
        np.add.at(mean, g.member, draft.counts)
        self.counts = mean / g.size[:, None]
        share = np.zeros(self.kind.shape)
        np.add.at(share, g.member, factor)
        self.factor = share / g.size[:, None]
        self.sigma = np.broadcast_to(world.sigma, self.kind.shape)
        costs = world.costs[first]
        self.can = np.isfinite(costs)
        c = np.where(self.can, costs, 1.0)
        self.n_ind = np.where(self.can, self.sigma / np.sqrt(c), 0.0)
        self.unit = self.sigma * np.sqrt(c)
        self.fixed = np.where(self.kind == ALONE, world.alone_prices()[first], 0.0)
        self.alone = np.where(self.kind == ALONE, world.alone[first], 0.0)
        needs = np.where(self.kind == ALONE, 0.0, self.n_ind)
        needed = needs.max(axis=0) * BEYOND
        self.needed = np.where(needed > 0, needed, 0.01 * (self.size @ self.counts))

    def start(self) -> Array:
        """Log counts (V,)."""
        rows, columns = self.place.T
        return np.asarray(np.log(self.counts[rows, columns]))

    def bounds(self) -> list[tuple[float, float]]:
        """Of the log counts."""
        rows, columns = self.place.T
        n_ind = self.n_ind[rows, columns]
        return [(np.log(2 * LEAST * n), np.log(0.999 * self.most * n)) for n in n_ind]

    def unpack(self, y: Array) -> Array:
        """Counts (G, d)."""
        counts = self.alone.copy()
        rows, columns = self.place.T
        counts[rows, columns] = np.exp(y)
        return counts

    def evaluate(self, y: Array) -> tuple[Array, Array, Array, Array]:
        """Penalties (G,), their Jacobian (G, V), totals (d,), and theirs (d, V)."""
        counts = self.unpack(y)
        T = self.size @ counts
        rows, columns = self.place.T
        safe = np.maximum(T, 1e-300)
        free = self.kind == FREE
        price = np.where(free, self.sigma**2 / safe, self.fixed)
        by_T = np.where(free, -(self.sigma**2) / safe**2, 0.0)
        n_ind, unit = self.n_ind[rows, columns], self.unit[rows, columns]
        x, t = counts[rows, columns] / n_ind, T[columns] / n_ind
        E, by_x, by_t = surface(np.minimum(x, self.most), t, self.secret)
        f = self.factor[rows, columns]
        price[rows, columns] = unit * (1 / t + x + f * E)
        by_T[rows, columns] = unit * (-1 / t**2 + f * by_t) / n_ind
        own = unit * (1 + f * by_x) / n_ind
        weight = counts[rows, columns]
        total_jac = np.zeros((T.size, y.size))
        total_jac[columns, np.arange(y.size)] = self.size[rows] * weight
        jacobian = by_T @ total_jac
        jacobian[rows, np.arange(y.size)] += own * weight
        return price.sum(axis=1), jacobian, T, total_jac


def polish(
    world: World, draft: Draft, goal: Goal, factor: Array | None = None, *, rough: bool = False
) -> Draft:
    """The same kinds with better counts; the draft itself where nothing is owed.

    factor: corrections of the surrogate, see `Landscape`. rough: to compare kinds with.
    """
    if not (draft.kind == OWES).any():
        return draft
    land = Landscape(world, draft, goal, np.ones(draft.counts.shape) if factor is None else factor)
    exact = land.place.shape[0] <= (HANDY if rough else SMALL)
    y = (_exact if exact else _smooth)(land, goal, rough)
    if y is None or not np.isfinite(y).all():
        return draft
    return Draft(draft.kind, land.unpack(y)[land.groups.member])


def _exact(land: Landscape, goal: Goal, rough: bool) -> Array | None:
    """Sequential quadratic programming; the last variable is a maximum where the goal has one."""
    from scipy.optimize import minimize

    o, s, size = goal.outside[land.groups.first], goal.scale[land.groups.first], land.size
    bound = np.isfinite(o) & (land.kind != ALONE).any(axis=1)  # the others have no say
    y0 = land.start()
    unit = max(float(np.mean(land.evaluate(y0)[0])), 1e-300)
    slack = goal.name in ("egalitarian", "kalai_smorodinsky")

    def split(v: Array) -> tuple[Array, float]:
        return (v[:-1], float(v[-1])) if slack else (v, 0.0)

    def objective(v: Array) -> tuple[float, Array]:
        y, tau = split(v)
        p, jac, _, _ = land.evaluate(y)
        if slack:
            # the sum, weighted next to nothing, chooses among equals
            return tau + 1e-7 * float(size @ p) / unit, np.append(1e-7 * (size @ jac) / unit, 1.0)
        if goal.name == "social":
            return float(size @ p) / unit, (size @ jac) / unit
        gains = np.maximum(o - p, TINY * o)
        return -float(size @ np.log(gains)), (size / gains) @ jac

    def above_zero(v: Array) -> Array:
        y, tau = split(v)
        p, _, T, _ = land.evaluate(y)
        rows = [(o[bound] * (1 - ROOM) - p[bound]) / unit, T / land.needed - 1]
        if goal.name == "egalitarian":
            rows.append(tau - p / unit)
        if goal.name == "kalai_smorodinsky":
            rows.append(tau + (o - p) / s)
        return np.concatenate(rows)

    def slopes(v: Array) -> Array:
        y, _ = split(v)
        _, jac, _, by_y = land.evaluate(y)
        rows = [-jac[bound] / unit, by_y / land.needed[:, None]]
        if goal.name == "egalitarian":
            rows.append(-jac / unit)
        if goal.name == "kalai_smorodinsky":
            rows.append(-jac / s[:, None])
        table = np.concatenate(rows)
        if not slack:
            return table
        last = np.concatenate([np.zeros(len(table) - len(jac)), np.ones(len(jac))])
        return np.column_stack([table, last])

    p0 = land.evaluate(y0)[0]
    first = {"egalitarian": p0.max() / unit, "kalai_smorodinsky": -((o - p0) / s).min()}
    start = np.append(y0, first[goal.name]) if slack else y0
    limits: list[tuple[float | None, float | None]] = [*land.bounds()]
    with np.errstate(all="ignore"):
        found = minimize(  # type: ignore[call-overload]  # as scipy documents it
            objective,
            start,
            jac=True,
            method="SLSQP",
            bounds=limits + ([(None, None)] if slack else []),
            constraints=[{"type": "ineq", "fun": above_zero, "jac": slopes}],
            options={"maxiter": 40 if rough else 200, "ftol": 1e-8 if rough else 1e-12},
        )
    return split(np.asarray(found.x))[0] if above_zero(found.x).min() > -1e-7 else None


def _smooth(land: Landscape, goal: Goal, rough: bool) -> Array | None:
    """L-BFGS with growing weights of what is violated, and of the largest terms."""
    from scipy.optimize import minimize

    o, s = goal.outside[land.groups.first], goal.scale[land.groups.first]
    size, bound = land.size, np.isfinite(o)
    y = land.start()
    unit = max(float(np.mean(land.evaluate(y)[0])), 1e-300)
    room = 1e-5
    for weight, sharp in ((1e2, 30.0), (1e4, 200.0), (1e6, 1500.0)):

        def objective(
            y: Array, weight: float = weight, sharp: float = sharp
        ) -> tuple[float, Array]:
            p, jac, T, by_y = land.evaluate(y)
            if goal.name == "social":
                value, by_p = float(size @ p) / unit, size / unit
            elif goal.name == "nash":
                gains = np.maximum(o - p, TINY * o)
                value, by_p = -float(size @ np.log(gains)), size / gains
            else:
                over = p / unit if goal.name == "egalitarian" else -(o - p) / s
                top = float(over.max())
                share = size * np.exp(sharp * (over - top))
                value = top + float(np.log(share.sum())) / sharp
                by_p = share / share.sum() / (unit if goal.name == "egalitarian" else s)
            excess = np.zeros(p.size)
            excess[bound] = np.maximum(p[bound] / o[bound] - 1 + room, 0.0)
            short = np.maximum(1 - T / land.needed, 0.0)
            value += weight * float(size @ excess**2 + short @ short)
            by_p = by_p + 2 * weight * np.where(bound, size * excess / np.where(bound, o, 1), 0.0)
            slope = by_p @ jac - 2 * weight * (short / land.needed) @ by_y
            return value, slope

        with np.errstate(all="ignore"):
            found = minimize(
                objective,
                y,
                jac=True,
                method="L-BFGS-B",
                bounds=land.bounds(),
                options={"maxiter": 60 if rough else 600, "maxfun": 90 if rough else 900},
            )
        y = np.asarray(found.x)
    return y
