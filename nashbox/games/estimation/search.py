"""The search of a black-box audit of mean estimation: counts and estimator weights together.

A candidate is a spec, as problem files write it, so that it can be replayed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from nashbox.games.deviations import Deviation
from nashbox.games.estimation.catalogue import equivariant, ints, named
from nashbox.games.estimation.nature import play_block
from nashbox.measure.seeds import Stage, child
from nashbox.mechanisms.rounding import alone_counts, finite_product
from nashbox.problem.arrays import Array
from nashbox.problem.spec import Spec
from nashbox.strategies import Equivariant

if TYPE_CHECKING:
    from nashbox.games.estimation.game import EstimationGame


NEARLY_ONE = 0.05  # fitted weights closer to 1 than this are accepting
FACTORS = (0.0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0, 1.125, 1.25, 1.5, 2.0)


BOX_CLASS = (
    "all that moves along with the data: collect n points, n* of them owed, hand in s points moved "
    "by Delta, distributions taken one apart from the other, simulated: counts searched, s in {0, "
    "1, n, n*, 2n*}, Delta in {0, +-1/2, +-1, +-2} standard errors, estimators linear in the "
    "information and fitted; what lies outside is covered by the risk that all data of everybody "
    "together would give"
)
BOX_SHIFTS = (0.5, -0.5, 1.0, -1.0, 2.0, -2.0)


def box(game: EstimationGame, agent: int, seed: int, budget: int) -> tuple[list[Deviation], int]:
    """Points of the box (n, s, Delta) to measure: around the searched counts, and its edges."""
    found, used = searched(game, agent, seed, budget)
    owed, sigma = game.terms.counts[agent], game.terms.sigma
    specs = [candidate.spec for candidate in found] + [Spec("free_rider")]
    for n in dict.fromkeys((tuple(found[0].spec.parameters["collect"]), tuple(ints(owed)))):
        ones, twice = [1] * len(n), [2 * x for x in ints(owed)]
        for s in ([0] * len(n), ones, ints(owed), twice):
            paid = [y if x else 0 for x, y in zip(n, s, strict=True)]
            specs.append(equivariant(list(n), paid, estimator="pitman"))
        for shift in BOX_SHIFTS:
            moved = [float(shift * v / np.sqrt(max(1, x))) for v, x in zip(sigma, n, strict=True)]
            specs.append(equivariant(list(n), list(n), moved))
    return [named(spec) for spec in specs], used


def searched(
    game: EstimationGame, agent: int, seed: int, budget: int
) -> tuple[list[Deviation], int]:
    """Search counts per distribution and estimator weights; return candidates, worlds used.

    Penalties of separate distributions add up for most mechanisms, so every distribution's best
    count is read off the same run; what comes out is only a candidate, measured again as a whole.
    """
    coarse = _count_grid(game, agent)
    total = len(coarse) * 2 * 2  # two families, two rounds
    worlds = max(2, budget // total)
    found: list[Deviation] = []
    used = 0
    for pad in (False, True):
        grid = coarse
        tables: list[tuple[Array, Array, Array, Array]] = []
        for round_ in range(2):
            tables += _evaluate(
                game, agent, grid, pad, worlds, child(seed, Stage.SEARCH, agent, 1, round_)
            )
            used += worlds * len(grid)
            best = best_apart([(counts, fitted) for counts, _, fitted, _ in tables])
            grid = possible(game, agent, around(best, 0.06, range(-3, 4)))
        for fitted in (True,) if pad else (False, True):  # who pads has to weight anew
            found.append(_combine(game, agent, tables, pad=pad, fitted=fitted))
    return _without_doubles(found), used


def _without_doubles(found: list[Deviation]) -> list[Deviation]:
    """Drop fitted strategies that do what an accepting one does: weights of 1 but for noise."""
    plain = [
        (c.spec.parameters["collect"], c.spec.parameters["submit"])
        for c in found
        if c.spec.parameters["estimator"] == "accept"
    ]

    def double(c: Deviation) -> bool:
        weights, same = c.spec.parameters["estimator"], c.spec.parameters
        if isinstance(weights, str) or (same["collect"], same["submit"]) not in plain:
            return False
        return all(abs(w - 1) < NEARLY_ONE for w in weights)

    return [c for c in found if not double(c)]


def _count_grid(game: EstimationGame, agent: int) -> list[Array]:
    """Vectors of counts: multiples of the recommended ones (of working alone where 0 is owed)."""
    costs, sigma = game.problem.costs[agent : agent + 1], game.terms.sigma
    owed = game.terms.counts[agent]
    alone = alone_counts(costs, sigma, integer=True)[0]
    scale = np.where(owed > 0, owed, alone)
    multiples = [np.rint(f * scale) for f in FACTORS]
    return possible(game, agent, [*multiples, np.ones_like(scale), alone])


def possible(game: EstimationGame, agent: int, grid: Sequence[Array]) -> list[Array]:
    """Vectors of counts (d,), each once, with 0 of what the agent cannot sample."""
    blocked = np.isinf(game.problem.costs[agent])
    rows = (tuple(np.where(blocked, 0.0, row).tolist()) for row in grid)
    return [np.array(row) for row in dict.fromkeys(rows)]


def around(best: Array, part: float, steps: Sequence[int]) -> list[Array]:
    """Counts (d,) so many steps away from the best ones, each step `part` of them, at least 1."""
    step = np.maximum(1.0, np.rint(best * part))
    return [np.maximum(0.0, best + j * step) for j in steps]


def best_apart(table: Sequence[tuple[Array, Array]]) -> Array:
    """The best count of every distribution, (d,), one apart from the other.

    table: counts with their prices, (d,) each: all are read off the same runs.
    """
    counts, prices = (np.array(column) for column in zip(*table, strict=True))
    return np.asarray(np.take_along_axis(counts, prices.argmin(axis=0)[None], axis=0)[0])


def _evaluate(
    game: EstimationGame, agent: int, grid: list[Array], pad: bool, worlds: int, seed: int
) -> list[tuple[Array, Array, Array, Array]]:
    """Play every vector of counts; return (counts, price, fitted price, weight), each (d,)."""
    owed, costs = game.terms.counts[agent], game.problem.costs[agent]
    plays = []
    for n in grid:
        s = np.where(n > 0, np.maximum(n, owed), 0.0) if pad else n
        plays.append(Equivariant(collect=ints(n), submit=ints(s), estimator="accept"))
    rows = []
    d = costs.size
    trials = play_block(game, agent, plays, seed, np.zeros(d), worlds)
    for n, trial in zip(grid, trials, strict=True):
        cost = finite_product(costs, n)
        price = trial.errors.mean(axis=0) + cost
        weight, fitted = np.ones(d), price.copy()
        if trial.information is not None:
            for k in np.nonzero(n > 0)[0]:
                own, moved = trial.own[:, k], trial.information[:, k] - trial.own[:, k]
                spread = float(np.nanmean(moved * moved)) if not np.isnan(moved).all() else 0.0
                if spread > 1e-9 * float(np.mean(own * own)):  # else I says nothing beyond X-bar
                    weight[k] = -float(np.nanmean(own * moved)) / spread
                error = np.where(np.isnan(moved), own, own + weight[k] * moved)
                fitted[k] = float(np.square(error).mean()) + cost[k]
        rows.append((n, price, fitted, weight))
    return rows


def _combine(
    game: EstimationGame,
    agent: int,
    tables: list[tuple[Array, Array, Array, Array]],
    *,
    pad: bool,
    fitted: bool,
) -> Deviation:
    """Put the best count of every distribution together."""
    column = 2 if fitted else 1
    d = tables[0][0].size
    owed = game.terms.counts[agent]
    best = [min(tables, key=lambda row: row[column][k]) for k in range(d)]
    if not pad and not fitted and all(best[k][0][k] == owed[k] for k in range(d)):
        # that is honesty under another name: take the least bad other count instead
        others = [
            (row[column][k] - best[k][column][k], k, place)
            for place, row in enumerate(tables)
            for k in range(d)
            if row[0][k] != owed[k]
        ]
        if others:
            _, k, place = min(others)
            best[k] = tables[place]
    n = np.array([best[k][0][k] for k in range(d)])
    s = np.where(n > 0, np.maximum(n, owed), 0.0) if pad else n
    weights: str | list[float] = "accept"
    if fitted:
        weights = [round(float(best[k][3][k]), 6) for k in range(d)]
    return named(equivariant(ints(n), ints(s), estimator=weights))
