"""One browser page: its game, the menu of others, and the address that leads back to it."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from urllib.parse import parse_qsl, urlencode

import solara

from nashbox.app.sources import PRESETS, ProblemSource, Shelf, uploaded
from nashbox.app.ui.state import Started, Tab
from nashbox.problem.errors import InputError, brief

_open: set[Session] = set()  # pages with processes
_door = threading.Lock()


class Session:
    """The game of one browser page, and a folder for what it uploads."""

    def __init__(self, started: Started) -> None:
        self.started, self.shelf = started, Shelf()
        self.now = Tab(started)
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
        self.now.close()
        self.shelf.cleanup()

    def menu(self) -> list[str]:
        """Names of all problems that can be opened: files of the start, presets, the others."""
        return [source.shown for source in self.now.sources.value]

    def open(self, shown: str, seed: str | None = None) -> None:
        """Open a problem of the menu; presets are played at once."""
        self.trouble.value = ""
        for source in self.now.sources.value:
            if source.shown == shown:
                self._open(source, seed)
                return
        self.trouble.value = (
            f"there is no game {brief(shown)} here; choose one of the menu, and upload again what "
            "you had uploaded"
        )

    def upload(self, files: Sequence[tuple[str, bytes]] | None) -> None:
        """Open an upload, whichever game it is of; None: the browser did not hand it over."""
        self.trouble.value = ""
        try:
            if files is None:
                raise InputError("upload: the browser did not hand the files over; try again")
            source = uploaded(files, self.shelf, _number(self.sigma.value))
        except InputError as error:
            self.trouble.value = " ".join(str(error).splitlines())
            return
        self._open(source, None, "upload")

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

    def _open(self, source: ProblemSource, seed: str | None, cause: str = "game") -> None:
        if seed is not None:
            self.now.seed.value = seed
        self.now.attempt(lambda: self.now.open(source), cause=cause)
        if source.shown in PRESETS and not self.now.trouble.value:
            self.now.begin()


def _number(text: str) -> object:
    """A number, or what was typed: the problem's check says what is wrong with it."""
    try:
        return float(text)
    except ValueError:
        return text
