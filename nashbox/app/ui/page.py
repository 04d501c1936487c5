"""The page: `Page` is what the server shows."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import solara

from nashbox.app.sources import Source, game_of
from nashbox.app.ui.state import Started
from nashbox.app.ui.state_estimation import EstimationTab
from nashbox.app.ui.state_testing import TestingTab
from nashbox.app.ui.tab_estimation import Estimation
from nashbox.app.ui.tab_testing import Testing
from nashbox.app.ui.widgets import CSS

STARTED = "NASHBOX_APP"  # files and plug-ins of the command line, as JSON


class Session:
    """Both tabs of one browser page, and a folder for what it uploads."""

    def __init__(self, started: Started) -> None:
        self.shelf = tempfile.TemporaryDirectory(prefix="nashbox-")
        place = Path(self.shelf.name)
        self.estimation = EstimationTab(started, place)
        self.testing = TestingTab(started, place)
        first = [Source(file, path=file) for file in started.files[:1]]
        self.tab = solara.reactive(int(any(game_of(source) == "testing" for source in first)))

    def close(self) -> None:
        """End everything that belongs to the page."""
        self.estimation.close()
        self.testing.close()
        self.shelf.cleanup()


def started() -> Started:
    """What the server was started with."""
    return Started(**json.loads(os.environ.get(STARTED, "{}")))


@solara.component
def Page() -> None:
    """Two tabs, one a game."""
    session = solara.use_memo(lambda: Session(started()), [])
    solara.use_effect(lambda: session.close, [])
    solara.Style(CSS)
    solara.Title("nashbox: does honesty pay?")
    solara.AppBarTitle("nashbox: does honesty pay?")
    with solara.v.Tabs(v_model=session.tab.value, on_v_model=session.tab.set):
        solara.v.Tab(children=["Estimation"])
        solara.v.Tab(children=["Testing"])
    if session.tab.value == 0:
        Estimation(session.estimation)
    else:
        Testing(session.testing)
