"""Solve again with hopeless work left out, where the full table is too wide for floating point.

Work that costs K times what the cheapest pays for the same distribution can go: its replacement
costs at most 1/K of what is spent, and nobody spends more than m times the least option. So a plan
for the narrowed table is as good as one for the full table, but for about m^2 / K, and a valid plan
for the full table anyway; the certificate always looks at the full table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from nashbox.mechanisms.plans import social
from nashbox.mechanisms.plans.base import Instance, PlanError
from nashbox.mechanisms.plans.dual import tightened
from nashbox.problem.arrays import Array

# K, and the least cost of a distribution at its cheapest (times sigma^2) relative to the largest:
# cheaper distributions do not matter, by the square root of this.
LEVELS = ((1e16, 1e-22), (1e13, 1e-22), (1e10, 1e-20), (1e8, 1e-18), (1e7, 1e-16), (1e6, 1e-14))
ENOUGH = 1e-9  # gap at which nothing narrower is tried

Attempt = Callable[[Instance], tuple[Array, Array]]
Certify = Callable[[Instance, Array, Array], float]


def narrowed(instance: Instance) -> Iterator[Instance]:
    """The instance, and then narrower ones that differ from it and from each other."""
    yield instance
    c = instance.costs
    price = c.min(axis=0) * instance.sigma**2
    before = (0, 0)
    for ratio, least in LEVELS:
        raised = np.maximum(least * price.max() / price, 1.0)
        keep = c <= ratio * c.min(axis=0)
        out = int((~keep & np.isfinite(c)).sum()), int((raised > 1).sum())
        if out != before or out[1]:
            yield Instance(np.where(keep, c * raised, np.inf), instance.sigma, instance.outside)
            before = out


def alone_at_best(instance: Instance) -> Array:
    """Whoever needs least alone does all that alone: rational if options are p_ind.

    If nobody can sample everything, the cheapest do it.
    """
    alone = (instance.sigma * np.sqrt(instance.costs)).sum(axis=1)
    i = min(range(len(alone)), key=lambda j: (alone[j], *instance.costs[j]))
    if not np.isfinite(alone[i]):
        return social.solve(instance)[0]
    same = (instance.costs == instance.costs[i]).all(axis=1)
    counts: Array = np.where(
        same[:, None], instance.sigma / np.sqrt(instance.costs[i]) / same.sum(), 0.0
    )
    return counts


def best(
    instance: Instance, attempt: Attempt, certify: Certify, base: float
) -> tuple[Array, float]:
    """Counts and gap of the best attempt; `attempt` returns counts and multipliers, both (m, ..).

    base + multipliers are the weights. Raises the first PlanError if there is no plan at all.
    """
    found: tuple[float, Array] | None = None
    error: PlanError | None = None
    for thin in narrowed(instance):
        try:
            with np.errstate(all="ignore"):
                counts, lam = attempt(thin)
                if thin is not instance:
                    lam = tightened(instance, base + lam, thin) - base
                gap = certify(instance, counts, lam)
        except (PlanError, np.linalg.LinAlgError) as problem:
            error = error or PlanError(str(problem))
            continue
        if np.isfinite(gap) and (found is None or gap < found[0]):
            found = gap, counts
        if gap <= ENOUGH:
            break
    if found is None or found[0] > ENOUGH:
        lonely = alone_at_best(instance)
        with np.errstate(all="ignore"):
            gap = certify(instance, lonely, np.full(len(lonely), 1.0 - base))
        if np.isfinite(gap) and (found is None or gap < found[0]):
            found = gap, lonely
    if found is None:
        raise error or PlanError(
            "no plan could be certified; the outside options leave hardly any room between "
            "them and what can be had at best"
        )
    return found[1], found[0]
