"""The joint form: the same kinds, all that an agent owes tied together, counts scaled to match.

One failure costs everything, so debts can be larger for what they cost. The counts of a draft are
scaled, all of them, by distribution and by agent, while the goal gets better by the first-order
conditions; what comes out is proven agent by agent.
"""

from __future__ import annotations

from dataclasses import astuple, replace

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.threshold.bundle import Bundle, Pair, bundled, sketched
from nashbox.rules.design.goals import Goal
from nashbox.rules.design.joint_decoys import Held, secret_excess, secret_rule
from nashbox.rules.design.tables import FREE, OWES, Draft, Ruled, World, bare_prices

Array = NDArray[np.float64]

WORK = 60  # bundles sketched, at most, while counts are scaled
STEPS = (0.25, 0.08, 0.025)
MANY = 16  # different agents who owe, beyond which nothing is scaled


def pairs_of(
    world: World, draft: Draft, i: int, *, tie_free: bool
) -> tuple[tuple[Pair, ...], NDArray[np.intp]]:
    """What agent i is compared on (and receives, with tie_free), sorted, and where it stands."""
    owes, free = draft.kind[i] == OWES, draft.kind[i] == FREE
    members = (
        np.flatnonzero(owes | (free & tie_free)) if owes.any() else np.array([], dtype=np.intp)
    )
    T = draft.totals
    pairs = [
        Pair(
            float(draft.counts[i, k]),
            float(T[k] - draft.counts[i, k]),
            float(world.costs[i, k]),
            float(world.sigma[k]),
        )
        for k in members
    ]
    order = sorted(range(len(pairs)), key=lambda j: astuple(pairs[j]))
    return tuple(pairs[j] for j in order), members[order]


def sketch(world: World, draft: Draft, *, tie_free: bool) -> Array | None:
    """Penalties (m,) by the first-order conditions, None where one has no solution."""
    prices = bare_prices(world, draft)
    if prices is None:
        return None
    base = np.asarray(prices.sum(axis=1))
    for i in range(len(base)):
        pairs, _ = pairs_of(world, draft, i, tie_free=tie_free)
        if not pairs:
            continue
        added = secret_excess(pairs) if world.secret else sketched(pairs, world.integer)
        if not np.isfinite(added):
            return None
        base[i] += added
    return base


def tied(world: World, draft: Draft, *, tie_free: bool) -> Ruled | None:
    """Proven joint rules for a draft, None where an agent has none."""
    prices = bare_prices(world, draft)
    if prices is None:
        return None
    base = np.asarray(prices.sum(axis=1))
    z, t = np.full(draft.counts.shape, np.nan), np.full(draft.counts.shape, np.nan)
    for i in range(len(base)):
        pairs, members = pairs_of(world, draft, i, tie_free=tie_free)
        if not pairs:
            continue
        found: Bundle | Held | None
        if world.secret:
            found = secret_rule(pairs, integer=world.integer)
        else:
            found = bundled(pairs, world.integer)
        if found is None:
            return None
        z[i, members] = found.z
        t[i, members] = found.t
        base[i] += found.excess
    owes = draft.kind == OWES
    rule = np.where(owes, "decoy" if world.secret else "threshold", "")
    nothing = np.full(draft.counts.shape, np.nan)
    return Ruled(draft, rule, base, nothing, z, np.where(owes, t, np.nan), joint=True)


def number_of_agents(world: World, draft: Draft) -> int:
    """How many different agents owe anything."""
    owes = (draft.kind == OWES).any(axis=1)
    keys = np.column_stack([world.costs, draft.counts, draft.kind])[owes]
    return len(np.unique(keys, axis=0))


def improved(world: World, goal: Goal, drafts: list[Draft]) -> Ruled | None:
    """The best joint rules found near the drafts; None if there are none that are rational."""
    best: tuple[tuple[float, float], Draft, bool] | None = None
    for draft in drafts:
        if not (draft.kind == OWES).any():
            continue
        ways = (False, True) if (draft.kind == FREE).any() else (False,)
        values = [_value(world, goal, draft, way) for way in ways]
        tie_free = ways[values.index(min(values))]
        found = scaled(world, goal, draft, tie_free)
        if found is not None and (best is None or found[0] < best[0]):
            best = (found[0], found[1], tie_free)
    if best is None:
        return None
    _, draft, tie_free = best
    result = tied(world, draft, tie_free=tie_free)
    return result if result is not None and goal.rational(result.penalties) else None


def _value(world: World, goal: Goal, draft: Draft, tie_free: bool) -> tuple[float, float]:
    penalties = sketch(world, draft, tie_free=tie_free)
    return (np.inf, np.inf) if penalties is None else goal.value(penalties)


def scaled(
    world: World, goal: Goal, draft: Draft, tie_free: bool
) -> tuple[tuple[float, float], Draft] | None:
    """Pattern search over common factors of all counts, of columns, and of agents."""
    best, here = draft, _value(world, goal, draft, tie_free)
    agents = number_of_agents(world, draft)
    if world.integer or agents > MANY:
        return (here, best) if np.isfinite(here[0]) else None
    owes = draft.kind == OWES
    groups = [owes]
    costs = world.costs
    if costs.shape[1] > 1 and not (costs == costs[:, :1]).all():
        groups += [owes & (np.arange(costs.shape[1]) == k) for k in range(costs.shape[1])]
    rows = np.unique(costs, axis=0)
    if len(rows) > 1:
        groups += [owes & (costs == row).all(axis=1)[:, None] for row in rows]
    groups = [g for g in groups if g.any()]
    work = 0
    for step in STEPS:
        for _ in range(6):
            moved = False
            for group in groups:
                for factor in (1 + step, 1 / (1 + step)):
                    if work > WORK:
                        break
                    work += agents
                    new = replace(best, counts=np.where(group, best.counts * factor, best.counts))
                    there = _value(world, goal, new, tie_free)
                    if there < here:
                        best, here, moved = new, there, True
            if not moved:
                break
    return (here, best) if np.isfinite(here[0]) else None
