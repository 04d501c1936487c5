"""What the tab for games of one step knows: those that come along, and those of files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import solara

from nashbox.app import parameters
from nashbox.app.desk_game import GameDesk
from nashbox.app.messages import GameSetup
from nashbox.app.parameters import RECOMMENDED, whole
from nashbox.app.sources import Shelf, Source
from nashbox.app.ui.state import Started, Tab
from nashbox.games.base import Game
from nashbox.games.registry import game_of
from nashbox.problem.errors import InputError
from nashbox.problem.spec import Spec


class GamesTab(Tab):
    """Any game whose parameters are the keys of its file."""

    game = ""
    kinds = ("", "")

    def __init__(self, started: Started, shelf: Shelf) -> None:
        self.worlds = solara.reactive("1000")
        self.rounds = solara.reactive("10")
        self.cls: type[Game] | None = None
        self._of: Source | None = None
        super().__init__(started, GameDesk, shelf)

    def hear(self, update: Any) -> None:
        """Take an update of the desk in; another problem has another game's menus."""
        setup = getattr(update, "setup", None)
        if isinstance(setup, GameSetup) and setup.source != self._of:
            self.cls, self._of = game_of(setup.source.problem()), setup.source
            self.strategies, self.mechanisms = list(self.menu(0)), list(self.menu(1))
        super().hear(update)

    def menu(self, kind: int) -> Mapping[str, type]:
        """Strategies (0) or mechanisms (1) of the game on the table, by name."""
        if self.cls is None:
            return {}
        return [self.cls.menu, self.cls.mechanisms][kind]

    def class_of(self, kind: int, name: str) -> type[Any]:
        """Find the class of a menu's name. Raises InputError."""
        parameters.hold_to_menu(name, self.menu(kind))
        return self.menu(kind)[name]

    def checked(self, kind: int, name: str, inputs: Mapping[str, Any]) -> Spec:
        """Name and inputs as a problem file would hold them. Raises InputError."""
        parameters.hold_to_menu(name, self.allowed(kind))
        if name == RECOMMENDED or name not in self.menu(kind):
            return Spec(name, dict(inputs))
        return parameters.spec_of(self.menu(kind)[name], name, inputs)

    def open(self, source: Source) -> None:
        """Open a problem afresh."""
        self.take(GameSetup(source, **self.typed()))

    def typed(self) -> dict[str, Any]:
        """Seed and worlds."""
        return {**super().typed(), "worlds": whole("worlds", self.worlds.value)}

    def run(self) -> None:
        """Play the number of rounds typed."""
        self.attempt(lambda: self.ask("advance", whole("rounds", self.rounds.value)))

    def change(self) -> None:
        """Let the player (or everybody) play what is chosen."""
        self.attempt(
            lambda: self.take(replace(self.wanted, strategies=self.chosen_strategies())),
            cause="strategy",
        )

    def set_rules(self, **rules: Any) -> None:
        """Another mechanism."""
        self.attempt(lambda: self.take(replace(self.wanted, **rules)), cause="rules")

    def set_parameter(self, key: str, value: Any) -> None:
        """Another value of one of the game's parameters."""

        def work() -> None:
            if key not in self.fields():
                raise InputError(f"the game has no parameter {key!r}")
            read = parameters.read(value) if isinstance(value, str) else value
            if isinstance(read, str) and (":" in read or "/" in read):
                raise InputError(f"{key}: files cannot be named here")
            self.take(replace(self.wanted, parameters={**self.wanted.parameters, key: read}))

        self.attempt(work, cause="rules")

    def fields(self) -> dict[str, dict[str, Any]]:
        """The game's parameters as inputs."""
        opened = self.opened.value
        if self.cls is None or opened is None:
            return {}
        left_out = {"agents", "mechanism", "strategies", "specs", *getattr(self.cls, "files", ())}
        found = parameters.user_params(self.cls, opened.parameters)
        return {key: entry for key, entry in found.items() if key not in left_out}

    def _folder(self) -> Path | None:
        return None
