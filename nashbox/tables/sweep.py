"""A sweep on a terminal: its bar, its log lines in a pipe, its summary."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from nashbox.experiments.sweep.report import SweepReport
from nashbox.experiments.sweep.runner import Tally
from nashbox.problem.counts import several
from nashbox.problem.errors import shown
from nashbox.tables.console import Log, span
from nashbox.tables.sheet import Sheet


def line(tally: Tally) -> str:
    """Where a batch is, in one line."""
    failed = f", {tally.failed} failed" if tally.failed else ""
    remaining = span(tally.left / tally.rate if tally.rate else None)
    return (
        f"{tally.done} of {tally.total} cells{failed}, {tally.rate:.3g} a second, "
        f"{remaining} remaining"
    )


@contextmanager
def sweep_progress() -> Iterator[Callable[[Tally], None]]:
    """Show a bar on a terminal (standard error); in a pipe a line now and then."""
    if not sys.stderr.isatty():
        yield _Log()
        return
    from rich.progress import BarColumn, Progress, TextColumn

    console = Console(stderr=True)
    with Progress(BarColumn(), TextColumn("{task.description}"), console=console) as bar:
        task = bar.add_task("starting workers", total=None)

        def show(tally: Tally) -> None:
            bar.update(task, completed=tally.done, total=tally.total, description=line(tally))

        yield show


class _Log:
    """A line about the batch now and then."""

    def __init__(self) -> None:
        self._log = Log()

    def __call__(self, tally: Tally) -> None:
        if tally.left and not self._log.left:
            self._log.say(line(tally))


def sweep_sheet(report: SweepReport) -> Sheet:
    """The counts, the errors, and where the results are."""
    parts = [f"{report.ok} of {report.total} cells done"]
    for word in ("failed", "interrupted", "running", "left"):
        if number := getattr(report, word):
            parts.append(f"{number} {word}")
    sheet = Sheet(f"{shown(report.file)}: {', '.join(parts)}")
    if report.exported is None or report.rows is None:
        sheet.note(f"results: {shown(report.store)}; --export FILE.csv makes a table of them")
    else:
        sheet.note(f"results: {shown(report.store)}")
        sheet.note(f"wrote {shown(report.exported)}: {several(report.rows, 'row')}")
    if report.damaged:
        rows = several(report.damaged, "damaged row")
        sheet.note(f"{rows} in the store: computed again next time")
    if report.left and not report.driven:
        sheet.note("nobody works on it: the same command without --status goes on")
    if report.left and report.driven and report.rate is not None:
        sheet.note(f"{report.rate:.3g} cells a second, {span(report.remaining)} remaining")
    for error in report.errors:
        sheet.say(f"failed ({error['cells']}): {error['error']}")
    return sheet
