"""Strategies of one player compared in the same worlds, without any search or verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nashbox.games.base import Game
from nashbox.measure.moments import Moments
from nashbox.measure.seeds import Stage, child


@dataclass(eq=False)
class Paired:
    """Payoffs of all strategies, the audited one first, and their paired gains over it."""

    payoffs: list[Moments]
    gains: list[Moments]


def paired(
    game: Game, player: int, strategies: Sequence[Any], worlds: int, seed: int, stage: Stage
) -> Paired:
    """Play strategies of one player in `worlds` worlds, in blocks of the game's."""
    sign, size = game.pays.sign, min(game.room, worlds)
    out = Paired([Moments() for _ in strategies], [Moments() for _ in strategies])
    for block in range(-(-worlds // size)):
        number = child(seed, stage, player, block)
        base = None
        state = game.states(player, strategies[0])[0]
        for j, played in enumerate(game.own_trials(player, strategies, size, number, state)):
            mine = sign * played.paid
            base = mine if base is None else base
            out.payoffs[j].add(mine)
            out.gains[j].add(mine - base)
    return out
