"""One browser page: its games, which of them is in sight, and the address that leads back to it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

import solara

from nashbox.app.sources import PRESETS, Shelf, Source, game_of, uploaded
from nashbox.app.ui.state import Started, Tab
from nashbox.app.ui.state_estimation import EstimationTab
from nashbox.app.ui.state_games import GamesTab
from nashbox.app.ui.state_testing import RaceTab
from nashbox.games.registry import PAPERS
from nashbox.problem.errors import InputError, brief

_open: set[Session] = set()  # pages with processes
_door = threading.Lock()


class Session:
    """The games of one browser page, and a folder for what it uploads."""

    def __init__(self, started: Started) -> None:
        self.started, self.shelf = started, Shelf()
        self.estimation = EstimationTab(started, self.shelf)
        self.testing = RaceTab(started, self.shelf)
        self.games = GamesTab(started, self.shelf)
        self.tabs: list[Tab] = [self.estimation, self.testing, self.games]
        self.tab: solara.Reactive[int] = solara.reactive(0)
        self.trouble = solara.reactive("")
        self.sigma = solara.reactive("10.0")
        self.followed: str | None = None  # the address shown or asked for last

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
        for tab in self.tabs:
            tab.close()
        self.shelf.cleanup()

    @property
    def now(self) -> Tab:
        """The game in sight."""
        index: int = self.tab.value
        return self.tabs[index]

    def menu(self) -> list[str]:
        """Names of all problems that can be opened: files of the start, presets, the others."""
        names = dict.fromkeys(s.shown for tab in self.tabs for s in tab.sources.value)
        first = [*self.started.files, *PRESETS]
        return [*(n for n in first if n in names), *(n for n in names if n not in first)]

    def open(self, shown: str, seed: str | None = None) -> None:
        """Open a problem of the menu; presets are played at once."""
        self.trouble.value = ""
        for index, tab in enumerate(self.tabs):
            for source in tab.sources.value:
                if source.shown == shown:
                    self._open(index, source, seed)
                    return
        self.trouble.value = (
            f"there is no game {brief(shown)} here; choose one of the menu, and upload again what "
            "you had uploaded"
        )

    def upload(self, files: Sequence[tuple[str, bytes]]) -> None:
        """Open an upload, whichever game it is of."""
        self.trouble.value = ""
        try:
            source = uploaded(files, PAPERS[0], self.shelf, _number(self.sigma.value))
        except InputError as error:
            self.trouble.value = " ".join(str(error).splitlines())
            return
        game = game_of(source)
        index = PAPERS.index(game) if game in PAPERS else 0 if game is None else len(PAPERS)
        self._open(index, source, None, "upload")

    def address(self) -> str:
        """What leads back to the game in sight: its name and seed, never the token."""
        setup = self.now.setup.value
        if setup is None:
            return ""
        shown = setup.source.shown
        return urlencode({"preset" if shown in PRESETS else "game": shown, "seed": setup.seed})

    def follow(self, search: str) -> None:
        """Open what an address names; the first preset, or the file of the start, where none."""
        pairs = dict(parse_qsl(search))
        shown = pairs.get("preset", pairs.get("game"))
        usual = next(iter([*self.started.files, *PRESETS]))
        seed = pairs.get("seed", "0")
        said = "" if seed.isdecimal() else f"seed must be a whole number, got {brief(seed)}"
        self.open(shown or usual, None if said else seed)
        if self.trouble.value and self.now.setup.value is None:
            said = self.trouble.value
            self.open(usual)
        if said:
            self.trouble.value = said

    def _open(self, index: int, source: Source, seed: str | None, cause: str = "game") -> None:
        tab: Any = self.tabs[index]
        if seed is not None:
            tab.seed.value = seed
        for other in self.tabs:
            other.playing.value = False
        self.tab.value = index
        tab.attempt(lambda: tab.open(source), cause=cause)
        if source.shown in PRESETS and not tab.trouble.value:
            tab.begin()


def _number(text: str) -> object:
    """A number, or what was typed: the problem's check says what is wrong with it."""
    try:
        return float(text)
    except ValueError:
        return text
