"""`hold`: every promise of a game that is about to be audited."""

from __future__ import annotations

import numpy as np

from nashbox.experiments.audit.promises.alikeness import declares_alike, hold_alike
from nashbox.games.base import Game
from nashbox.games.promises.shipped import all_shipped
from nashbox.games.registry import engine


def hold(game: Game, seed: int) -> None:
    """Hold a game to what its classes promise, before it is audited.

    Mechanism, strategies, payments and the game itself are tested if they are not nashbox's own.
    seed: of the audit; tests draw from streams of their own. Raises ContractError, one line that
    names class, promise and what was seen. A class that keeps its promises is accused with a
    chance below 1e-4 an audit.
    """
    if "published" in game.engines:
        engine(game, "published")(game)
    if not all_shipped(game):
        number = int(np.random.SeedSequence([seed, 1 << 20]).generate_state(1)[0])
        engine(game, "promises")(game, number)
        if declares_alike(game):
            hold_alike(game, number)
