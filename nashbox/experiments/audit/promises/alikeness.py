"""Strategies that a game calls alike: in every world they are paid the same."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import Any

import numpy as np

from nashbox.experiments.audit.pool import CandidatePool
from nashbox.games.base import Game
from nashbox.games.promises.piece import blamed
from nashbox.problem.arrays import Array
from nashbox.problem.errors import ContractError

CANDIDATES = 60  # of each player, among which those that are alike are found
PLAYERS, KINDS, EACH = 20, 5, 8  # tested at most: players, kinds of hers, others of a kind
WORLDS = 64


def declares_alike(game: Game) -> bool:
    """Whether a game calls any strategies alike; each stands for itself in most."""
    return type(game).alike is not Game.alike


def hold_alike(game: Game, seed: int) -> None:
    """Hold a game to payments that are the same for strategies it calls alike.

    Audits play one of them for all. Each is played by itself, on the same seed: exact comparison,
    so that nobody who keeps the promise is accused. Raises ContractError.
    """
    name = type(game).__name__
    for i in range(min(game.m, PLAYERS)):
        for first, *others in _kinds(game, i):
            wanted = _paid(game, i, first, seed)
            for other in others:
                found = _paid(game, i, other, seed)
                if not np.array_equal(wanted, found, equal_nan=True):
                    r = int(np.flatnonzero(wanted != found)[0])
                    raise ContractError(
                        f"{name}.alike: {game.players[i]} is paid {wanted[r]:.6g} with "
                        f"{_shown(first)} and {found[r]:.6g} with {_shown(other)} in one world, "
                        "and they are called alike"
                    )


def _kinds(game: Game, i: int) -> Iterator[list[Any]]:
    """Strategies of a player that are called alike: the first of a kind, and others all over it."""
    with blamed(type(game).__name__):
        kinds: dict[Hashable, list[Any]] = {}
        for strategy in CandidatePool.of(game, i, CANDIDATES).strategies:
            kinds.setdefault(game.alike(i, strategy), []).append(strategy)
    several = [kind for kind in kinds.values() if len(kind) > 1]
    for kind in several[:KINDS]:
        places = np.unique(np.linspace(1, len(kind) - 1, EACH).astype(int)).tolist()
        yield [kind[0], *(kind[place] for place in places)]


def _paid(game: Game, i: int, strategy: Any, seed: int) -> Array:
    with blamed(type(game).__name__):
        return np.asarray(next(iter(game.trials(i, [strategy], WORLDS, seed)))[i])


def _shown(strategy: Any) -> str:
    return str(getattr(strategy, "label", type(strategy).__name__))
