"""What formulas of estimation games say of named strategies."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nashbox.games.deviations import Deviation
from nashbox.games.estimation.exact import exact_answer
from nashbox.games.estimation.game import EstimationGame
from nashbox.problem.plays import Play
from nashbox.strategies import Equivariant, Strategy

Said = list[tuple[str, Strategy, float | None]]


def estimation_claims(game: EstimationGame, i: int) -> tuple[EstimationGame, Said, float, float]:
    """The game that is played, penalties by formula, the best one, and the numerical error.

    Real counts are rounded, as points are drawn in whole numbers. Strategies that do not move with
    mu are left out: what they lose depends on it.
    """
    if not game.problem.integer:
        game = _whole(game)
    answer = exact_answer(game, i)
    view = game.view(i)
    own = game.strategy(i)
    said: Said = [(f"{own.label} (what is audited)", own, answer.penalty)]
    if all(float(x).is_integer() for p in answer.best for x in (p.n, p.s)):
        said.append(("the best deviation", _replayed(answer.best), answer.best_penalty))
    for candidate in game.deviations(i):
        if not isinstance(candidate, Deviation) or not candidate.strategy.invariant(view):
            continue
        plays = candidate.strategy.plays(view)
        found = None if plays is None else view.risks().price(plays)[0]
        said.append((candidate.label, candidate.strategy, found))
    error = answer.penalty_error + answer.best_error
    bound = answer.best_penalty - answer.best_error
    return game, said, bound, error


def _replayed(plays: tuple[Play, ...]) -> Equivariant:
    return Equivariant(
        collect=[int(p.n) for p in plays],
        submit=[int(p.s) for p in plays],
        shift=[float(p.shift) for p in plays],
    )


def _whole(game: EstimationGame) -> EstimationGame:
    problem = replace(game.problem, counts="integer", plan=np.ceil(game.plan))
    terms = game.mechanism.terms(problem, np.ceil(game.plan))
    return replace(game, problem=problem, plan=np.ceil(game.plan), terms=terms)
