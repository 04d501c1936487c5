"""What may take long: audits, comparisons, designed rules, and the exact laws of a game."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Mapping
from typing import Any

import numpy as np

from nashbox.app.answers import answer
from nashbox.app.jobs import Send
from nashbox.app.limits import BUDGET, STARTS, at_most
from nashbox.app.messages import (
    Conclusion,
    Designed,
    Laws,
    PageTable,
    Progress,
    Setup,
    Sketch,
    Verdict,
)
from nashbox.experiments.audit import audit
from nashbox.experiments.audit.words import ONE
from nashbox.experiments.compare import compare
from nashbox.games.compared import PROFILES
from nashbox.games.registry import perform
from nashbox.problem.ticker import Ticker
from nashbox.tables.audit import deviation_in_words, legend, scale_of
from nashbox.tables.console import amount, number
from nashbox.tables.printing import print_result, sheet_of
from nashbox.tables.sheet import plain
from nashbox.tables.solving import ALONE

TOLD = 0.3  # seconds at least between two words on how far a work is
SHOWN = 3  # agents whose law alone is sent to the page


class LongWork:
    """Served in a process that the page may end at any time."""

    def audit(self, send: Send, setup: Any, budget: int) -> None:
        """Audit the game as set up: progress, then verdict, table and gain landscape."""
        problem = setup.problem()
        at_most("budget", budget, BUDGET)
        result = audit(problem, progress=telling(send), budget=budget, seed=setup.seed)
        send(_audit_rows(result))
        send(Verdict(result.nash))
        wide = max(6.4, min(16.0, 0.55 * len(result.agents) + 3))
        text = "Gain of every agent's deviations, with bounds and epsilon"
        send(Sketch("audit", text, result.plot, size=(wide, 4.4)))

    def compare(self, send: Send, setup: Setup, starts: int, own: Mapping[str, Any]) -> None:
        """Compare all mechanisms: progress, table, bars. own: options that only this game has."""
        problem = setup.problem()
        at_most("starts", starts, STARTS)
        result = compare(problem, starts=starts, seed=setup.seed, progress=telling(send), **own)
        send(_sheet_rows("compare", result, 0))
        wide = max(7.0, min(16.0, 1.2 * len(result.rows) / len(PROFILES) + 2))
        text = "What every mechanism comes to, at honesty and at its equilibria"
        send(Sketch("compare", text, result.plot, size=(wide, 4.6)))

    def design(self, send: Send, setup: Setup, goal: str) -> None:
        """Design rules for a goal: progress, what they were compared with, and the rules."""
        result = perform("design", setup.problem(), goal, progress=telling(send))
        rules = result.designed
        plan = {"plan": rules.plan} if isinstance(rules.plan, str) else {}
        send(Designed(setup.source, rules.mechanism, plan))
        send(_sheet_rows("design", result, 1))

    def answer(self, send: Send, setup: Any) -> None:
        """Say whether honesty pays in the game as set up."""
        send(Conclusion(*answer(setup.problem(), setup.seed)))

    def solve(self, send: Send, setup: Any) -> None:
        """Solve the game exactly; send the laws of stopping."""
        from nashbox.experiments.figures.races import first_stop_law

        problem = setup.problem()
        report = perform("solve", problem)
        s = report.solution
        weights = np.array([float(1 - problem.prior), float(problem.prior)])
        distinct: dict[Any, str] = {}
        for name, model in zip(problem.names, problem.models, strict=True):
            distinct.setdefault(model, name)
        alone = {
            name: (weights @ s.laws[name].stop.sum(axis=1)).tolist()
            for name in list(distinct.values())[:SHOWN]
        }
        columns = ("agent", "E tau alone", "error alone", "wins", "error in the race")
        rows = [
            (name, number(s.expected_time[name]), number(s.error[name]), number(s.wins[name]),
             number(s.error_interactive[name]))
            for name in problem.names
        ]  # fmt: skip
        title = f"exact numbers, error at most {s.error_bound:.1e}"
        send(PageTable("solution", columns, rows, title, [ALONE, *report.notes]))
        send(Laws(first_stop_law(s).tolist(), alone, s.error_bound, report.notes))


def telling(send: Send) -> Ticker:
    """Progress for the page, which has more to do than to draw a bar."""
    send(Progress(0, 0))
    begun = told = time.monotonic()

    def progress(done: int, total: int) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= TOLD or done == total:
            told, taken = now, now - begun
            send(Progress(done, total, taken * (total - done) / done if done else None))

    return progress


def _printed(result: Any) -> str:
    """What a command prints of a result."""
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        print_result(result)
    return stream.getvalue()


def _sheet_rows(name: str, result: Any, place: int) -> PageTable:
    """A table of a result's sheet, with the first line, its legend and those before, the notes."""
    sheet = sheet_of(result)
    table = sheet.tables[place][0]
    columns = [plain(column.header) for column in table.columns]
    rows = [
        tuple(map(plain, row))
        for row in zip(*(column.cells for column in table.columns), strict=True)
    ]
    legends = [words for _, legend in sheet.tables[: place + 1] for words in legend]
    notes = [*legends, *(note.plain.removeprefix("note: ") for note in sheet.notes)]
    title = f"{sheet.headline}; {plain(sheet.tables[0][0].title)}"
    return PageTable(name, columns, rows, title, notes, _printed(result))


def _audit_rows(result: Any) -> PageTable:
    """The audit's main columns; the text has all of them."""
    rows, scale = [], scale_of(result)
    for a in result.agents:
        gain = a.gain
        bounds = [number(x, 5, scale) for x in (gain.estimate, gain.lower, gain.upper)]
        words = deviation_in_words(result, a, scale)
        rows.append((a.name, ONE[a.verdict], *bounds, amount(a.epsilon, 5), words))
    columns = ("agent", "verdict", "gain", "from", "to", "epsilon", "best deviation found")
    told = [*legend(result, bounded=True), *result.notes]
    return PageTable("audit", columns, rows, f"{result.method} audit", told, _printed(result))
