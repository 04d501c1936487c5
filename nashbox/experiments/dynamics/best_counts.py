"""Best-response dynamics on exact penalties: no points are drawn, counts may be real.

b_i(n_-i) = argmin_n of best_risk_i(n; n_-i) + c_i n, over all counts and all uses of the answer
(Clinton et al. 2025, section 3.2: under the sample mean max(0, n_ind - N_-i)).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.dynamics.adaptation import AdaptRun
from nashbox.experiments.dynamics.menu import shown
from nashbox.games.estimation import EstimationGame, prepare
from nashbox.games.estimation.comparison.exact_game import ExactGame
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.terms import View
from nashbox.strategies import best_plays

Array = NDArray[np.float64]
OF_NORMAL_DATA = " for normal data; to play the file's measurements takes a menu"


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
    exact = ExactGame(game)
    return exact.penalties(counts, exact.plays(counts))


def path_of(
    problem: EstimationProblem, rounds: int, order: Literal["sequential", "simultaneous"]
) -> AdaptRun:
    """The dynamics from the recommendation as a path of `adapt`."""
    game = prepare(problem, recommended=True)
    found = best_response_dynamics(game, sweeps=rounds, order=order)
    counts = found.counts
    rows, steps, paid = [], [], np.zeros(problem.m)
    for t in range(rounds + 1):
        here = counts[min(t, len(counts) - 1)]
        if t < len(counts):
            paid = penalties(game, here)
        row = {"round": t, "shares": None, "share_honest": None, "data": float(here.sum())}
        by = dict(zip(problem.distributions, here.sum(axis=0).tolist(), strict=True))
        rows.append({**row, "data_by": by, "social_penalty": float(paid.sum()), "se": 0.0})
        for i, name in enumerate(problem.names):
            play = {"strategy": "best_response", "collected": here[i].tolist()}
            steps.append({"Step": t, "AgentID": name, **play, "penalty": float(paid[i]), "se": 0.0})
    rest = len(counts) - 2 if found.converged else None  # the last sweep changed nothing
    data = "" if problem.source.normal else OF_NORMAL_DATA
    text = f"exact: {game.formulas}{data}"
    return AdaptRun(shown(problem.mechanism), text, True, 0, rows, steps, rest)
