"""What all plans share: the result, the error, penalties, validation, and groups of equal agents.

Penalty of agent i when everybody complies with counts n under the sample mean (Fact 2):
p_i(n) = sum_k sigma_k^2 / N_k + sum_k c_ik n_ik, N_k = sum_i n_ik. It depends on N and on the
agent's spending only, which is what every solver here lives on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from nashbox.problem.arrays import Array, Places

FEASIBLE = 1e-9  # relative excess of a penalty over an outside option that counts as rounding


class PlanError(ValueError):
    """A plan that does not exist, or input that defines none; the message names the agents."""


@dataclass(frozen=True)
class Plan:
    """How much everybody should collect.

    rule: a name in ``RULES``. counts: (m, d) real counts >= 0, zeros exact. certified_gap: by how
    much, relatively, the rule's objective could still be improved at most; each rule's module
    says what that objective is. It comes from a closed-form bound (see ``bounds``) evaluated
    at these very counts, so it holds whatever the solver did. 0 for ``alone`` and ``social``.
    """

    rule: str
    counts: Array
    certified_gap: float


@dataclass(frozen=True)
class Instance:
    """A validated instance. costs: (m, d), sigma: (d,), outside: (m,), inf for none."""

    costs: Array
    sigma: Array
    outside: Array


@dataclass(frozen=True)
class Groups:
    """Equal agents as one row with a multiplicity, in units where sigma = 1.

    costs: (G, d), size: (G,), outside: (G,), group: (m,) index of each agent's row. Rows are
    sorted, so relabelled agents give the same bits. With the unit S of penalties,
    counts = sigma^2 / S * n, costs' = costs sigma^2 / S^2, outside' = outside / S.
    """

    costs: Array
    size: Array
    outside: Array
    group: Places
    count_unit: Array
    penalty_unit: float

    def expand(self, n: Array) -> Array:
        """Counts (m, d) in the user's units from n (G, d)."""
        counts: Array = (n * self.count_unit)[self.group]
        return counts


def agents_named(indices: Iterable[int]) -> str:
    """Name agents in a message, at most ten of them."""
    shown = [str(int(i)) for i in indices]
    more = f" and {len(shown) - 10} more" if len(shown) > 10 else ""
    return ("agent " if len(shown) == 1 else "agents ") + ", ".join(shown[:10]) + more


def spending(counts: Array, costs: Array) -> Array:
    """sum_k c_ik n_ik, with c n = 0 where n = 0 also for c = inf; (m,)."""
    total: Array = np.where(counts == 0, 0.0, np.where(counts == 0, 0.0, costs) * counts).sum(1)
    return total


def compliant_penalties(counts: Array, costs: Array, sigma: Array) -> Array:
    """Return p_i(n) of Fact 2 for every agent, inf where a distribution has no sample; (m,).

    counts, costs: (m, d); sigma: (d,).

    >>> compliant_penalties(np.array([[4.0], [0.0]]), np.array([[0.5], [np.inf]]), np.array([2.0]))
    array([3., 1.])
    """
    with np.errstate(divide="ignore"):
        risk = (np.asarray(sigma, dtype=float) ** 2 / np.asarray(counts, dtype=float).sum(0)).sum()
    return np.asarray(risk + spending(np.asarray(counts, dtype=float), np.asarray(costs)))


def alone_penalties(costs: Array, sigma: Array) -> Array:
    """Return p_ind_i = sum_k 2 sigma_k sqrt(c_ik) of Fact 1; inf if any cost is inf; (m,).

    >>> alone_penalties(np.array([[0.04], [np.inf]]), np.array([10.0]))
    array([ 4., inf])
    """
    return np.asarray((2.0 * np.asarray(sigma) * np.sqrt(np.asarray(costs))).sum(axis=1))


def validated(costs: Array, sigma: Array, outside: Array | None) -> Instance:
    """Check shapes and ranges; raise PlanError that says what is allowed and what came."""
    c = np.array(costs, dtype=float)
    s = np.array(sigma, dtype=float)
    if c.ndim != 2 or c.size == 0:
        raise PlanError(f"costs must be a table (agents, distributions), got shape {c.shape}")
    if not (c > 0).all():  # also catches NaN
        i, k = np.argwhere(~(c > 0))[0]
        raise PlanError(f"costs must be in (0, inf], got {c[i, k]} for agent {i}, distribution {k}")
    if not np.isfinite(c).any(axis=0).all():
        k = np.flatnonzero(~np.isfinite(c).any(axis=0))[0]
        raise PlanError(f"nobody can sample distribution {k}: its costs are all inf")
    if s.shape != (c.shape[1],) or not ((s > 0) & np.isfinite(s)).all():
        raise PlanError(f"sigma must be {c.shape[1]} finite numbers > 0, got {s}")
    o = alone_penalties(c, s) if outside is None else np.array(outside, dtype=float)
    if o.shape != (len(c),) or not (o > 0).all():
        raise PlanError(f"outside must be {len(c)} numbers in (0, inf], got {o}")
    return Instance(c, s, o)


def grouped(instance: Instance, outside: Array) -> Groups:
    """Merge agents with equal cost rows and equal `outside` (m,), and normalise the units."""
    table = np.column_stack([instance.costs, outside])
    rows, group, size = np.unique(table, axis=0, return_inverse=True, return_counts=True)
    unit = float((instance.sigma * np.sqrt(instance.costs.min(axis=0))).sum())
    return Groups(
        costs=rows[:, :-1] * (instance.sigma / unit) ** 2,
        size=size.astype(float),
        outside=rows[:, -1] / unit,
        group=np.asarray(group).reshape(-1),
        count_unit=instance.sigma**2 / unit,
        penalty_unit=unit,
    )
