"""Where the search begins, and what a design has to beat: plans, CBL, no leverage, alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nashbox.rules.design.column import best_column
from nashbox.rules.design.goals import Goal
from nashbox.rules.design.tables import ALONE, FREE, OWES, Draft, World, clipped, estimated

Array = NDArray[np.float64]

SWEEPS = 4  # over the distributions, until nothing changes


def everybody_alone(world: World) -> Draft:
    """All work alone where they can; who cannot gets the others' mean."""
    kind = np.where(np.isfinite(world.costs), ALONE, FREE)
    return Draft(kind, world.alone)


def no_leverage(world: World, *, in_turns: bool = False) -> Draft:
    """In each distribution one cheapest agent works alone, and the others receive her mean.

    in_turns: of those who are equally cheap whoever has least to do so far, else the first.
    """
    kind = np.full(world.costs.shape, FREE)
    load = np.zeros(len(world.costs))
    for k in range(world.costs.shape[1]):
        cheapest = world.costs[:, k] == world.costs[:, k].min()
        i = int(np.argmin(np.where(cheapest, load, np.inf)))
        kind[i, k] = ALONE
        load[i] += world.alone_prices()[i, k] if in_turns else 0.0
    return Draft(kind, np.where(kind == ALONE, world.alone, 0.0))


def of_plan(world: World, plan: Array) -> Draft:
    """What a plan asks for, owed; who owes nothing receives, or works alone to be honest."""
    kind = np.where(plan > 0, OWES, FREE)
    draft = clipped(world, Draft(kind, plan.astype(float)))
    T = draft.totals
    short = (draft.kind != ALONE) & (world.n_ind >= T) & np.isfinite(world.costs)
    kind = np.where(short, ALONE, draft.kind)
    return Draft(kind, np.where(short, world.alone, draft.counts))


def column_by_column(world: World, goal: Goal, start: Draft) -> Draft:
    """The best kinds and counts of one distribution after the other, the rest staying."""
    draft = start
    d = world.costs.shape[1]
    for _ in range(1 if d == 1 else SWEEPS):
        before = goal.value(_known(estimated(world, draft)).sum(axis=1))
        for k in range(d):
            prices = _known(estimated(world, draft))
            base = prices.sum(axis=1) - prices[:, k]
            found = best_column(world.costs[:, k], float(world.sigma[k]), base, goal, world.secret)
            if found is None:
                continue
            kind, counts = draft.kind.copy(), draft.counts.copy()
            kind[:, k], counts[:, k] = found
            new = Draft(kind, counts)
            old_value = goal.value(prices.sum(axis=1))
            if goal.value(estimated(world, new).sum(axis=1)) <= old_value:
                draft = new
        if not goal.value(estimated(world, draft).sum(axis=1)) < before:
            break
    return draft


def _known(prices: Array) -> Array:
    return np.where(np.isfinite(prices), prices, 1e6 * np.nanmax(prices[np.isfinite(prices)]))
