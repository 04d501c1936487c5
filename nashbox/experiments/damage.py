"""What a deviation does to the others, by simulation."""

from __future__ import annotations

import numpy as np

from nashbox.games.base import Game
from nashbox.games.deviations import Deviation
from nashbox.measure.moments import Moments, difference
from nashbox.measure.seeds import Stage, child

WORLDS = 2000
STATES = 5  # of nature, the first ones, tried where a deviation has a worst state


def simulated_damage(
    game: Game, player: int, deviation: Deviation, seed: int
) -> tuple[float, float]:
    """Sum of the others' payoffs without the deviation minus with, and its standard error.

    Both are played on the same seeds; the largest over a few states of nature where her strategy
    has a worst one.
    """
    number = child(seed, Stage.DAMAGE, player)
    tried = [game.strategy(player), deviation.strategy]
    losses = []
    for state in game.states(player, deviation.strategy)[:STATES]:
        before, after = (
            game.pays.sign * np.delete(paid, player, axis=0)
            for paid in game.trials(player, tried, WORLDS, number, state)
        )
        moments = Moments()
        with np.errstate(invalid="ignore"):
            moments.add(difference(before, after).sum(axis=0))
        losses.append((moments.mean, moments.se))
    return max(losses)
