"""The tab of competitive sequential testing."""

from __future__ import annotations

import solara

from nashbox.app.ui.inputs import Button, Text
from nashbox.app.ui.state_testing import RaceTab
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
)


@solara.component
def Testing(tab: RaceTab) -> None:
    """Rules and controls at the side, the game on the table and all games in the middle."""
    solara.use_effect(lambda: open_first(tab, "case_a.toml"), [])
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
