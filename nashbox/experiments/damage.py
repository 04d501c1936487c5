"""What a deviation does to the others, by simulation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.audit.result import Deviation
from nashbox.experiments.moments import Moments
from nashbox.experiments.seeds import Stage, child
from nashbox.games.estimation import EstimationGame
from nashbox.games.estimation.bench import all_equivariant, gain_of
from nashbox.problem.spec import Spec
from nashbox.strategies import make_strategy

Array = NDArray[np.float64]

WORLDS = 2000
PLACES = (0.0, 8.0, -8.0, 1e6, -1e6)  # mu in sigma, tried where the deviation is not equivariant


def simulated_damage(
    game: EstimationGame, agent: int, deviation: Deviation, seed: int
) -> tuple[float, float]:
    """Sum of the others' penalties with the deviation minus without, and its standard error.

    Both are played on the same seeds; the largest over PLACES where the deviation is not
    translation-equivariant.
    """
    name = game.problem.names[agent]
    spec = Spec(deviation.strategy, deviation.parameters)
    strategy = make_strategy(spec, "deviation", game.problem.folder)
    changed = game.with_strategies({name: strategy})
    places = (0.0,) if all_equivariant(game, agent, strategy) else PLACES
    losses = []
    for place in places:
        moments = Moments()
        before, after = (_others(g, agent, seed, place) for g in (game, changed))
        moments.add(-gain_of(before, after).sum(axis=0))
        losses.append((moments.mean, moments.se))
    return max(losses)


def _others(game: EstimationGame, agent: int, seed: int, place: float) -> Array:
    model = game.model(
        WORLDS,
        child(seed, Stage.DAMAGE, agent),
        offset=place * game.problem.sigma,
        what_if=True,
    )
    model.step()
    penalties = [a.penalty for a in model.players if a.index != agent]
    return np.array(penalties) if penalties else np.zeros((1, WORLDS))
