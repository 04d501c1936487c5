"""Which coalitions are examined: all of them, or one for each combination of equal agents."""

from __future__ import annotations

from itertools import combinations, combinations_with_replacement

import numpy as np

from nashbox.games.estimation import EstimationGame

ALL = 66  # coalitions up to which every one is examined


def alike(game: EstimationGame) -> list[tuple[int, ...]]:
    """Agents with equal costs and equal published terms, in order of their first member."""
    m = game.problem.m
    tables = [v for v in vars(game.terms).values() if isinstance(v, np.ndarray) and len(v) == m]
    groups: dict[tuple[bytes, ...], list[int]] = {}
    for i in range(m):
        key = tuple(np.ascontiguousarray(t[i]).tobytes() for t in tables if t.shape[:1] == (m,))
        groups.setdefault(key, []).append(i)
    return [tuple(g) for g in groups.values()]


def candidates(game: EstimationGame, size: int) -> tuple[list[tuple[int, ...]], bool]:
    """Coalitions of `size` agents, and whether they are all there are.

    Else one for every multiset of groups of equal agents, who are exchangeable.
    """
    from math import comb

    m = game.problem.m
    if comb(m, size) <= ALL:
        return list(combinations(range(m), size)), True
    groups = alike(game)
    found = []
    for pick in combinations_with_replacement(range(len(groups)), size):
        members: list[int] = []
        for group in dict.fromkeys(pick):
            if pick.count(group) <= len(groups[group]):
                members += groups[group][: pick.count(group)]
        if len(members) == size:
            found.append(tuple(sorted(members)))
    return found, False
