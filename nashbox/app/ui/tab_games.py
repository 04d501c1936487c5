"""The tab for games of one step."""

from __future__ import annotations

import solara

from nashbox.app.ui.inputs import Button, Parameters, Text
from nashbox.app.ui.state_games import GamesTab
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
def Games(tab: GamesTab) -> None:
    """Rules and controls at the side, what is played and paid in the middle."""
    solara.use_effect(lambda: open_first(tab, "public_goods.toml"), [])
    with solara.Sidebar(), solara.Column():
        Controls(tab, "rounds", tab.rounds, tab.run)
        with solara.Card("Game", margin=0):
            ChooseProblem(tab)
            Rules(tab)
            if tab.setup.value is not None:
                Parameters(tab.setup.value.source.shown, tab.fields(), tab.set_parameter, lazy=True)
            Text("parallel worlds (taken by Reset)", value=tab.worlds)
        with solara.Card("Your own", margin=0):
            Upload(tab.upload, "a problem file (.toml) with the tables it names")
    Message(tab.trouble.value)
    figures(tab, "agents", "rounds")
    with solara.Card("What a player plays", margin=0):
        ChooseStrategy(tab)
        Button(
            "Play this strategy", color="primary", on_click=tab.change,
            disabled=tab.opened.value is None,
        )  # fmt: skip
    with solara.Card("Players", margin=0):
        Rows(tab.tables["agents"], "agents")
    Audit(tab)
