"""The tab of collaborative mean estimation."""

from __future__ import annotations

import solara

from nashbox.app.ui.card_compare import Compare
from nashbox.app.ui.inputs import Button, Choice, Text
from nashbox.app.ui.state_estimation import EstimationTab
from nashbox.app.ui.widgets import (
    Audit,
    ChooseProblem,
    ChooseStrategy,
    Controls,
    Message,
    Rows,
    Rules,
    Upload,
    figures,
    open_first,
    with_own,
)
from nashbox.experiments.report.contract import steps
from nashbox.problem.estimation import RULES


@solara.component
def Estimation(tab: EstimationTab) -> None:
    """Rules and controls at the side, what is played in the middle."""
    solara.use_effect(lambda: open_first(tab, "figure1.toml"), [])
    with solara.Sidebar(), solara.Column():
        Controls(tab, "rounds", tab.rounds, tab.run)
        with solara.Card("Game", margin=0):
            ChooseProblem(tab)
            Rules(tab)
            _Plan(tab)
            Text("parallel worlds (taken by Reset)", value=tab.worlds)
        with solara.Card("Your own", margin=0):
            Text("sigma of an uploaded cost table", value=tab.sigma)
            Upload(
                lambda files: tab.upload(files, _number(tab.sigma.value)),
                "a table of costs (.csv: agent,<distribution>,...) or a problem file (.toml) "
                "with its tables",
            )
    Message(tab.trouble.value)
    figures(tab, "agents", "penalties", "rounds", "change")
    with solara.Card("What an agent plays", margin=0):
        ChooseStrategy(tab)
        Button(
            "Play this strategy", color="primary", on_click=tab.change,
            disabled=tab.opened.value is None,
        )  # fmt: skip
        Rows(tab.tables["change"], "change")
    with solara.Card("Agents", margin=0):
        Rows(tab.tables["agents"], "agents")
    Audit(tab)
    Compare(tab)
    if tab.opened.value is not None:
        _CarriedOut(tab.opened.value.setup.source.shown)


@solara.component
def _CarriedOut(rules: str) -> None:
    with solara.Card("When everybody has agreed", margin=0):
        solara.Text(
            "The rules are carried out on what everybody really hands in, by the very mechanism "
            "that was audited. First as a rehearsal, on simulated points; then for real:"
        )
        for what, command in steps(rules, rehearsed=True):
            solara.Text(f"{what}:")
            solara.Preformatted(command)


@solara.component
def _Plan(tab: EstimationTab) -> None:
    opened = tab.opened.value
    if opened is not None:
        Choice(
            "plan",
            value=opened.plan,
            values=with_own(list(RULES), opened.plan),
            on_value=tab.choose_plan,
        )


def _number(text: str) -> object:
    """A number, or what was typed: the problem's check says what is wrong with it."""
    try:
        return float(text)
    except ValueError:
        return text
