"""What the testing tab knows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import solara

from nashbox.app.desk_testing import RaceDesk
from nashbox.app.jobs import Ended, Idle, Worker
from nashbox.app.long_work import LongWork
from nashbox.app.messages import Laws, Opened, Progress, RaceSetup
from nashbox.app.parameters import parts, whole
from nashbox.app.sources import Shelf, Source
from nashbox.app.ui.state import EVERYBODY, NICE, Started, Tab, ended
from nashbox.problem.errors import InputError


class RaceTab(Tab):
    """Competitive sequential testing."""

    game = "testing"
    kinds = ("testing_strategies", "testing_mechanisms")

    def __init__(self, started: Started, shelf: Shelf) -> None:
        self.games = solara.reactive("1000")
        self.prior, self.beta = solara.reactive(""), solara.reactive("")
        self.p0, self.p1 = solara.reactive(""), solara.reactive("")
        self.solving = solara.reactive(False)
        self.solved: Any = None
        self._shown: tuple[list[str], list[str]] = ([], [])  # pmfs as last put into the inputs
        super().__init__(started, RaceDesk, shelf)
        self.solver = Worker(LongWork, self.hear_laws, NICE)

    def hear(self, update: Any) -> None:
        """Take an update of the desk in; another game is solved again."""
        if isinstance(update, Opened):
            self.prior.value, self.beta.value = update.prior, update.beta
        super().hear(update)
        if isinstance(update, Opened):
            if self._typed_pmfs() in (self._shown, self._pmfs()):
                self._show_pmfs()  # otherwise they are being edited, and stay as typed
            self._solve(update)

    def hear_laws(self, update: Any) -> None:
        """Take the exact laws in, and pass them on to be drawn."""
        if isinstance(update, Laws):
            self.ask("learn", update)
        elif isinstance(update, (Idle, Ended)):
            self.solving.value = False
            self.solver.cancel()  # its memory is worth more than its start
            if isinstance(update, Ended):
                self.trouble.value = ended(update)
        elif not isinstance(update, Progress):
            self.hear(update)

    def open(self, source: Source) -> None:
        """Open a problem afresh."""
        self.take(RaceSetup(source, **self.typed()))

    def choose_agent(self, name: str) -> None:
        """An agent, with its strategy and its pmfs."""
        super().choose_agent(name)
        self._show_pmfs()

    def change(self) -> None:
        """Take over the pmfs and the strategy of the agent (or of everybody)."""

        def work() -> None:
            opened = self.opened.value
            if opened is None:
                raise InputError("no problem is open")
            everybody = self.agent.value == EVERYBODY
            named = list(opened.names) if everybody else [self.agent.value]
            pmfs = dict(opened.pmfs)
            if not everybody or self.p0.value.strip() or self.p1.value.strip():
                pmfs |= dict.fromkeys(named, (parts(self.p0.value), parts(self.p1.value)))
            setup = replace(self.wanted, pmfs=pmfs, strategies=self.chosen_strategies())
            self.take(setup)

        self.attempt(work, cause="strategy")

    def set_rules(self, **rules: Any) -> None:
        """Another mechanism, prior or beta."""
        self.attempt(lambda: self.take(replace(self.wanted, **rules)), cause="rules")

    def begin(self) -> None:
        """Play a whole race."""
        self.finish()

    def finish(self) -> None:
        """Play the game on the table to its end."""
        self.attempt(lambda: self.ask("finish"))

    def run(self) -> None:
        """Play the number of games typed."""
        self.attempt(lambda: self.ask("play", whole("games", self.games.value)))

    def cancel_solving(self) -> None:
        """Do without the exact law."""
        self.solver.cancel()
        self.solving.value, self.solved = False, None

    def close(self) -> None:
        """End all processes."""
        super().close()
        self.solver.cancel()

    def _solve(self, opened: Opened) -> None:
        key = (repr(opened.pmfs), opened.prior, opened.beta, repr(opened.strategies))
        if key == self.solved:
            return
        self.solver.cancel()
        self.solved, self.solving.value = key, True
        self.tables["solution"].value = None
        self.solver.request("solve", opened.setup)

    def _pmfs(self) -> tuple[list[str], list[str]]:
        """The pmfs of the chosen agent in the game as set up, none for everybody."""
        opened = self.opened.value
        known = opened is not None and self.agent.value in opened.names
        pair = opened.pmfs[self.agent.value] if opened is not None and known else ((), ())
        return list(pair[0]), list(pair[1])

    def _typed_pmfs(self) -> tuple[list[str], list[str]]:
        return parts(self.p0.value), parts(self.p1.value)

    def _show_pmfs(self) -> None:
        self._shown = self._pmfs()
        self.p0.value, self.p1.value = (", ".join(pmf) for pmf in self._shown)
