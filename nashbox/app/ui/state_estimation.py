"""What the estimation tab knows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import solara

from nashbox.app.comparing import Comparing
from nashbox.app.desk_estimation import EstimationDesk
from nashbox.app.jobs import Ended, Idle, Trouble, Worker
from nashbox.app.messages import Designed, EstimationSetup, Progress
from nashbox.app.parameters import hold_to_menu, whole
from nashbox.app.sources import Shelf, Source
from nashbox.app.ui.state import NICE, Started, Tab, ended
from nashbox.problem.estimation import RULES


class EstimationTab(Tab):
    """Collaborative mean estimation."""

    game = "estimation"
    kinds = ("strategies", "mechanisms")

    def __init__(self, started: Started, shelf: Shelf) -> None:
        self.worlds = solara.reactive("1000")
        self.rounds = solara.reactive("10")
        self.goal = solara.reactive("social")
        self.starts = solara.reactive("20")
        self.comparing: solara.Reactive[Progress | None] = solara.reactive(None)
        self.compared: solara.Reactive[Any] = solara.reactive(None)
        self.compare_unit = solara.reactive("")
        self.compare_trouble = solara.reactive("")
        super().__init__(started, EstimationDesk, shelf)
        self.comparer = Worker(Comparing, self.hear_compare, NICE)

    def open(self, source: Source) -> None:
        """Open a problem afresh."""
        self.take(EstimationSetup(source, **self.typed()))

    def typed(self) -> dict[str, Any]:
        """Seed and worlds."""
        return {**super().typed(), "worlds": whole("worlds", self.worlds.value)}

    def run(self) -> None:
        """Play the number of rounds typed."""
        self.attempt(lambda: self.ask("advance", whole("rounds", self.rounds.value)))

    def change(self) -> None:
        """Let the agent play what is chosen; before and after are measured."""

        def work() -> None:
            self.take(replace(self.wanted, strategies=self.chosen_strategies()), "change_to")

        self.attempt(work, cause="strategy")

    def set_rules(self, **rules: Any) -> None:
        """Another mechanism or plan."""
        self.attempt(lambda: self.take(replace(self.wanted, **rules)), cause="rules")

    def choose_plan(self, rule: str) -> None:
        """Another plan of the menu, or the file's own."""
        opened = self.opened.value
        own = [] if opened is None else [opened.plan]

        def work() -> None:
            hold_to_menu(rule, [*RULES, *own])
            self.set_rules(plan=None if rule == "given" else rule)

        self.attempt(work, cause="rules")

    def hear_compare(self, update: Any) -> None:
        """Take an update of a comparison or a design in; designed rules are played."""
        if isinstance(update, Progress):
            self.comparing.value = update
        elif isinstance(update, Designed):
            self.attempt(lambda: self.take(update.onto(self.wanted)), self.compare_trouble)
        elif isinstance(update, Trouble):
            self.compare_trouble.value = update.message
        elif isinstance(update, Ended):
            self.compare_trouble.value, self.comparing.value = ended(update), None
        elif isinstance(update, Idle):
            self.comparer.cancel()  # its memory is worth more than its start
            self.comparing.value = None  # from here on the next work may be asked for
        else:
            self.hear(update)

    def compare(self) -> None:
        """Compare all mechanisms and the rules designed for the goal, on the costs as set up."""

        def work() -> None:
            starts = whole("starts", self.starts.value)
            self.compared.value, self.compare_unit.value = self.setup.value, "paths"
            self._start("compare", self.setup.value, self.goal.value, starts)

        self.attempt(work, self.compare_trouble)

    def design(self) -> None:
        """Design rules for the goal and play them."""
        self.compare_trouble.value, self.compare_unit.value = "", "steps"
        self._start("design", self.setup.value, self.goal.value)

    def cancel_compare(self) -> None:
        """End the process of the comparison or the design."""
        self.comparer.cancel()
        self.comparing.value = None
        self.compare_trouble.value = "cancelled; there is no result"

    def _forget(self) -> None:
        """Nothing of the last game stays in sight."""
        super()._forget()
        self.comparer.cancel()
        self.comparing.value = self.compared.value = None
        self.compare_trouble.value = ""

    def close(self) -> None:
        """End all processes."""
        super().close()
        self.comparer.cancel()

    def _start(self, work: str, *arguments: Any) -> None:
        self.tables[work].value = None
        self.comparing.value = Progress(0, 0)
        self.comparer.request(work, *arguments)
