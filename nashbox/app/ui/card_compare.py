"""The card that sets mechanisms side by side and plays designed rules."""

from __future__ import annotations

import solara

from nashbox.app.ui.inputs import Button, Choice, Text
from nashbox.app.ui.state_estimation import EstimationTab
from nashbox.app.ui.widgets import Advance, Message, Picture, Printed, Rows, place, section
from nashbox.rules.design.goals import GOALS


@solara.component
def Compare(tab: EstimationTab) -> None:
    """Choose a goal, compare or design, watch, cancel; table and bars."""
    progress = tab.comparing.value
    ready = progress is None and tab.opened.value is not None
    with section("Compare and design"):
        with place("div", "nb-line"):
            Choice("goal", value=tab.goal, values=list(GOALS))
            Text("starts (random ones of the search for equilibria)", value=tab.starts)
        with place("div", "nb-line"):
            Button("Compare mechanisms", color="primary", on_click=tab.compare, disabled=not ready)
            Button(
                "Play the designed rules", color="primary", on_click=tab.design, disabled=not ready
            )
            if progress is not None:
                label = "Cancel comparing" if tab.compare_unit.value == "paths" else "Cancel design"
                Button(label, on_click=tab.cancel_compare)
        Advance(progress, tab.compare_unit.value)
        Message(tab.compare_trouble.value, "compare-trouble")
        Rows(tab.tables["design"], "design")
        _Printed(tab, "design")
        compared = tab.tables["compare"].value
        if compared is not None and tab.compared.value != tab.setup.value:
            solara.Text("the game has been changed since this comparison", classes=["nb-note"])
        Rows(tab.tables["compare"], "compare")
        if compared is not None:
            Picture(tab.figures["compare"], "compare")
        _Printed(tab, "compare")


@solara.component
def _Printed(tab: EstimationTab, name: str) -> None:
    table = tab.tables[name].value
    if table is not None:
        Printed(table.printed)
