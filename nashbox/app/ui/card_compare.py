"""The cards that set mechanisms side by side, play designed rules, and say how to keep them."""

from __future__ import annotations

import solara

from nashbox.app.parameters import labelled
from nashbox.app.ui.inputs import Button, Choice, Text
from nashbox.app.ui.state import Tab
from nashbox.app.ui.widgets import (
    Advance,
    Message,
    Picture,
    Printed,
    Rows,
    paragraph,
    place,
    section,
)
from nashbox.experiments.compare import compare
from nashbox.experiments.report.contract import steps
from nashbox.problem.goals import GOALS


@solara.component
def Compare(tab: Tab) -> None:
    """Choose a goal, compare or design, watch, cancel; table and bars."""
    here = tab.comparison
    progress = here.progress.value
    ready = progress is None and tab.opened.value is not None
    with section("Compare and design"):
        with place("div", "nb-line"):
            Choice("goal", value=here.goal, values=list(GOALS))
            Text(labelled(compare, "starts"), value=here.starts)
        with place("div", "nb-line"):
            Button("Compare mechanisms", color="primary", on_click=here.compare, disabled=not ready)
            Button(
                "Play the designed rules", color="primary", on_click=here.design, disabled=not ready
            )
            if progress is not None:
                label = "Cancel comparing" if here.unit.value == "paths" else "Cancel design"
                Button(label, on_click=here.cancel)
        Advance(progress, here.unit.value)
        Message(here.trouble.value, "compare-trouble")
        Rows(tab.tables["design"], "design")
        _Printed(tab, "design")
        compared = tab.tables["compare"].value
        if compared is not None and here.compared.value != tab.setup.value:
            solara.Text("the game has been changed since this comparison", classes=["nb-note"])
        Rows(tab.tables["compare"], "compare")
        if compared is not None:
            Picture(tab.figures["compare"], "compare")
        _Printed(tab, "compare")


@solara.component
def CarriedOut(rules: str) -> None:
    """The commands that carry out what was agreed."""
    with section("When everybody has agreed"):
        paragraph(
            "The rules are carried out on what everybody really hands in, by the very mechanism "
            "that was audited. First as a rehearsal, on simulated points; then for real:"
        )
        for what, command in steps(rules, rehearsed=True):
            paragraph(f"{what}:")
            solara.Preformatted(command)


@solara.component
def _Printed(tab: Tab, name: str) -> None:
    table = tab.tables[name].value
    if table is not None:
        Printed(table.printed)
