"""What the page knows of comparisons and designed rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import solara

from nashbox.app.comparing import Comparing
from nashbox.app.jobs import Ended, Idle, Trouble, Worker
from nashbox.app.messages import Designed, Progress
from nashbox.app.parameters import usual, whole
from nashbox.experiments.compare import compare

if TYPE_CHECKING:
    from nashbox.app.ui.state import Tab


class CompareState:
    """Mechanisms side by side, and rules designed for a goal, of the game on the table."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.goal = solara.reactive("social")
        self.starts = solara.reactive(usual(compare, "starts"))
        self.progress: solara.Reactive[Progress | None] = solara.reactive(None)
        self.compared: solara.Reactive[Any] = solara.reactive(None)
        self.unit = solara.reactive("")
        self.trouble = solara.reactive("")
        self.worker = Worker(Comparing, self.hear, once=True)  # one process: it need not step back

    def hear(self, update: Any) -> None:
        """Take an update of a comparison or a design in; designed rules are played."""
        if isinstance(update, Progress):
            self.progress.value = update
        elif isinstance(update, Designed):
            self._attempt(lambda: self.tab.take(update.onto(self.tab.wanted)))
        elif isinstance(update, Trouble):
            self.trouble.value = update.message
        elif isinstance(update, Ended):
            self.trouble.value, self.progress.value = ended(update), None
        elif isinstance(update, Idle):
            self.progress.value = None  # from here on the next work may be asked for
        else:
            self.tab.hear(update)

    def compare(self) -> None:
        """Compare all mechanisms and the rules designed for the goal, on the costs as set up."""

        def work() -> None:
            starts = whole("starts", self.starts.value)
            self.compared.value, self.unit.value = self.tab.setup.value, "paths"
            self._start("compare", self.goal.value, starts)

        self._attempt(work)

    def design(self) -> None:
        """Design rules for the goal and play them."""
        self.trouble.value, self.unit.value = "", "steps"
        self._start("design", self.goal.value)

    def cancel(self) -> None:
        """End the process of the comparison or the design."""
        self.worker.cancel()
        self.progress.value = None
        self.trouble.value = "cancelled; there is no result"

    def forget(self) -> None:
        """Nothing of the last game stays in sight."""
        self.worker.cancel()
        self.progress.value = self.compared.value = None
        self.trouble.value = ""

    def _attempt(self, work: Callable[[], None]) -> None:
        self.tab.attempt(work, self.trouble)

    def _start(self, work: str, *arguments: Any) -> None:
        self.tab.tables[work].value = None
        self.progress.value = Progress(0, 0)
        self.worker.request(work, self.tab.setup.value, *arguments)
        self.tab.artist.request("ready", work)


def ended(update: Ended) -> str:
    """Say that a process is gone."""
    return (
        f"the process that computed this has ended (code {update.code}), perhaps for lack of "
        "memory; Reset starts a new one"
    )
