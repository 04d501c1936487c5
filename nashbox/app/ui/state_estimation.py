"""What the estimation tab knows."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import solara

from nashbox.app.desk_estimation import EstimationDesk
from nashbox.app.messages import EstimationSetup
from nashbox.app.parameters import whole
from nashbox.app.sources import Source
from nashbox.app.ui.state import Started, Tab


class EstimationTab(Tab):
    """Collaborative mean estimation."""

    game = "estimation"
    kinds = ("strategies", "mechanisms")

    def __init__(self, started: Started, shelf: Path) -> None:
        self.worlds = solara.reactive("1000")
        self.rounds = solara.reactive("10")
        self.sigma = solara.reactive("10.0")
        super().__init__(started, EstimationDesk, shelf)

    def open(self, source: Source) -> None:
        """Open a problem afresh."""
        self.take(EstimationSetup(source, **self.typed()))

    def typed(self) -> dict[str, Any]:
        """Seed and worlds."""
        return {**super().typed(), "worlds": whole("worlds", self.worlds.value)}

    def run(self) -> None:
        """Play the number of rounds typed."""
        self.attempt(lambda: self.ask("advance", whole("rounds", self.rounds.value)))

    def change(self) -> None:
        """Let the agent play what is chosen; before and after are measured."""
        self.attempt(
            lambda: self.take(
                replace(self.wanted, strategies=self.chosen_strategies()), "change_to"
            )
        )

    def set_rules(self, **rules: Any) -> None:
        """Another mechanism or plan."""
        self.attempt(lambda: self.take(replace(self.wanted, **rules)))
