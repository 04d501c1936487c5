"""The page: `Page` is what the server shows."""

from __future__ import annotations

import json
import os
import threading

import solara

from nashbox.app.sources import Shelf, Source, game_of
from nashbox.app.ui.state import Started
from nashbox.app.ui.state_estimation import EstimationTab
from nashbox.app.ui.state_games import GamesTab
from nashbox.app.ui.state_testing import RaceTab
from nashbox.app.ui.tab_estimation import Estimation
from nashbox.app.ui.tab_games import Games
from nashbox.app.ui.tab_testing import Testing
from nashbox.app.ui.widgets import CSS, Message
from nashbox.games.registry import PAPERS

STARTED = "NASHBOX_APP"  # files and plug-ins of the command line, as JSON


_open: set[Session] = set()  # pages with processes
_door = threading.Lock()


class Session:
    """The tabs of one browser page, and a folder for what it uploads."""

    def __init__(self, started: Started) -> None:
        self.shelf = Shelf()
        self.estimation = EstimationTab(started, self.shelf)
        self.testing = RaceTab(started, self.shelf)
        self.games = GamesTab(started, self.shelf)
        first = [game_of(Source(file, path=file)) for file in started.files[:1]]
        game = first[0] if first and first[0] is not None else PAPERS[0]
        self.tab = solara.reactive(PAPERS.index(game) if game in PAPERS else len(PAPERS))

    @classmethod
    def opened(cls, started: Started) -> Session | None:
        """A new page, or None if there are as many as the server is to serve."""
        with _door:
            if len(_open) >= started.sessions:
                return None
            session = cls(started)
            _open.add(session)
            return session

    def close(self) -> None:
        """End everything that belongs to the page."""
        with _door:
            _open.discard(self)
        self.estimation.close()
        self.testing.close()
        self.games.close()
        self.shelf.cleanup()


def started() -> Started:
    """What the server was started with."""
    return Started(**json.loads(os.environ.get(STARTED, "{}")))


@solara.component
def Page() -> None:
    """Three tabs: one for each paper's game, one for all others."""
    known = started()
    session = solara.use_memo(lambda: Session.opened(known), [])
    solara.use_effect(lambda: session.close if session is not None else None, [])
    solara.Style(CSS)
    solara.Title("nashbox: does honesty pay?")
    solara.AppBarTitle("nashbox: does honesty pay?")
    if session is None:
        Message(
            f"this server shows {known.sessions} pages already, which is all it was started for; "
            "close one and load this page again, or start it with --sessions N",
            "full",
        )
        return
    with solara.v.Tabs(v_model=session.tab.value, on_v_model=session.tab.set):
        solara.v.Tab(children=["Estimation"])
        solara.v.Tab(children=["Testing"])
        solara.v.Tab(children=["Games"])
    if session.tab.value == 0:
        Estimation(session.estimation)
    elif session.tab.value == 1:
        Testing(session.testing)
    else:
        Games(session.games)
