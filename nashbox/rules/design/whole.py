"""Whole numbers: counts rounded, repaired, and moved by single points, with rules made for them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.rounding import alone_counts
from nashbox.mechanisms.threshold.enforcing import wants_nothing
from nashbox.rules.design.goals import Goal
from nashbox.rules.design.tables import ALONE, FREE, OWES, Draft, Ruled, World, ruled

Array = NDArray[np.float64]

WORK = 1500  # rules made, at most, while points are moved
REPAIRS = 400


def rounded(world: World, draft: Draft) -> Draft:
    """Owed counts by largest remainders, at least 1 each; alone the best whole number."""
    counts = np.where(
        draft.kind == ALONE, alone_counts(world.costs, world.sigma, integer=True), 0.0
    )
    for k in range(counts.shape[1]):
        owes = np.flatnonzero(draft.kind[:, k] == OWES)
        if not owes.size:
            continue
        real = draft.counts[owes, k]
        whole = np.maximum(np.floor(real), 1.0)
        missing = int(np.floor(real.sum() + 0.5) - whole.sum())
        if missing > 0:
            order = np.lexsort((np.arange(owes.size), -np.round(real - whole, 9)))
            whole[order[:missing]] += 1
        counts[owes, k] = whole
    return Draft(draft.kind, counts)


def repaired(world: World, draft: Draft) -> Draft:
    """Change what cannot be enforced: one point less, or work alone; more data for who receives."""
    kind, counts = draft.kind.copy(), draft.counts.copy()
    alone = alone_counts(world.costs, world.sigma, integer=True)
    for k in range(kind.shape[1]):
        s = float(world.sigma[k])
        for _ in range(REPAIRS):
            T, changed = float(counts[:, k].sum()), False
            for i in range(kind.shape[0]):
                n, c = float(counts[i, k]), float(world.costs[i, k])
                if kind[i, k] == FREE and not wants_nothing(T, c, s, integer=True):
                    if np.isinf(c):
                        continue
                    kind[i, k], counts[i, k] = ALONE, alone[i, k]
                elif kind[i, k] == OWES and world.best_rule(n, T - n, i, k) is None:
                    if n > 1 and s / np.sqrt(c) < T - 1:
                        counts[i, k] = n - 1
                    else:
                        kind[i, k], counts[i, k] = ALONE, alone[i, k]
                else:
                    continue
                changed = True
                break
            if not changed:
                break
    return Draft(kind, counts)


def whole(world: World, goal: Goal, draft: Draft) -> Ruled | None:
    """Rules for whole numbers near a draft, moved point by point while that helps."""
    found = ruled(world, repaired(world, rounded(world, draft)))
    if found is None:
        return None
    best, value = found, goal.value(found.penalties)
    work, m = 0, draft.kind.shape[0]
    improved = True
    while improved and work < WORK:
        improved = False
        for kind, counts in moves(world, best.draft):
            work += m
            new = ruled(world, Draft(kind, counts))
            if new is None:
                continue
            new_value = goal.value(new.penalties)
            if new_value < value:
                best, value, improved = new, new_value, True
                break
            if work >= WORK:
                break
    return best


def _evened(world: World, draft: Draft, k: int) -> list[tuple[NDArray[np.int_], Array]]:
    """A point of an agent who owes two more than another of the same cost goes to that one."""
    owing, moves = np.flatnonzero(draft.kind[:, k] == OWES), []
    for cost in np.unique(world.costs[owing, k]):
        equal = owing[world.costs[owing, k] == cost]
        owed = draft.counts[equal, k]
        if owed.max() >= owed.min() + 2:
            new = draft.counts.copy()
            new[equal[owed.argmax()], k] -= 1
            new[equal[owed.argmin()], k] += 1
            moves.append((draft.kind, new))
    return moves


def moves(world: World, draft: Draft) -> list[tuple[NDArray[np.int_], Array]]:
    """One point more or less for one agent or for all equal ones; small debts forgiven.

    First of all, equal agents' debts are evened: no single point does that.
    """
    moves = []
    kind, counts = draft.kind, draft.counts
    alone = alone_counts(world.costs, world.sigma, integer=True)
    seen = set()
    for k in range(kind.shape[1]):
        moves += _evened(world, draft, k)
        for i in range(kind.shape[0]):
            same = (world.costs[:, k] == world.costs[i, k]) & (counts[:, k] == counts[i, k])
            same &= kind[:, k] == kind[i, k]
            key = (k, world.costs[i, k], counts[i, k], kind[i, k])
            if key in seen:
                continue
            seen.add(key)
            for group in (same, np.arange(kind.shape[0]) == i) if same.sum() > 1 else (same,):
                for step in (-1, 1):
                    new = counts.copy()
                    new[group, k] += step
                    if kind[i, k] == OWES and new[i, k] >= 1:
                        moves.append((kind, new))
                    if kind[i, k] == OWES and new[i, k] == 0:
                        moves.append((np.where(new == 0, FREE, kind), new))
                    if kind[i, k] == FREE and step == 1 and np.isfinite(world.costs[i, k]):
                        owing = kind.copy()
                        owing[group, k] = OWES
                        moves.append((owing, new))
            if kind[i, k] == OWES and 2 * counts[i, k] > alone[i, k]:
                home, new = kind.copy(), counts.copy()
                home[i, k], new[i, k] = ALONE, alone[i, k]
                moves.append((home, new))
    return moves
