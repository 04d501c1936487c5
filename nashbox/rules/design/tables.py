"""Kinds and counts of a whole table, what they cost by the surrogate, and by the exact rules."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.rounding import alone_counts, finite_product
from nashbox.mechanisms.threshold.enforcing import wants_nothing
from nashbox.mechanisms.threshold.tuning import tuned
from nashbox.rules.design.surrogate import LEAST, MOST, least_excess

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

FREE, OWES, ALONE = 0, 1, 2


@dataclass(frozen=True, eq=False)
class World:
    """The cost table. costs: (m, d), sigma: (d,); alone: (m, d) counts and prices of who is."""

    costs: Array
    sigma: Array
    integer: bool

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
    x = draft.counts[owes] / n_ind[owes]
    scale = (sigma * np.sqrt(np.where(np.isinf(world.costs), 1.0, world.costs)))[owes]
    t = T[owes] / n_ind[owes]
    added = np.where(x < MOST, least_excess(np.minimum(x, MOST), t), np.inf)
    out[owes] = scale * (1 / t + x + added)
    return out


@dataclass(frozen=True, eq=False)
class Ruled:
    """A draft with its rules: penalties (m,), excess, z and t (m, d), NaN where nothing is owed."""

    draft: Draft
    penalties: Array
    excess: Array
    z: Array
    t: Array


def ruled(world: World, draft: Draft) -> Ruled | None:
    """The exact best separate rules for a draft, or None where some pair cannot be enforced."""
    shape = draft.counts.shape
    z, t, added = (np.full(shape, np.nan) for _ in range(3))
    prices = np.zeros(shape)
    alone = world.alone_prices()
    totals = draft.totals
    for i, k in np.ndindex(shape):
        n, T = float(draft.counts[i, k]), float(totals[k])
        c, s = float(world.costs[i, k]), float(world.sigma[k])
        kind = draft.kind[i, k]
        if kind == ALONE:
            prices[i, k] = alone[i, k]
        elif kind == FREE:
            if not wants_nothing(T, c, s, integer=world.integer):
                return None
            prices[i, k] = s**2 / T
        else:
            rule = tuned(n, T - n, c, s, world.integer)
            if rule is None:
                return None
            z[i, k], t[i, k], added[i, k] = rule.z, rule.t, rule.excess
            prices[i, k] = s**2 / T + c * n + rule.excess
    return Ruled(draft, prices.sum(axis=1), added, z, t)


def clipped(world: World, draft: Draft) -> Draft:
    """Owed counts too small or too large for a rule become free data or work alone."""
    x = draft.counts / np.where(world.n_ind > 0, world.n_ind, 1.0)
    owes = draft.kind == OWES
    kind = np.where(owes & (x < 3 * LEAST), FREE, draft.kind)
    kind = np.where(owes & (x >= MOST), ALONE, kind)
    counts = np.where(kind == FREE, 0.0, np.where(kind == ALONE, world.alone, draft.counts))
    return Draft(kind, counts)
