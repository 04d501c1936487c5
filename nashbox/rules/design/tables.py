"""Kinds and counts of a whole table, what they cost by the surrogate, and by the exact rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.decoy.tuning import tuned as tuned_decoy
from nashbox.mechanisms.rounding import alone_counts, finite_product
from nashbox.mechanisms.threshold.enforcing import wants_nothing
from nashbox.mechanisms.threshold.tuning import Tuned, tuned
from nashbox.rules.design.surrogate import LEAST, MOST, least_excess

Array = NDArray[np.float64]

FREE, OWES, ALONE = 0, 1, 2


@dataclass(frozen=True, eq=False)
class World:
    """The cost table and what may be used. costs: (m, d), sigma: (d,).

    openly, secret: whether who owes may be held by a threshold, by a decoy.
    """

    costs: Array
    sigma: Array
    integer: bool
    openly: bool = True
    secret: bool = False

    def best_rule(self, n: float, others: float, i: int, k: int) -> tuple[str, Tuned] | None:
        """The rule that holds agent i to n points of k at the least cost, and its kind.

        A decoy where one holds: it has cost less than the best threshold wherever both were made.
        """
        c, s = float(self.costs[i, k]), float(self.sigma[k])
        kinds = (("decoy", tuned_decoy, self.secret), ("threshold", tuned, self.openly))
        for kind, tune, allowed in kinds:
            rule = tune(n, others, c, s, self.integer) if allowed else None
            if rule is not None:
                return kind, rule
        return None

    @property
    def alone(self) -> Array:
        """Counts alone, (m, d), 0 where the cost is inf."""
        return alone_counts(self.costs, self.sigma, integer=self.integer)

    @property
    def n_ind(self) -> Array:
        """sigma/sqrt(c), (m, d), 0 where the cost is inf."""
        return np.where(np.isinf(self.costs), 0.0, self.sigma / np.sqrt(self.costs))

    def alone_prices(self) -> Array:
        """Penalties alone by distribution, (m, d)."""
        counts = self.alone
        with np.errstate(divide="ignore"):
            return np.asarray(self.sigma**2 / counts + finite_product(self.costs, counts))


@dataclass(frozen=True, eq=False)
class Draft:
    """kind: (m, d) of FREE, OWES, ALONE. counts: (m, d), 0 where free."""

    kind: NDArray[np.int_]
    counts: Array

    @property
    def totals(self) -> Array:
        """Points per distribution, (d,)."""
        return np.asarray(self.counts.sum(axis=0))


def estimated(world: World, draft: Draft) -> Array:
    """Penalties by pair (m, d) by the surrogate; inf where the draft does not work."""
    T = np.broadcast_to(draft.totals, draft.counts.shape)
    sigma = np.broadcast_to(world.sigma, draft.counts.shape)
    out = np.full(draft.counts.shape, np.inf)
    n_ind = world.n_ind
    free = (draft.kind == FREE) & (T > 0) & (n_ind * (1 - 1e-9) <= T)
    out[free] = (sigma**2)[free] / T[free]
    home = (draft.kind == ALONE) & np.isfinite(world.costs)
    out[home] = world.alone_prices()[home]
    owes = (draft.kind == OWES) & (n_ind > 0) & (draft.counts > 0) & (n_ind < T)
    x, t, unit = in_units(world, draft, owes)
    most = MOST[world.secret]
    added = np.where(x < most, least_excess(np.minimum(x, most), t, world.secret), np.inf)
    out[owes] = unit * (1 / t + x + added)
    return out


def in_units(world: World, draft: Draft, owes: NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    """Points and totals over n_ind, and sigma sqrt(c), of the pairs that owe: (number,) each."""
    n_ind = world.n_ind[owes]
    unit = world.sigma * np.sqrt(np.where(np.isinf(world.costs), 1.0, world.costs))
    T = np.broadcast_to(draft.totals, draft.counts.shape)
    return draft.counts[owes] / n_ind, T[owes] / n_ind, unit[owes]


@dataclass(frozen=True, eq=False)
class Ruled:
    """A draft with its rules: penalties (m,), excess, z and t (m, d), NaN where nothing is owed.

    rule: (m, d), what who owes is held by: "threshold" or "decoy", "" for who does not. joint:
    whether all that an agent owes is tied together, so that `excess` is not known pair by pair.
    """

    draft: Draft
    rule: NDArray[np.str_]
    penalties: Array
    excess: Array
    z: Array
    t: Array
    joint: bool = False


def bare_prices(world: World, draft: Draft) -> Array | None:
    """Penalties (m, d) without what comparisons add; None where free data are too few."""
    T = draft.totals
    for i, k in np.argwhere(draft.kind == FREE):
        c, s = float(world.costs[i, k]), float(world.sigma[k])
        if not wants_nothing(float(T[k]), c, s, integer=world.integer):
            return None
    costs = np.where(np.isinf(world.costs), 0.0, world.costs)
    shared = world.sigma**2 / np.maximum(T, 1e-300) + costs * draft.counts
    return np.where(draft.kind == ALONE, world.alone_prices(), shared)


def ruled(world: World, draft: Draft) -> Ruled | None:
    """The exact best separate rules for a draft, or None where some pair cannot be enforced."""
    prices = bare_prices(world, draft)
    if prices is None:
        return None
    z, t, added = (np.full(prices.shape, np.nan) for _ in range(3))
    kinds = np.full(prices.shape, "", dtype="<U9")
    totals = draft.totals
    for i, k in np.argwhere(draft.kind == OWES):
        n = float(draft.counts[i, k])
        found = world.best_rule(n, float(totals[k]) - n, int(i), int(k))
        if found is None:
            return None
        kinds[i, k], rule = found
        z[i, k], t[i, k], added[i, k] = rule.z, rule.t, rule.excess
        prices[i, k] += rule.excess
    return Ruled(draft, kinds, prices.sum(axis=1), added, z, t)


def clipped(world: World, draft: Draft) -> Draft:
    """Owed counts too small or too large for a rule become free data or work alone."""
    x = draft.counts / np.where(world.n_ind > 0, world.n_ind, 1.0)
    owes = draft.kind == OWES
    kind = np.where(owes & (x < 3 * LEAST), FREE, draft.kind)
    kind = np.where(owes & (x >= MOST[world.secret]), ALONE, kind)
    counts = np.where(kind == FREE, 0.0, np.where(kind == ALONE, world.alone, draft.counts))
    return Draft(kind, counts)
