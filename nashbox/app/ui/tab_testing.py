"""What is particular to competitive sequential testing."""

from __future__ import annotations

from typing import Any

import solara

from nashbox.app.ui.inputs import Button, Text
from nashbox.app.ui.widgets import Charts, Rules


@solara.component
def RaceStrategy(tab: Any) -> None:
    """What the chosen agent sees."""
    Text("p0: probabilities of its symbols if theta = 0", value=tab.p0)
    Text("p1: the same if theta = 1", value=tab.p1)


@solara.component
def RaceRules(tab: Any) -> None:
    """Mechanism, prior, confidence."""
    Rules(tab)
    Text(
        "beta (confidence)", value=tab.beta.value,
        on_value=lambda text: tab.set_rules(beta=text), lazy=True,
    )  # fmt: skip
    Text(
        "prior P(theta = 1)", value=tab.prior.value,
        on_value=lambda text: tab.set_rules(prior=text), lazy=True,
    )  # fmt: skip
    Button("Finish this game", on_click=tab.finish, disabled=tab.opened.value is None)


@solara.component
def RaceCharts(tab: Any) -> None:
    """Beliefs of the race on the table, who hears whom, when races are decided."""
    Charts(tab, "What becomes of beliefs", "graph", "law")
    if tab.solving.value:
        solara.v.ProgressLinear(indeterminate=True, attributes={"aria-label": "solving"})
        solara.Text("the exact law is being computed", classes=["nb-note"])
        Button("Cancel solving", on_click=tab.cancel_solving, plain=True)
