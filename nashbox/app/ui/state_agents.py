"""Lists of numbers in the file's tables of agents, as they stand in the inputs of one agent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import solara

from nashbox.app.messages import Opened
from nashbox.app.parameters import parts
from nashbox.games.declared import Control

Lists = Mapping[str, Sequence[str]]


class OwnLists:
    """Inputs of what the game declares (`agent_controls`), for the agent chosen or everybody."""

    def __init__(self) -> None:
        self.controls: Sequence[Control] = ()
        self.texts: solara.Reactive[dict[str, str]] = solara.reactive({})
        self._shown: Lists = {}  # as last put into the inputs

    def typed(self) -> dict[str, list[str]]:
        """What stands in the inputs."""
        return {one.key: parts(self.texts.value.get(one.key, "")) for one in self.controls}

    def write(self, key: str, text: str) -> None:
        """Put a text into an input."""
        self.texts.value = {**self.texts.value, key: text}

    def follow(self, opened: Opened, agent: str) -> None:
        """Show an agent's lists, unless something else is being typed."""
        if self.typed() in (self._shown, self._known(opened, agent)):
            self.show(opened, agent)

    def show(self, opened: Opened | None, agent: str) -> None:
        """Show an agent's lists, none for everybody."""
        self._shown = self._known(opened, agent)
        self.texts.value = {key: ", ".join(numbers) for key, numbers in self._shown.items()}

    def chosen(
        self, opened: Opened, named: Sequence[str], agent: str
    ) -> dict[str, dict[str, list[str]]]:
        """Everybody's lists, of those named what stands in the inputs.

        Of everybody the inputs hold nothing unless something was typed.
        """
        known = {name: self._known(opened, name) for name in opened.names} if self.controls else {}
        typed = self.typed()
        if known and (agent in known or any(typed.values())):
            known |= dict.fromkeys(named, typed)
        return known

    def _known(self, opened: Opened | None, agent: str) -> dict[str, list[str]]:
        tables: Sequence[Any] = [] if opened is None or not self.controls else opened.body["agents"]
        mine: Mapping[str, Any] = next((table for table in tables if table["name"] == agent), {})
        return {one.key: list(mine.get(one.key, ())) for one in self.controls}
