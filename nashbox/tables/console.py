"""What all tables share: the console, the progress bar, numbers in words."""

from __future__ import annotations

import io
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from nashbox.experiments.digits import FINEST, TINY, places_of
from nashbox.problem.output import drop_output
from nashbox.problem.ticker import Ticker

FIRST, LONGEST = 10.0, 600.0  # seconds until the first log line, and between lines at most
ERRORS = "a number after \u00b1 is a standard error"
LARGE = 1e6  # from here on numbers are written with an exponent
VERDICT_STYLE = {"profitable": "bold red", "none_above_epsilon": "green", "undecided": "yellow"}


class _Console(Console):
    """A console whose reader may stop reading: the rest is dropped, the exit code stays."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        drop_output()


def new_console() -> Console:
    """Return a console on standard output: colours and width of a terminal, plain in a pipe."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names the terminal cannot show
    terminal = sys.stdout.isatty()
    return _Console(
        width=None if terminal else _columns(),
        force_terminal=None
        if terminal
        else False,  # no colours in a pipe, whatever the environment
        color_system="auto" if terminal else None,
        highlight=False,
        soft_wrap=False,
        markup=False,  # names come from files: square brackets and colons in them mean nothing
        emoji=False,
    )


def _columns() -> int:
    """Width in a pipe: what COLUMNS says, or 120."""
    said = os.environ.get("COLUMNS", "")
    return max(40, int(said)) if said.isdecimal() and int(said) > 0 else 120


@contextmanager
def _bar(what: str) -> Iterator[Ticker]:
    """Show a bar on standard error."""
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def slow_work(what: str) -> Iterator[Ticker]:
    """Show a bar on a terminal (standard error); in a pipe a line now and then.

    Work that is done within `FIRST` seconds says nothing in a pipe.
    """
    if sys.stderr.isatty():
        with _bar(what) as progress:
            yield progress
        return
    start, log, over, share = time.monotonic(), Log(), threading.Event(), ""

    def told(done: int, total: int) -> None:
        nonlocal share
        share = f"{done / total:.0%} in " if total else ""

    def tell() -> None:
        while not over.wait(log.left):  # a step may take long: nobody waits for its end
            log.say(f"{what}: {share}{span(time.monotonic() - start)} (Ctrl-C ends it)")

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield told
    finally:
        over.set()
        teller.join()


class Log:
    """Lines on standard error: the first after `FIRST` seconds, then twice as far apart."""

    def __init__(self) -> None:
        self._wait, self._next = FIRST, time.monotonic() + FIRST

    @property
    def left(self) -> float:
        """Seconds until it is time for a line."""
        return max(0.0, self._next - time.monotonic())

    def say(self, words: str) -> None:
        """Print a line, and wait for the next one."""
        print(f"nashbox: {words}", file=sys.stderr, flush=True)
        self._wait = min(2 * self._wait, LONGEST)
        self._next = time.monotonic() + self._wait


def span(seconds: float | None) -> str:
    """A time in words of two parts at most.

    >>> span(59.4), span(3700), span(None), span(200_000)
    ('59 s', '1 h 1 min', '?', '2 d 7 h')
    """
    if seconds is None:
        return "?"
    left = round(seconds)
    if left < 60:
        return f"{left} s"
    if left < 3600:
        return f"{left // 60} min {left % 60} s"
    if left < 86400:
        return f"{left // 3600} h {left % 3600 // 60} min"
    return f"{left // 86400} d {left % 86400 // 3600} h"


def number(value: float | None, digits: int = 4, scale: float = 1.0) -> str:
    """Plain fixed digits for what people compare, scientific where that would say nothing.

    scale: of what a difference is taken of; 1e-10 of it is the rounding of exact methods.

    >>> number(2e-16), number(2e-13, scale=1e-12), number(-3e-25, scale=1e-12)
    ('0.0000', '2.00e-13', '0.0000')
    """
    if value is None:
        return "-"
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if abs(value) < TINY * scale:
        value = 0.0
    if abs(value) >= LARGE:
        return f"{value:.4e}"
    if value != 0 and abs(value) < 10**-digits:
        return f"{value:.2e}"
    return f"{value:.{digits}f}"


def amount(value: float | None, digits: int = 4) -> str:
    """A payment, an error, a cost: in however small a unit, nothing of it is rounding.

    >>> amount(3.6e-12), amount(3.6332), amount(19951900000.0)
    ('3.60e-12', '3.6332', '1.9952e+10')
    """
    return number(value, digits, scale=0.0)


def with_error(value: float | None, error: float | None, digits: int = 4) -> str:
    """A number with its standard error, both to two digits of the error; alone where it is exact.

    >>> with_error(3.45834, 0.0730379), with_error(3.45834, 0.0), with_error(1234.5, 56.7)
    ('3.458\u00b10.073', '3.4583', '1234\u00b157')
    >>> with_error(3.45834e-12, 7e-14), with_error(-9.14e43, 3.08e43), with_error(1234567.8, 890)
    ('3.46e-12\u00b17e-14', '-9.1e+43\u00b13.1e+43', '1.23457e+06\u00b18.9e+02')
    """
    places = places_of(error, value)
    if value is None or error is None or places is None or not math.isfinite(value):
        return amount(value, digits)
    if places > FINEST:
        return f"{value:.2e}\u00b1{error:.0e}"
    if abs(value) >= LARGE:
        digits = 1 + max(0, math.floor(math.log10(abs(value))) - math.floor(math.log10(error)))
        return f"{value:.{digits}e}\u00b1{error:.1e}"
    return f"{value:.{places}f}\u00b1{error:.{places}f}"


def errors_told(rows: Iterable[Iterable[object]], more: str = "") -> list[str]:
    """What the errors in cells are, where any has one; more: goes on with it.

    >>> errors_told([["a", "3.2\u00b10.1"]], ", at most"), errors_told([["a", "3.2"]])
    (['a number after \u00b1 is a standard error, at most'], [])
    """
    return [ERRORS + more] if any("\u00b1" in str(cell) for row in rows for cell in row) else []


def interval(gain: Any, digits: int = 4, scale: float = 1.0) -> str:
    """A number with its bounds (estimate, lower, upper), alone where they are the number itself."""
    told = [number(x, digits, scale) for x in (gain.estimate, gain.lower, gain.upper)]
    return told[0] if len(set(told)) == 1 else f"{told[0]} [{told[1]}, {told[2]}]"


class KeyedTable(Table):
    """A table whose first columns say what a row is about."""

    keys = 1


def new_table(*columns: str, title: str = "", keys: int = 1) -> KeyedTable:
    """Return a table; the first column is text, the others are numbers."""
    table = KeyedTable(title=title or None)
    table.keys = keys
    for j, name in enumerate(columns):
        table.add_column(name, justify="left" if j == 0 else "right")
    return table


def filled(
    rows: Iterable[Any],
    *columns: tuple[str, Callable[[Any], str | Text]],
    title: str = "",
    keys: int = 1,
    style: Callable[[Any], str] = lambda row: "",
) -> KeyedTable:
    """Return a table with all its rows; a column is a heading, and what it says of a row."""
    table = new_table(*(heading for heading, _ in columns), title=title, keys=keys)
    for row in rows:
        table.add_row(*(cell(row) for _, cell in columns), style=style(row))
    return table
