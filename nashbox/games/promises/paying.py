"""What every game keeps: (m, R) real payments, the same for the same seed, whatever R."""

from __future__ import annotations

import numpy as np

from nashbox.games.base import Game
from nashbox.games.promises.piece import blamed
from nashbox.problem.answers import only_ruin
from nashbox.problem.arrays import Array
from nashbox.problem.errors import ContractError

SIZES = (1, 2, 64)


def payments(game: Game, worlds: int, seed: int) -> Array:
    """Payments (m, R) of the profile. Raises ContractError for others: shape, NaN, too good."""
    name = type(game).__name__
    with blamed(name):
        found = np.asarray(next(iter(game.trials(0, [game.strategy(0)], worlds, seed))))
    if found.shape != (game.m, worlds):
        raise ContractError(
            f"{name}: {worlds} worlds must pay ({game.m}, {worlds}) numbers, got {found.shape}"
        )
    if found.dtype.kind not in "biuf":
        raise ContractError(f"{name}: payments must be real numbers, got {found.dtype}")
    if np.isnan(found).any():
        raise ContractError(f"{name}: a payment is NaN")
    only_ruin(name, game.pays.sign * found)
    return found


def hold_sizes(game: Game) -> None:
    """Hold a game to payments of the right shape, whatever R. Raises ContractError."""
    for worlds in SIZES:
        payments(game, worlds, 1)


def hold_seed(game: Game, seed: int = 7) -> None:
    """Hold a game to the same payments for the same seed, also after other games were played.

    Raises ContractError.
    """
    first = payments(game, 64, seed)
    payments(game, 11, seed + 1)
    again = payments(game, 64, seed)
    if not np.array_equal(first, again):
        i, r = np.argwhere(first != again)[0]
        raise ContractError(
            f"{type(game).__name__}: two runs with one seed pay different amounts: "
            f"{game.players[i]} gets {first[i, r]:.6g} and {again[i, r]:.6g}"
        )
