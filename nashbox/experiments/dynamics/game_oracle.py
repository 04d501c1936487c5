"""Payoffs of any game with the protocol: by its formulas, or through its own model.

Simulated: a stated number of games, in which one player plays the whole menu in the same worlds.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nashbox.experiments.dynamics.menu import Menu
from nashbox.games.base import Game
from nashbox.games.joint import paid_by_formula, paid_in_worlds
from nashbox.games.registry import prepare_game
from nashbox.measure.looks import resolution
from nashbox.measure.seeds import Stage, child
from nashbox.problem.errors import InputError
from nashbox.problem.payoff_oracle import Answer, PayoffOracle, Profile


def menus_of(game: Game, menu: Menu, folder: Path) -> list[list[Any]]:
    """The menu as each player plays it: where menus differ, names mean her own entries.

    In the place of an entry that is not hers stands what she plays; nobody asks what it pays.
    """
    specs = menu.specs or (None,) * len(menu.labels)
    return [
        [
            game.strategy(i)
            if menu.whose and i not in menu.whose[k]
            else strategy
            if spec is None
            else game.read_strategy(i, spec, folder, f"menu of {game.players[i]}")
            for k, (strategy, spec) in enumerate(zip(menu.strategies, specs, strict=True))
        ]
        for i in range(game.m)
    ]


def kinds_of(game: Game, menu: Sequence[Any]) -> Profile:
    """Number players so that those who are alike share a number (`Game.kind`).

    With strategies of one's own, which may tell players apart, every player is her own kind.
    """
    if any(not type(s).__module__.startswith("nashbox.") for s in menu):
        return np.arange(game.m)
    kinds = [game.kind(i) for i in range(game.m)]
    order = {kind: number for number, kind in enumerate(dict.fromkeys(kinds))}
    return np.array([order[kind] for kind in kinds])


def no_formula(game: Game, menus: Sequence[Sequence[Any]], labels: Sequence[str]) -> str | None:
    """Say why payoffs of these menus have no exact formula, or None if they have."""
    for k in range(len(labels)):
        chosen = {name: menu[k] for name, menu in zip(game.players, menus, strict=True)}
        same = game.with_strategies(chosen)
        for i in range(game.m):
            paid = same.paid(i)
            if isinstance(paid, str):
                return paid
    return None


class GameOracle(PayoffOracle):
    """What exact and simulated oracles share. menus: [player][entry]."""

    def __init__(self, game: Game, menus: Sequence[Sequence[Any]], labels: Sequence[str]) -> None:
        super().__init__(tuple(labels), kinds_of(game, menus[0]))
        self.game, self.menus = game, menus

    def played(self, profile: Profile) -> Game:
        """The game in which players play their places in the menu."""
        chosen = {
            name: self.menus[j][int(k)]
            for j, (name, k) in enumerate(zip(self.game.players, profile, strict=True))
        }
        return self.game.with_strategies(chosen)


class ExactPayoffs(GameOracle):
    """Payoffs from the game's formulas."""

    @property
    def method(self) -> str:  # type: ignore[override]
        """What the payoffs rest on."""
        return f"exact: {self.game.formulas}"

    def _ask(self, i: int, profile: Profile, path: tuple[int, ...]) -> Answer:
        return paid_by_formula(self.played(profile), i, self.menus[i])


class SimulatedPayoffs(GameOracle):
    """Payoffs measured in the game's model, in `worlds` games."""

    exact = False

    def __init__(
        self,
        game: Game,
        menus: Sequence[Sequence[Any]],
        labels: Sequence[str],
        worlds: int,
        seed: int,
    ) -> None:
        super().__init__(game, menus, labels)
        self.worlds, self.seed = worlds, seed
        self.method = f"simulated in {worlds} games; {resolution(worlds)}"

    def _ask(self, i: int, profile: Profile, path: tuple[int, ...]) -> Answer:
        def seed(block: int) -> int:
            return child(self.seed, Stage.ADAPT_PAYOFF, *path, block)

        return paid_in_worlds(self.played(profile), i, self.menus[i], self.worlds, seed)


def oracle(problem: Any, menu: Menu, method: str, worlds: int, seed: int) -> PayoffOracle:
    """Who knows what the menu pays in any game. Raises InputError: see `oracle_for`."""
    game = prepare_game(problem)
    menus = menus_of(game, menu, problem.folder)
    reason = no_formula(game, menus, menu.labels)
    if reason is None and method != "simulated":
        return ExactPayoffs(game, menus, menu.labels)
    if method == "exact":
        raise InputError(f"{problem.shown}: method 'exact' does not apply: {reason}")
    return SimulatedPayoffs(game, menus, menu.labels, worlds, seed)
