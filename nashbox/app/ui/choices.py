"""What one chooses for the game on the table: who plays which strategy with which parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import solara

from nashbox.app import parameters
from nashbox.app.messages import Opened
from nashbox.app.parameters import KINDS
from nashbox.app.ui.state_agents import OwnLists
from nashbox.games.base import Game
from nashbox.games.registry import game_of
from nashbox.problem.errors import InputError
from nashbox.problem.spec import Spec

EVERYBODY = "everybody"


class PageChoices:
    """The menus that a game declares, and what is chosen in them.

    plugins: names for the menus, as `nashbox app` was started with them. opened: the game.
    """

    def __init__(self, plugins: Sequence[str], opened: solara.Reactive[Opened | None]) -> None:
        self.plugins, self.opened = plugins, opened
        self.cls: type[Any] = Game
        self.strategies: list[str] = []
        self.mechanisms: list[str] = []
        self.agent = solara.reactive("")
        self.strategy = solara.reactive("")
        self.chosen: solara.Reactive[dict[str, Any]] = solara.reactive({})  # its parameters
        self.lists = OwnLists()

    def learn(self, problem: Any) -> None:
        """What the game of another problem declares."""
        self.cls = game_of(problem)
        self.strategies, self.mechanisms = (
            parameters.menu(self.cls, kind, self.plugins) for kind in KINDS
        )
        self.lists.controls = self.cls.agent_controls

    def choose_strategy(self, name: str) -> None:
        """A strategy from the menu: its parameters at their defaults."""
        self.strategy.value, self.chosen.value = name, {}

    def choose_agent(self, name: str) -> None:
        """An agent from the menu, with the strategy it plays."""
        self.agent.value = name
        opened = self.opened.value
        if opened is not None and name in opened.names:
            spec = opened.strategies.get(name, Spec(parameters.RECOMMENDED))
            self.strategy.value, self.chosen.value = spec.name, dict(spec.parameters)
        self.lists.show(opened, name)

    def class_of(self, kind: int, name: str) -> type[Any]:
        """Find the class of a strategy's (0) or mechanism's (1) name. Raises InputError."""
        return parameters.class_of(self.cls, KINDS[kind], name, self._folder())

    def checked(self, kind: int, name: str, inputs: Mapping[str, Any]) -> Spec:
        """Name and inputs as a problem file would hold them. Raises InputError."""
        allowed = self.allowed(kind)
        return parameters.checked(self.cls, KINDS[kind], name, inputs, allowed, self._folder())

    def strategy_class(self) -> type[Any] | None:
        """The class chosen in the menu, None for the recommendation and what is not in the menu."""
        try:
            parameters.hold_to_menu(self.strategy.value, self.allowed(0))
            return self.class_of(0, self.strategy.value)
        except InputError:
            return None

    def allowed(self, kind: int) -> list[str]:
        """Names of strategies (0) or mechanisms (1) that may be chosen.

        Those of the menu and, where the problem's file was named on the command line, its own.
        """
        names = [[parameters.RECOMMENDED, *self.strategies], self.mechanisms][kind]
        opened = self.opened.value
        if opened is None or not opened.setup.source.trusted:
            return names
        specs = [list(opened.strategies.values()), [opened.mechanism]][kind]
        return [*names, *(spec.name for spec in specs)]

    def everybodys(self, opened: Opened) -> dict[str, Any]:
        """Strategies and lists of all agents with the choice in them, as a `Setup` has them.

        Raises InputError.
        """
        everybody = self.agent.value == EVERYBODY
        named = list(opened.names) if everybody else [self.agent.value]
        lists = self.lists.chosen(opened, named, self.agent.value)
        spec = self.checked(0, self.strategy.value, self.chosen.value)
        return {
            "strategies": {**opened.strategies, **dict.fromkeys(named, spec)},
            "agents": lists,
        }

    def _folder(self) -> Path | None:
        """Where relative plug-in files of the problem start."""
        source = None if self.opened.value is None else self.opened.value.setup.source
        return None if source is None or source.path is None else Path(source.path).parent
