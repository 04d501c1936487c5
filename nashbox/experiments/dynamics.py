"""Best-response dynamics on exact penalties: no points are drawn, counts may be real."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.game import Game
from nashbox.problem.terms import View
from nashbox.strategies import best_plays

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Dynamics:
    """counts: (sweeps + 1, m, d) points handed in. converged: the last sweep changed nothing."""

    counts: Array
    converged: bool

    @property
    def totals(self) -> Array:
        """All data, (sweeps + 1, d)."""
        return np.asarray(self.counts.sum(axis=1))


def best_response_dynamics(
    game: Game, start: Array | None = None, *, sweeps: int = 100, tolerance: float = 1e-6
) -> Dynamics:
    """Agents answer one at a time in index order, from the recommended counts or from `start`.

    Raises ContractError for a mechanism without exact formulas.
    """
    counts = (game.terms.counts if start is None else start).astype(float).copy()
    path = [counts.copy()]
    converged = False
    for _ in range(sweeps):
        for i in range(game.problem.m):
            plays = best_plays(View(i, game.terms, counts))
            counts[i] = [play.n for play in plays]
        path.append(counts.copy())
        if np.allclose(path[-1], path[-2], rtol=tolerance, atol=tolerance):
            converged = True
            break
    return Dynamics(np.array(path), converged)
