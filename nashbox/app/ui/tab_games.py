"""What is particular to games of one step."""

from __future__ import annotations

from typing import Any

import solara

from nashbox.app.ui.inputs import Parameters, Text
from nashbox.app.ui.widgets import Charts, Rules


@solara.component
def GameRules(tab: Any) -> None:
    """Mechanism, the game's parameters, worlds."""
    Rules(tab)
    if tab.setup.value is not None:
        Parameters(tab.setup.value.source.shown, tab.fields(), tab.set_parameter, lazy=True)
    Text("parallel worlds (taken by Reset)", value=tab.worlds)


@solara.component
def GameCharts(tab: Any) -> None:
    """What everybody is paid."""
    Charts(tab, "What becomes of the payoffs")
