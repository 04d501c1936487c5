"""What the page knows of its game: menus and inputs, what processes have sent, how to ask them.

No widget is made here: the components read these reactive values and call these methods.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import solara

from nashbox.app.desk import Desk
from nashbox.app.jobs import Ended, Idle, Trouble, Worker
from nashbox.app.long_work import LongWork
from nashbox.app.messages import (
    Conclusion,
    Designed,
    Figure,
    Laws,
    Opened,
    PageTable,
    PlayedSoFar,
    Progress,
    Setup,
    Sketch,
    Verdict,
)
from nashbox.app.parameters import RECOMMENDED, inputs_of, usual, whole, with_key
from nashbox.app.plots import Artist
from nashbox.app.sources import ProblemSource, examples
from nashbox.app.story import Lines, Story
from nashbox.app.ui.choices import EVERYBODY, PageChoices
from nashbox.app.ui.task import NICE, PageTask, ended
from nashbox.experiments.audit import audit
from nashbox.experiments.compare import compare
from nashbox.problem.errors import InputError
from nashbox.problem.spec import Spec

COUNTS = {"rounds": "10", "games": "1000"}  # played at once, unless typed otherwise
TABLES = ("agents", "change", "tally", "solution", "audit", "compare", "design")
FIGURES = ("graph", "law", "audit", "compare")
TASKS = {"audit": "agents", "compare": "paths", "design": "steps"}  # with what they count


@dataclass(frozen=True)
class Started:
    """What `nashbox app` was started with: problem files, and plug-ins for the menus."""

    files: Sequence[str] = ()
    plugins: Sequence[str] = ()
    sessions: int = 8


class Tab:
    """The game on the table: a desk that plays and draws, and processes for long work.

    What there is to choose and to see beside what all games have, the game's class declares.
    """

    def __init__(self, started: Started) -> None:
        self.started = started
        self._lock, self._pending = threading.Lock(), 0
        self._running = False  # many rounds or games at once
        self.game = solara.reactive("")  # the name of its game
        self.counts = {unit: solara.reactive(usual) for unit, usual in COUNTS.items()}
        self.worlds = solara.reactive("1000")
        self.tasks = {name: PageTask(name, unit, self.hear) for name, unit in TASKS.items()}
        self.solving = solara.reactive(False)
        self._solved: Setup | None = None
        self.sources = solara.reactive(examples(started.files))
        self.opened: solara.Reactive[Opened | None] = solara.reactive(None)
        self.choices = PageChoices(started.plugins, self.opened)
        self.played = solara.reactive(PlayedSoFar(0))
        # one reactive value a name: several processes send, and nothing they send may get lost
        self.tables: dict[str, Any] = {name: solara.reactive(None) for name in TABLES}
        self.figures: dict[str, Any] = {name: solara.reactive(None) for name in FIGURES}
        self._forgotten = dict.fromkeys(FIGURES, 0)  # numbers of figures of games that are gone
        self.story: solara.Reactive[Story | None] = solara.reactive(None)
        self.lines: solara.Reactive[Lines | None] = solara.reactive(None)
        self.answer: solara.Reactive[Conclusion | None] = solara.reactive(None)
        self.answering = solara.reactive(False)
        self.asked: dict[str, Any] = {name: solara.reactive(0) for name in FIGURES}
        self.trouble = solara.reactive("")
        self.cause = solara.reactive("game")  # the card whose doing the trouble is
        self.waiting = solara.reactive(0)
        self.playing = solara.reactive(False)
        self.interval = solara.reactive(100)
        self.verdict: solara.Reactive[Verdict | None] = solara.reactive(None)
        self.budget = solara.reactive(usual(audit, "budget"))
        self.starts = solara.reactive(usual(compare, "starts"))
        self.goal = solara.reactive("social")
        self.seed = solara.reactive("0")
        self.setup: solara.Reactive[Any] = solara.reactive(None)  # what is on the table
        self.wanted: Any = None  # what was asked for last
        self.desk = Worker(Desk, self.hear)
        self.artist = Worker(Artist, self.hear_artist)
        self.answerer = Worker(LongWork, self.hear_answer, NICE, once=True)
        self.solver = Worker(LongWork, self.hear_laws, NICE, once=True)

    @property
    def cls(self) -> type[Any]:
        """The class of its game."""
        return self.choices.cls

    # what the processes say

    def hear(self, update: Any) -> None:
        """Take an update of the desk or a task in."""
        if isinstance(update, PageTable):
            self.tables[update.name].value = update
        elif isinstance(update, Sketch):
            asked = self.asked[update.name]
            asked.value += 1
            self.artist.request("sketch", replace(update, number=asked.value))
        elif isinstance(update, PlayedSoFar):
            self.played.value = update
        elif isinstance(update, Story):
            self.story.value = update
        elif isinstance(update, Lines):
            self.lines.value = update
        elif isinstance(update, Opened):
            self._take_over(update)
        elif isinstance(update, Verdict):
            self.verdict.value = update
        elif isinstance(update, Designed):
            self.attempt(lambda: self.take(update.onto(self.wanted)), self.tasks["design"].trouble)
        elif isinstance(update, Trouble):
            self.trouble.value, self.playing.value = update.message, False
            self.wanted = self.setup.value
        elif isinstance(update, Ended):
            self._count(-self._pending)
            self.playing.value, self.trouble.value = False, ended(update)
            self.wanted = self.setup.value
        elif isinstance(update, Idle):
            self._count(-1)
            self._running = self._running and self.waiting.value > 0
            if self.playing.value and not self.waiting.value:
                time.sleep(self.interval.value / 1000)  # nothing else comes before the next request
                if self.playing.value:
                    self.ask("advance", 1)

    def hear_artist(self, update: Any) -> None:
        """Take a figure in."""
        if isinstance(update, Figure):
            if update.number > self._forgotten[update.name]:
                self.figures[update.name].value = update
        elif isinstance(update, (Trouble, Ended)):
            for name, asked in self.asked.items():  # nothing is waited for any more
                asked.value = self._number(name)
            self.trouble.value = ended(update) if isinstance(update, Ended) else update.message

    def _number(self, name: str) -> int:
        figure = self.figures[name].value
        return self._forgotten[name] if figure is None else figure.number

    @property
    def drawing(self) -> bool:
        """Whether a figure is waited for."""
        return any(asked.value != self._number(name) for name, asked in self.asked.items())

    def hear_answer(self, update: Any) -> None:
        """Take the answer to the page's question in."""
        if isinstance(update, Conclusion):
            self.answer.value = update
        elif isinstance(update, (Idle, Ended, Trouble)):
            self.answering.value = False

    def hear_laws(self, update: Any) -> None:
        """Take the exact laws in, and pass them on to be drawn."""
        if isinstance(update, Laws):
            self.ask("learn", update)
        elif isinstance(update, (Idle, Ended)):
            self.solving.value = False
            if isinstance(update, Ended):
                self.trouble.value = ended(update)
        elif not isinstance(update, Progress):
            self.hear(update)

    # what the user does

    def ask(self, method: str, *arguments: Any) -> None:
        """Ask the desk."""
        self._running = self._running or method == "play"
        self._count(1)
        self.desk.request(method, *arguments)

    def attempt(self, work: Callable[[], Any], trouble: Any = None, cause: str = "play") -> None:
        """Do what the user asked for, and show (in `trouble`) why it cannot be done.

        cause: the card beside which it is shown.
        """
        told = self.trouble if trouble is None else trouble
        told.value = ""
        if told is self.trouble:
            self.cause.value = cause
        try:
            work()
        except InputError as error:
            told.value = " ".join(str(error).splitlines())

    def take(self, setup: Any, method: str = "reset") -> None:
        """Ask the desk for a game as set up."""
        self.playing.value = False
        self.wanted = setup
        self.ask(method, setup)

    def open(self, source: ProblemSource) -> None:
        """Open a problem afresh, with what its file says; what the last one plays is given up."""
        if self._running:
            self.desk.cancel()
            self._count(-self._pending)
        self.take(Setup(source, **self.typed()))

    def step(self, rounds: int = 1) -> None:
        """Play on."""
        self.attempt(lambda: self.ask("advance", rounds))

    def play_or_pause(self) -> None:
        """Toggle playing."""
        self.playing.value = not self.playing.value
        if self.playing.value and not self.waiting.value:
            self.step()

    def begin(self) -> None:
        """Play what shows the story of a game that has just been opened."""
        self.finish()

    def finish(self) -> None:
        """Play the round, or the game on the table to its end."""
        self.attempt(lambda: self.ask("finish"))

    @property
    def unit(self) -> str:
        """What is played many at once: rounds or games."""
        return "rounds" if self.cls.lasting else "games"

    def run(self) -> None:
        """Play the number of rounds or games typed."""
        self.attempt(lambda: self.ask("play", whole(self.unit, self.counts[self.unit].value)))

    def change(self) -> None:
        """Let the agent (or everybody) play what is chosen; before and after are measured."""

        def work() -> None:
            chosen = self.choices.everybodys(self._opened())
            self.take(replace(self.wanted, **chosen), "change_to")

        self.attempt(work, cause="strategy")

    def set_mechanism(self, mechanism: Spec) -> None:
        """Another mechanism."""
        self.attempt(lambda: self.take(replace(self.wanted, mechanism=mechanism)), cause="rules")

    def set_key(self, key: str, value: Any) -> None:
        """Another value of a key of the problem file that is an input of the page."""

        def work() -> None:
            keys = with_key(self.cls, self._opened().body, self.wanted.keys, key, value)
            self.take(replace(self.wanted, keys=keys))

        self.attempt(work, cause="rules")

    def inputs(self) -> dict[str, dict[str, Any]]:
        """Keys of the problem file that are inputs of the page."""
        opened = self.opened.value
        return {} if opened is None else inputs_of(self.cls, opened.body)

    def has(self, engine: str) -> bool:
        """Whether the game on the table declares an engine."""
        return self.opened.value is not None and engine in self.cls.engines

    def reset(self) -> None:
        """Back to the beginning, with the seed as typed."""
        self.attempt(lambda: self.take(replace(self.wanted, **self.typed())))

    def typed(self) -> dict[str, Any]:
        """The setup's numbers as they stand in the inputs. Raises InputError."""
        return {
            "seed": whole("seed", self.seed.value),
            "worlds": whole("worlds", self.worlds.value),
        }

    def cancel(self) -> None:
        """End what the desk is doing, and open the game again."""
        self.desk.cancel()
        self._count(-self._pending)
        self._solved = None
        if self.setup.value is not None:
            self.take(self.setup.value)

    def _opened(self) -> Opened:
        opened: Opened | None = self.opened.value
        if opened is None:
            raise InputError("no problem is open")
        return opened

    def audit(self) -> None:
        """Audit the game as it is set up."""
        self.verdict.value = None
        self._begin("audit", lambda: [whole("budget", self.budget.value)])

    def compare(self) -> None:
        """Compare all mechanisms, and rules designed for the goal where the game has some."""
        own = {"goals": [self.goal.value]} if self.has("design") else {}
        self._begin("compare", lambda: [whole("starts", self.starts.value), own])

    def design(self) -> None:
        """Design rules for the goal and play them."""
        self._begin("design", lambda: [self.goal.value])

    def _begin(self, name: str, typed: Callable[[], Sequence[Any]]) -> None:
        """Begin a task with what stands in its inputs, and show why that cannot be done."""
        task = self.tasks[name]
        self.tables[name].value = None

        def work() -> None:
            task.start(self.setup.value, typed())
            self.artist.request("ready", name)

        self.attempt(work, task.trouble)

    def close(self) -> None:
        """End all processes."""
        tasks = (task.worker for task in self.tasks.values())
        for worker in (self.desk, self.artist, self.answerer, self.solver, *tasks):
            worker.close()

    def cancel_solving(self) -> None:
        """Do without the exact law."""
        self.solver.cancel()
        self.solving.value, self._solved = False, None

    def _solve(self, setup: Setup) -> None:
        """Have the game solved, where it is one that is, and not solved already."""
        key = replace(setup, seed=0)
        if key == self._solved:
            return
        self.cancel_solving()
        self.tables["solution"].value = None
        if self.has("solve"):
            self._solved, self.solving.value = key, True
            self.solver.request("solve", setup)

    def _count(self, more: int) -> None:
        """Count requests under way; the page and the desk's listener both do."""
        with self._lock:
            self._pending = max(0, self._pending + more)
        self.waiting.value = self._pending

    def _take_over(self, opened: Opened) -> None:
        """Show another game; what was said of the last one goes."""
        before, source = self.setup.value, opened.setup.source
        if before is None or before.source != source:
            self._forget()
            problem = source.problem()
            self.choices.learn(problem)
            self.game.value = problem.game
            self.setup.value, self.opened.value = opened.setup, opened
            self.choices.choose_agent(EVERYBODY)
            self.choices.choose_strategy(RECOMMENDED)
            others = [s for s in self.sources.value if s.shown != source.shown]
            if source not in self.sources.value:
                self.sources.value = [*others, source]
        else:
            self.setup.value, self.opened.value = opened.setup, opened
            self.choices.lists.follow(opened, self.choices.agent.value)
        self.tables["change"].value = None
        self._solve(opened.setup)
        if before is None or replace(before, seed=0) != replace(opened.setup, seed=0):
            self._answer()

    def _answer(self) -> None:
        """Have the question answered for the game on the table."""
        self.answerer.cancel()
        self.answer.value, self.answering.value = None, True
        self.answerer.request("answer", self.setup.value)

    def _forget(self) -> None:
        """Nothing of the last game stays in sight."""
        for task in self.tasks.values():
            task.forget()
        self.verdict.value = None
        self.story.value = self.lines.value = None
        for table in self.tables.values():
            table.value = None
        for name, figure in self.figures.items():
            self._forgotten[name] = self.asked[name].value
            figure.value = None
