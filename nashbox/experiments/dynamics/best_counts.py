"""Best-response dynamics on exact penalties: no points are drawn, counts may be real.

b_i(n_-i) = argmin_n of best_risk_i(n; n_-i) + c_i n, over all counts and all uses of the answer
(Clinton et al. 2025, section 3.2: under the sample mean max(0, n_ind - N_-i)).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nashbox.games.estimation import EstimationGame
from nashbox.problem.terms import View
from nashbox.strategies import best_plays
from nashbox.strategies.response import known_channels, price

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Dynamics:
    """counts: (sweeps + 1, m, d) points collected. converged: the last sweep changed nothing."""

    counts: Array
    converged: bool

    @property
    def totals(self) -> Array:
        """All data, (sweeps + 1, d)."""
        return np.asarray(self.counts.sum(axis=1))


def best_response_dynamics(
    game: EstimationGame,
    start: Array | None = None,
    *,
    sweeps: int = 100,
    tolerance: float = 1e-6,
    order: Literal["sequential", "simultaneous"] = "sequential",
) -> Dynamics:
    """Agents answer from the recommended counts or from `start`, (m, d).

    order: one at a time in index order, or all at once. Raises ContractError for a mechanism
    without exact formulas.
    """
    counts = (game.terms.counts if start is None else start).astype(float).copy()
    path = [counts.copy()]
    converged = False
    for _ in range(sweeps):
        seen = counts if order == "sequential" else counts.copy()
        for i in range(game.problem.m):
            plays = best_plays(View(i, game.terms, seen))
            counts[i] = [play.n for play in plays]
        path.append(counts.copy())
        if np.allclose(path[-1], path[-2], rtol=tolerance, atol=tolerance):
            converged = True
            break
    return Dynamics(np.array(path), converged)


def penalties(game: EstimationGame, counts: Array) -> Array:
    """Penalties (m,) of agents who collect `counts` and make the best of what they get."""
    found = np.zeros(game.problem.m)
    for i in range(game.problem.m):
        view = View(i, game.terms, counts)
        channels = zip(known_channels(view), counts[i], strict=True)
        found[i] = price(view, [channel.best_play(float(n)) for channel, n in channels])[0]
    return found
