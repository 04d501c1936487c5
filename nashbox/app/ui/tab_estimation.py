"""What is particular to collaborative mean estimation."""

from __future__ import annotations

from typing import Any

import solara

from nashbox.app.ui.inputs import Choice, Text
from nashbox.app.ui.widgets import Charts, Rows, Rules, paragraph, section, with_own
from nashbox.experiments.report.contract import steps
from nashbox.problem.estimation import RULES


@solara.component
def EstimationRules(tab: Any) -> None:
    """Mechanism, plan, worlds."""
    Rules(tab)
    opened = tab.opened.value
    if opened is not None:
        Choice(
            "plan",
            value=opened.plan,
            values=with_own(list(RULES), opened.plan),
            on_value=tab.choose_plan,
        )
    Text("parallel worlds (taken by Reset)", value=tab.worlds)


@solara.component
def EstimationCharts(tab: Any) -> None:
    """What becomes of the data and the penalties."""
    Charts(tab, "What becomes of the data and the penalties")
    if tab.tables["change"].value is not None:
        with section("What the last change does"):
            Rows(tab.tables["change"], "change")


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
