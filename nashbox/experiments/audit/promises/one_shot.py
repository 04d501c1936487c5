"""One-shot games: what is drawn, done and paid in a world depends on nothing in the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nashbox.agents.one_shot import numbers
from nashbox.experiments.audit.pool import CandidatePool
from nashbox.games.base import Game
from nashbox.games.one_shot import OneShot
from nashbox.games.promises.dice import hold_dice
from nashbox.games.promises.independence import hold_apart
from nashbox.games.promises.memory import forgetful
from nashbox.games.promises.paying import hold_seed, hold_sizes
from nashbox.games.promises.piece import Block, Piece, all_alike, asked, blamed, columns_of
from nashbox.games.promises.shipped import pure, shipped
from nashbox.problem.arrays import Array
from nashbox.problem.errors import ContractError
from nashbox.problem.parameters import same

STRATEGIES = 5  # of each player, among which worlds draw what is done in them


@dataclass(frozen=True, eq=False)
class OneShotPiece(Piece):
    """A piece of a one-shot game; worlds that look otherwise are drawn as these are."""

    game: OneShot

    def strange(self, block: Block, rng: np.random.Generator) -> Sequence[Block]:
        """Other worlds, and worlds that are all alike."""
        other = self.draw(len(block[0]), rng)
        return other, all_alike(other)


@dataclass(frozen=True, eq=False)
class Payments(OneShotPiece):
    """Mechanism and payments: what everybody does and knows in, what everybody is paid out."""

    menu: list[list[Any]]  # strategies of each player

    @property
    def label(self) -> str:
        """Class and methods, for errors."""
        game = self.game
        return f"{type(game).__name__}.pay with {type(game.mechanism).__name__}.mediate"

    def draw(self, worlds: int, rng: np.random.Generator) -> Block:
        """Actions (R, ...) of strategies that each world draws, then what nature tells."""
        private = told(self.game, worlds, rng)
        actions = []
        for i, menu in enumerate(self.menu):
            view = self.game.view(i, worlds, private[i])
            done = np.array([act(self.game, i, s, view, rng) for s in menu])
            actions.append(done[rng.integers(len(menu), size=worlds), np.arange(worlds)])
        return [*actions, *(_array(x, worlds) for x in private)]

    def answer(self, block: Block, rng: np.random.Generator) -> Array:
        """What everybody is paid, (R, m)."""
        game, worlds, m = self.game, len(block[0]), self.game.m
        actions, private = [x.copy() for x in block[:m]], _private(block[m:])
        rules = type(game.mechanism).__name__
        received = asked(f"{rules}.mediate", lambda: list(game.mechanism.mediate(actions, rng)))
        if len(received) != m:
            raise ContractError(f"{rules}.mediate must return one thing per player ({m})")
        paid = []
        for i in range(m):
            view, where = game.view(i, worlds, private[i]), f"{type(game).__name__}.pay"
            pay = numbers(where, lambda i=i, view=view: game.pay(view, actions[i], received[i]))
            if pay.shape != (worlds,):
                raise ContractError(f"{where} must return shape ({worlds},), got {pay.shape}")
            paid.append(pay)
        return np.stack(paid, axis=1)


@dataclass(frozen=True, eq=False)
class Acting(OneShotPiece):
    """A strategy of a one-shot game: what nature tells her in, what she does out."""

    player: int
    strategy: Any

    @property
    def label(self) -> str:
        """Player, class and method, for errors."""
        return f"{self.game.players[self.player]}: {type(self.strategy).__name__}.act"

    def draw(self, worlds: int, rng: np.random.Generator) -> Block:
        """What nature tells her."""
        return [_array(told(self.game, worlds, rng)[self.player], worlds)]

    def answer(self, block: Block, rng: np.random.Generator) -> Array:
        """What she does, (R, columns)."""
        view = self.game.view(self.player, len(block[0]), _private(block)[0])
        done = act(self.game, self.player, self.strategy, view, rng)
        return done.reshape(len(done), -1)


@dataclass(frozen=True, eq=False)
class Nature(Piece):
    """What nature tells everybody, drawn out of nothing."""

    game: OneShot

    @property
    def label(self) -> str:
        """Class and method, for errors."""
        return f"{type(self.game).__name__}.nature"

    def draw(self, worlds: int, rng: np.random.Generator) -> Block:
        """Worlds of which nothing is known yet."""
        return [np.zeros(worlds)]

    def strange(self, block: Block, rng: np.random.Generator) -> Sequence[Block]:
        """None: nothing is known of any world."""
        return ()

    def answer(self, block: Block, rng: np.random.Generator) -> Array:
        """What all are told, (R, columns)."""
        worlds = len(block[0])
        private = [_array(x, worlds) for x in told(self.game, worlds, rng)]
        return np.concatenate([columns_of(self.label, x, worlds) for x in private], axis=1)


def told(game: OneShot, worlds: int, rng: np.random.Generator) -> list[Any]:
    """What nature tells each player: None, or numbers (R, ...). Raises ContractError."""
    name = f"{type(game).__name__}.nature"
    found = asked(name, lambda: list(game.nature(worlds, rng)))
    if len(found) != game.m:
        raise ContractError(f"{name} must return one thing per player ({game.m})")
    for private in found:
        if private is not None:
            columns_of(name, private, worlds)
    return found


def act(game: OneShot, i: int, strategy: Any, view: Any, rng: np.random.Generator) -> Array:
    """What a strategy does, (R, ...). Raises ContractError."""
    where = f"{game.players[i]}: {type(strategy).__name__}.act"
    done = numbers(where, lambda: strategy.act(view, rng))
    if done.ndim and done.shape[0] != view.worlds:
        raise ContractError(
            f"{where} must return one number per world ({view.worlds}), got shape {done.shape}"
        )
    return np.asarray(np.full(view.worlds, float(done)) if done.ndim == 0 else done)


def _array(private: Any, worlds: int) -> Any:
    """What a player is told with worlds first; NaN where nothing is."""
    return np.full(worlds, np.nan) if private is None else np.asarray(private)


def _private(block: Block) -> list[Any]:
    return [None if x.dtype.kind == "f" and np.isnan(x).all() else x.copy() for x in block]


def hold_one_shot(game: Game, seed: int) -> None:
    """Hold a game of a user's own, or one with plug-ins, to all of this. Raises ContractError."""
    with blamed(type(game).__name__):
        _hold_one_shot(game, seed)


