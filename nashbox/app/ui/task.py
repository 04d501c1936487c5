"""Long work on the game on the table, which one may watch and end: audits, comparisons, designs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import solara

from nashbox.app.jobs import Ended, Idle, Send, Trouble, Worker
from nashbox.app.long_work import LongWork
from nashbox.app.messages import Progress, Setup

NICE = 10  # audits take all processors, and step back: the page and its drawings go first


class PageTask:
    """A method of LongWork in a process of its own.

    name: of the method, and of the table and the figure that it fills. unit: of what it counts.
    tell: gets all that it sends, beside how far it is.
    """

    def __init__(self, name: str, unit: str, tell: Send) -> None:
        self.name, self.unit, self.tell = name, unit, tell
        self.progress: solara.Reactive[Progress | None] = solara.reactive(None)
        self.about: solara.Reactive[Setup | None] = solara.reactive(None)
        self.trouble = solara.reactive("")
        self.worker = Worker(LongWork, self.hear, NICE, once=True)

    def hear(self, update: Any) -> None:
        """Take an update in."""
        if isinstance(update, Progress):
            self.progress.value = update
        elif isinstance(update, Trouble):
            self.trouble.value = update.message
        elif isinstance(update, Ended):
            self.trouble.value, self.progress.value = ended(update), None
        elif isinstance(update, Idle):
            self.progress.value = None  # from here on it may be asked for again
        else:
            self.tell(update)

    def start(self, setup: Setup, arguments: Sequence[Any]) -> None:
        """Begin."""
        self.about.value, self.progress.value = setup, Progress(0, 0)
        self.worker.request(self.name, setup, *arguments)

    def cancel(self) -> None:
        """End its process."""
        self.worker.cancel()
        self.progress.value = None
        self.trouble.value = "cancelled; there is no result"

    def forget(self) -> None:
        """Nothing of the last game stays in sight."""
        self.cancel()
        self.about.value, self.trouble.value = None, ""


def ended(update: Ended) -> str:
    """Say that a process is gone."""
    return (
        f"the process that computed this has ended (code {update.code}), perhaps for lack of "
        "memory; Reset starts a new one"
    )
