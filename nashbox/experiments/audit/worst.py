"""Where nature is worst, beyond the states that a game lists; and mixtures that suffer less there.

Part of the search: what is found is held against the audited strategy on fresh seeds like all else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from nashbox.experiments.audit.arena import Arena, Cell
from nashbox.games.deviations import Deviation
from nashbox.measure.seeds import Stage, child
from nashbox.problem.arrays import Array

MOST, LEAST = 48, 8  # random states a strategy is tried at
NEAR, STEPS = 4, (0.5, 0.25, 0.12)  # states around the worst one, in octaves from it
WORLDS = (16, 200)  # of a state, at least and at most
AGAIN = 3  # times these worlds, for the two states that are compared in the end
SURE = 3.0  # standard errors by which a state is worse on other worlds before it is kept
BLOCK, TABLES, STATES = 10_000, 20_000, 30_000  # numbers of seeds that nothing else has
PARTS = 24  # candidates of which mixtures are made
SMALL = 1e-3  # weight of a mixture that is left out


def seek_worst(arena: Arena, j: int, worst: int, room: int) -> int | None:
    """A state at which strategy j is paid less than at any known one, None if none was found.

    Log-uniform draws, then closer ones around the worst. worst: her place so far. room: worlds
    that may be played.
    """
    later = len(STEPS) * (NEAR + 1) + 2 * AGAIN
    each = int(np.clip(room // (MOST + later), *WORLDS))
    count = min(MOST, room // each - later)
    if len(arena.places[j]) < 2 or count < LEAST:
        return None
    number = child(arena.seed, Stage.SEARCH, arena.player, STATES)  # the same for all j
    found = _lowest(arena, j, [worst, *_others(arena, j, count, number)], each, 0)
    for turn, step in enumerate(STEPS, 1):
        near = _others(arena, j, NEAR, number + turn, arena.states[found], step)
        found = _lowest(arena, j, [found, *near], each, turn)
    if found == worst:
        return None
    cells = [(j, worst), (j, found)]
    played = arena.play(cells, AGAIN * each, Stage.SEARCH, BLOCK + len(STEPS) + 1)
    lost = played[cells[0]].paid - played[cells[1]].paid
    if not np.isfinite(lost).all():
        return found if played[cells[1]].paid.mean() == -np.inf else None
    return found if lost.mean() > SURE * lost.std(ddof=1) / np.sqrt(lost.size) else None


def _others(
    arena: Arena, j: int, count: int, seed: int, near: object = None, step: float = 0.0
) -> list[int]:
    """Places of more states, which are added to the arena's."""
    game, strategy = arena.game, arena.strategies[j]
    return [
        arena.place_of(state)
        for state in game.other_states(arena.player, strategy, count, seed, near, step)
    ]


def _lowest(arena: Arena, j: int, places: Sequence[int], worlds: int, turn: int) -> int:
    played = arena.play([(j, at) for at in places], worlds, Stage.SEARCH, BLOCK + turn)
    return min(places, key=lambda at: float(played[j, at].paid.mean()))


def best_mixture(
    arena: Arena,
    deviations: Sequence[Deviation],
    means: Mapping[Cell, float],
    least: float,
    room: int,
) -> Deviation | None:
    """The mixture that is paid most where it is worst, if that is `least` more than pure ones are.

    A linear programme over candidates and states. means: what each was paid when it was looked at,
    by cell, which says which ones are played again. room: worlds that may be played for that.
    """
    states = arena.places[0] if len(arena.places[0]) > 1 else []
    able = [
        j
        for j in range(1, len(arena.strategies))
        if states and all(np.isfinite(means.get((j, at), np.nan)) for at in states)
    ]
    if len(able) < 2:
        return None
    columns = _unlike(np.array([[means[j, at] for at in states] for j in able]))
    places = [states[k] for k in columns]
    if len(places) < 2 or room // 2 < len(able) * len(places):
        return None
    rows = _promising(_table(arena, able, places, room // 2, 0))
    chosen = [able[row] for row in rows]
    table = _table(arena, chosen, places, room // 2, 1)
    weights, value = maximin(table)
    kept = np.flatnonzero(weights > SMALL)
    if kept.size < 2 or value - table.min(axis=1).max() <= least:
        return None
    parts = [deviations[chosen[k] - 1] for k in kept.tolist()]
    shares = weights[kept] / weights[kept].sum()
    return arena.game.mixed(arena.player, parts, shares.tolist())


def _table(arena: Arena, js: list[int], places: list[int], room: int, turn: int) -> Array:
    """Mean payoffs (len(js), len(places)) in as many worlds as there is room for."""
    each = min(1000, room // (len(js) * len(places)))
    cells = [(j, at) for j in js for at in places]
    played = arena.play(cells, each, Stage.SEARCH, TABLES + turn)
    return np.array([[played[j, at].paid.mean() for at in places] for j in js])


def _unlike(table: Array) -> list[int]:
    """Columns, without those in which all are paid as in an earlier one, rounding errors apart."""
    scale = np.abs(table).max(axis=1, keepdims=True) * 1e-7
    found: list[int] = []
    for k in range(table.shape[1]):
        near = np.abs(table[:, found] - table[:, k : k + 1]) <= scale
        if not near.all(axis=0).any():
            found.append(k)
    return found


def _promising(table: Array) -> list[int]:
    """Rows with the best worst column, and the best ones of every column."""
    each = max(1, PARTS // 2 // table.shape[1])
    rows = [*np.argsort(-table.min(axis=1))[: PARTS // 2]]
    rows += np.argsort(-table, axis=0)[:each].ravel().tolist()
    return sorted({int(row) for row in rows})


def maximin(table: Array) -> tuple[Array, float]:
    """Weights (n,) of rows for which the least column mean of `table` (n, states) is largest.

    >>> weights, value = maximin(np.array([[1.0, 0.0], [0.0, 1.0], [0.4, 0.4]]))
    >>> weights.round(6).tolist(), round(value, 6)
    ([0.5, 0.5, 0.0], 0.5)
    """
    from scipy.optimize import linprog

    least = table.min(axis=1)
    pure = float(least.max())
    spread = float(table.max()) - pure or 1.0
    able = np.flatnonzero(least >= pure - spread / SMALL)  # others would have weights below SMALL
    n, states = able.size, table.shape[1]
    answer = linprog(
        np.append(np.zeros(n), -1.0),
        A_ub=np.column_stack([(pure - table[able].T) / spread, np.ones(states)]),
        b_ub=np.zeros(states),
        A_eq=np.append(np.ones(n), 0.0)[None],
        b_eq=[1.0],
        bounds=[(0.0, 1.0)] * n + [(None, None)],
    )
    weights = np.zeros(table.shape[0])
    weights[able] = np.eye(n)[least[able].argmax()] if answer.x is None else answer.x[:n]
    weights = np.clip(weights, 0.0, 1.0) / weights.clip(0.0, 1.0).sum()
    return weights, float((weights @ table).min())
