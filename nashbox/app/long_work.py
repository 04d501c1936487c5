"""What may take long: audits, and the exact laws of a game that is solved."""

from __future__ import annotations

import contextlib
import io
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from nashbox.app.answers import answer
from nashbox.app.jobs import Send
from nashbox.app.limits import BUDGET, at_most
from nashbox.app.messages import Conclusion, Laws, PageTable, Progress, Sketch, Verdict
from nashbox.experiments.audit import audit
from nashbox.experiments.audit.words import ONE
from nashbox.games.registry import perform
from nashbox.problem.ticker import Ticker
from nashbox.tables.audit import deviation_in_words, legend, scale_of
from nashbox.tables.console import amount, number
from nashbox.tables.printing import print_result
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
        send(Verdict(result.nash, printed(print_result, result)))
        wide = max(6.4, min(16.0, 0.55 * len(result.agents) + 3))
        text = "Gain of every agent's deviations, with bounds and epsilon"
        send(Sketch("landscape", text, result.plot, size=(wide, 4.4)))

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


def printed(table: Callable[[Any], None], result: Any) -> str:
    """What a command's table function prints."""
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        table(result)
    return stream.getvalue()


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
    return PageTable("audit", columns, rows, f"{result.method} audit", told)
