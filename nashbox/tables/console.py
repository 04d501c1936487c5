"""What all tables share: the console, the progress bar, numbers in words."""

from __future__ import annotations

import io
import math
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.table import Table

from nashbox.problem.spec import Spec

VERDICT_STYLE = {"profitable": "bold red", "none_above_epsilon": "green", "undecided": "yellow"}


class _Console(Console):
    """A console whose reader may stop reading: the rest is dropped, the exit code stays."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def new_console() -> Console:
    """Return a console on standard output: colours and width of a terminal, plain in a pipe."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # names the terminal cannot show
    terminal = sys.stdout.isatty()
    return _Console(
        width=None if terminal else 120,
        force_terminal=None
        if terminal
        else False,  # no colours in a pipe, whatever the environment
        color_system="auto" if terminal else None,
        highlight=False,
        soft_wrap=False,
        markup=False,  # names come from files: square brackets and colons in them mean nothing
        emoji=False,
    )


@contextmanager
def progress_bar(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar on a terminal (standard error), nothing in a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def number(value: float | None, digits: int = 4) -> str:
    """Plain fixed digits for what people compare, scientific where that would say nothing."""
    if value is None:
        return "-"
    if math.isnan(value):
        return "-"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if abs(value) < 1e-10:  # rounding noise of exact methods
        value = 0.0
    if value != 0 and (abs(value) < 10**-digits or abs(value) >= 1e6):
        return f"{value:.2e}"
    return f"{value:.{digits}f}"


def counts(values: Any) -> str:
    """Counts of all distributions, whole numbers without a point."""
    return " ".join(f"{v:g}" if float(v).is_integer() else f"{v:.2f}" for v in values)


def new_table(*columns: str, title: str = "") -> Table:
    """Return a table; the first column is text, the others are numbers."""
    table = Table(title=title or None, title_justify="left", header_style="bold")
    for j, name in enumerate(columns):
        table.add_column(name, justify="left" if j == 0 else "right")
    return table


def describe(name: str, parameters: Any) -> str:
    """A strategy with its parameters in a few words.

    >>> describe("equivariant", {"collect": [8], "submit": [10], "estimator": "pitman"})
    'collect 8, submit 10, pitman'
    """
    if name != "equivariant":
        return Spec(name, parameters).label
    text = ", ".join(
        f"{k} {counts(parameters[k])}" for k in ("collect", "submit") if k in parameters
    )
    shift = parameters.get("shift", 0.0)
    moved = [shift] if isinstance(shift, (int, float)) else shift
    if any(moved):
        text += f", shift {counts(moved)}"
    estimator = parameters.get("estimator", "pitman")
    if isinstance(estimator, str):
        return text if estimator == "accept" else f"{text}, {estimator}"
    weights = estimator if isinstance(estimator, (list, tuple)) else [estimator]
    return f"{text}, weight {' '.join(f'{w:.3g}' for w in weights)}"
