"""The search for real counts: many starts, kinds changed one by one, counts polished."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations_with_replacement, product
from math import comb, prod

import numpy as np
from numpy.typing import NDArray

from nashbox.rules.design.goals import Goal
from nashbox.rules.design.polish import polish
from nashbox.rules.design.surrogate import least_excess
from nashbox.rules.design.tables import (
    ALONE,
    FREE,
    OWES,
    Draft,
    Ruled,
    World,
    clipped,
    estimated,
    in_units,
    ruled,
)

Array = NDArray[np.float64]

COMPLETE = 100  # tables of kinds up to which every one is tried
FLIPS = 60  # polished changes of one kind, at most, per design
BIG = 200  # pairs beyond which kinds are changed only where agents are alike:
ALIKE = 12  # so many classes of equal agents at most
WHOLE_GROUP = 0.3  # of n_ind: what who starts to owe owes at first


@dataclass(frozen=True, eq=False)
class Found:
    """The best draft with its rules, and how the kinds were searched."""

    rules: Ruled
    value: tuple[float, float]
    complete: bool
    tried: int


def score(world: World, goal: Goal, draft: Draft) -> tuple[float, float]:
    """The goal by the surrogate."""
    return goal.value(estimated(world, draft).sum(axis=1))


def search(world: World, goal: Goal, drafts: list[Draft]) -> Found | None:
    """The best rules found from `drafts`, None if none of them can be made rational."""
    classes = _classes(world, goal)
    complete = _number_of_kinds(world, classes) <= COMPLETE
    pool = [*drafts]
    if complete:
        pool += list(_all_kinds(world, classes))
    polished: list[tuple[tuple[float, float], int, Draft]] = []
    for draft in pool:
        for candidate in (draft, polish(world, clipped(world, draft), goal, rough=True)):
            value = score(world, goal, candidate)
            if np.isfinite(value[0]):
                polished.append((value, len(polished), candidate))
    if not polished:
        return None
    polished.sort(key=lambda row: row[:2])
    value, _, best = polished[0]
    tried = len(pool)
    if not complete:
        best, more = _flipped(world, goal, best, value)
        tried += more
    sharper = polish(world, best, goal)
    if score(world, goal, sharper) < score(world, goal, best):
        best = sharper
    ordered = [best] + [row[2] for row in polished[:4] if row[2] is not best]
    for draft in ordered:  # the surrogate's first choice nearly always stands
        found = _settled(world, goal, draft)
        if found is not None:
            return Found(found, goal.value(found.penalties), complete, tried)
    return None


def _classes(world: World, goal: Goal) -> NDArray[np.intp]:
    """(m,) the class of each agent: equal costs, outside option and scale."""
    keys = np.column_stack([world.costs, goal.outside, goal.scale])
    return np.unique(keys, axis=0, return_inverse=True)[1].reshape(-1)


def _options(world: World, i: int, k: int) -> tuple[int, ...]:
    return (FREE, OWES, ALONE) if np.isfinite(world.costs[i, k]) else (FREE,)


def _number_of_kinds(world: World, classes: NDArray[np.intp]) -> int:
    """How many tables of kinds there are, agents of a class being exchangeable."""
    number = 1  # of any size: a float would overflow
    for c in np.unique(classes):
        size, i = int((classes == c).sum()), int(np.argmax(classes == c))
        rows = prod(len(_options(world, i, k)) for k in range(world.costs.shape[1]))
        number *= comb(size + rows - 1, rows - 1)
    return number


def _all_kinds(world: World, classes: NDArray[np.intp]) -> Iterator[Draft]:
    """Every table of kinds, up to exchanges of equal agents, with counts to begin with."""
    m, d = world.costs.shape
    choices = []
    for c in np.unique(classes):
        members = np.flatnonzero(classes == c)
        rows = product(*(_options(world, int(members[0]), k) for k in range(d)))
        choices.append(
            [(members, each) for each in combinations_with_replacement(rows, members.size)]
        )
    for choice in product(*choices):
        kind = np.zeros((m, d), dtype=np.int_)
        for members, each in choice:
            kind[members] = np.array(each)
        draft = with_counts(world, kind, np.zeros(kind.shape))
        if draft is not None:
            yield draft


def with_counts(world: World, kind: NDArray[np.int_], counts: Array) -> Draft | None:
    """Counts for kinds: old ones where they fit, enough in sum; None if the kinds cannot work."""
    n_ind = world.n_ind
    n = np.where(kind == ALONE, world.alone, np.where(kind == OWES, counts, 0.0))
    n = np.where((kind == OWES) & (n <= 0), WHOLE_GROUP * n_ind, n)
    for k in range(n.shape[1]):
        owes = kind[:, k] == OWES
        needed = float(np.where(kind[:, k] == ALONE, 0.0, n_ind[:, k]).max(initial=0.0))
        rest = needed * (1.02 if owes.any() else 1 - 1e-9) - n[kind[:, k] == ALONE, k].sum()
        if rest > n[owes, k].sum():
            if not owes.any():
                return None
            n[owes, k] *= rest / n[owes, k].sum()
        if n[:, k].sum() <= 0 or (owes & (n[:, k] > 0.9 * n_ind[:, k])).any():
            room = 0.9 * n_ind[owes, k].sum()
            if n[:, k].sum() <= 0 or room < rest:
                return None
            n[owes, k] = np.minimum(n[owes, k], 0.9 * n_ind[owes, k])
    return Draft(kind, n)


def _flipped(
    world: World, goal: Goal, best: Draft, value: tuple[float, float]
) -> tuple[Draft, int]:
    """Change the kind of one agent at a time, polish, keep what helps; the number of tries."""
    classes = _classes(world, goal)
    tried = 0
    if best.kind.size > BIG and classes.max() >= ALIKE:
        return best, 0
    budget = FLIPS if best.kind.size <= BIG else FLIPS // 4
    while tried < budget:
        moves: list[tuple[tuple[float, float], int, Draft]] = []
        seen = set()
        for i, k in np.ndindex(best.kind.shape):
            for kind in _options(world, i, k):
                key = (int(classes[i]), k, *best.kind[i].tolist(), kind)
                if kind == best.kind[i, k] or key in seen:
                    continue
                seen.add(key)
                changed = best.kind.copy()
                changed[i, k] = kind
                draft = with_counts(world, changed, best.counts)
                if draft is not None:
                    moves.append((score(world, goal, draft), len(moves), draft))
        moves.sort(key=lambda row: row[:2])
        better = False
        for _, _, draft in moves[: max(1, min(12, budget - tried))]:
            tried += 1
            candidate = polish(world, draft, goal, rough=True)
            new = score(world, goal, candidate)
            if new < (value[0] - 1e-9 * abs(value[0]), np.inf):
                best, value, better = candidate, new, True
                break
        if not better:
            break
    return best, tried


def _settled(world: World, goal: Goal, draft: Draft) -> Ruled | None:
    """Exact rules; where anybody owes, polished again with the surrogate corrected by them."""
    found = ruled(world, draft)
    if found is None or not (draft.kind == OWES).any():
        return found if found is not None and goal.rational(found.penalties) else None
    best = found if goal.rational(found.penalties) else None
    for _ in range(4):
        plain = _plain_excess(world, found.draft)
        factor = np.where(np.isfinite(found.excess) & (plain > 0), found.excess / plain, 1.0)
        again = ruled(world, polish(world, found.draft, goal, factor))
        if again is None:
            break
        moved = abs(again.penalties.sum() - found.penalties.sum())
        found = again
        value = goal.value(found.penalties)
        if np.isfinite(value[0]) and (best is None or value < goal.value(best.penalties)):
            best = found
        if moved < 1e-10 * found.penalties.sum():
            break
    return best


def _plain_excess(world: World, draft: Draft) -> Array:
    """The surrogate's excess by pair, 1 where nothing is owed."""
    owes = draft.kind == OWES
    out = np.ones(draft.counts.shape)
    x, t, unit = in_units(world, draft, owes)
    out[owes] = unit * least_excess(x, t, world.secret)
    return out