def _hold_one_shot(game: Game, seed: int) -> None:
    hold_sizes(game)
    hold_seed(game, seed % 2**31)
    if not isinstance(game, OneShot):
        return
    some = [CandidatePool.of(game, i, STRATEGIES).strategies for i in range(game.m)]
    menu = [s[:: max(1, -(-len(s) // STRATEGIES))] for s in some]
    pieces: list[Piece] = []
    if not (shipped(game) and shipped(game.mechanism)):
        pieces.append(Payments(game, menu))
    if not shipped(game) and type(game).nature is not OneShot.nature:
        pieces.append(Nature(game))
    pieces += [Acting(game, i, part) for i, part in _own_strategies(game, some)]
    for piece in pieces:
        with forgetful(piece, seed):
            hold_apart(piece, seed)
            hold_dice(piece, seed)


def _own_strategies(game: OneShot, menus: Sequence[Sequence[Any]]) -> list[tuple[int, Any]]:
    """Strategies that are not nashbox's own, each with a player who may play it.

    All that are named for somebody, and STRATEGIES of every class of what else is played or tried.
    """
    found: list[tuple[int, Any]] = []
    for i, menu in enumerate(menus):
        named = game.players[i] in game.strategies
        for k, part in [(k, part) for k, s in enumerate(menu) for part in pure(s)]:
            alike = [kept for _, kept in found if type(kept) is type(part)]
            wanted = (named and k == 0) or len(alike) < STRATEGIES
            if wanted and not shipped(part) and not any(same(part, kept) for kept in alike):
                found.append((i, part))
    return found
