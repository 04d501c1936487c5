"""The tab of competitive sequential testing."""

from __future__ import annotations

import solara

from nashbox.app.ui.inputs import Button, Text
from nashbox.app.ui.state_testing import TestingTab
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
)


@solara.component
def Testing(tab: TestingTab) -> None:
    """Rules and controls at the side, the game on the table and all games in the middle."""
    solara.use_effect(lambda: _open_first(tab), [])
    with solara.Sidebar(), solara.Column():
        Controls(tab, "games", tab.games, tab.run)
        Button("Finish this game", on_click=tab.finish, disabled=tab.opened.value is None)
        with solara.Card("Game", margin=0):
            ChooseProblem(tab)
            Rules(tab)
            Text(
                "beta (confidence)", value=tab.beta.value,
                on_value=lambda text: tab.set_rules(beta=text), lazy=True,
            )  # fmt: skip
            Text(
                "prior P(theta = 1)", value=tab.prior.value,
                on_value=lambda text: tab.set_rules(prior=text), lazy=True,
            )  # fmt: skip
        with solara.Card("Your own", margin=0):
            Upload(tab.upload, "a problem file (.toml) with the tables it names")
    Message(tab.trouble.value)
    figures(tab, "beliefs", "graph", "law")
    if tab.solving.value:
        with solara.Row():
            solara.Text("the exact law is being computed", classes=["nb-note"])
            Button("Cancel solving", on_click=tab.cancel_solving, plain=True)
    with solara.Card("What an agent sees and plays", margin=0):
        ChooseStrategy(tab)
        with solara.Row():
            Text("p0: probabilities of its symbols if theta = 0", value=tab.p0)
            Text("p1: the same if theta = 1", value=tab.p1)
        Button("Play this", color="primary", on_click=tab.change, disabled=tab.opened.value is None)
    with solara.Card("Agents", margin=0):
        Rows(tab.tables["agents"], "agents")
        Rows(tab.tables["tally"], "tally")
        Rows(tab.tables["solution"], "solution")
    Audit(tab)


def _open_first(tab: TestingTab) -> None:
    if tab.setup.value is None and tab.sources.value:
        shown = [source.shown for source in tab.sources.value]
        named = [name for name in shown if name in tab.started.files]
        usual = [name for name in shown if name.endswith("case_a.toml")]
        first = [*named, *usual, *shown][0]
        tab.open_shown(first)
