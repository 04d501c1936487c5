"""`nashbox sweep FILE`: an experiment batch that survives; it resumes by itself."""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, cast

from nashbox.commands import shared
from nashbox.commands.files import store_files
from nashbox.commands.parser import CommandParser
from nashbox.commands.taking import asked, take
from nashbox.problem.errors import shown
from nashbox.problem.options import options_of

TEXT = "an experiment batch; resumes by itself"
EXAMPLE = "nashbox sweep examples/sweep/alpha.toml --export alpha.csv"


def declare(sweep: CommandParser) -> None:
    """Declare its options."""
    from nashbox.experiments.sweep.resume import sweep as function

    sweep.add_argument("file", metavar="FILE", help="a sweep file (TOML)")
    take(sweep, options_of(function))
    sweep.add_argument("--export", metavar="PATH", help="write the frame (.parquet or .csv)")
    sweep.add_argument(
        "--status",
        action="store_true",
        help="only say how far it is (and export what is there); also while it runs elsewhere",
    )
    shared.json_output(sweep)
    sweep.set_defaults(writes=_writes)


def _writes(options: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    from nashbox.problem.errors import InputError
    from nashbox.problem.files import read_toml

    with suppress(InputError):  # the command says what is wrong with its file
        name = read_toml(options.file).get("store")
        if isinstance(name, str) and name and "\0" not in name:
            yield from store_files(Path(options.file).parent / name)


def work(options: argparse.Namespace) -> int:
    """Sweep; 1 if cells failed or are left."""
    from nashbox.experiments.sweep.frame import check_export
    from nashbox.experiments.sweep.interrupt import as_ctrl_c
    from nashbox.experiments.sweep.resume import sweep, sweep_status
    from nashbox.tables.sweep import sweep_progress

    chosen = _chosen(options)
    if options.export is not None:
        check_export(options.export)
    with _warned_in_a_line():
        if options.status:
            steps = bool(options.steps)
            report = sweep_status(options.file, export_to=options.export, steps=steps)
        else:
            with as_ctrl_c(), sweep_progress() as progress:
                report = sweep(options.file, progress=progress, export_to=options.export, **chosen)
    shared.emit(options, report)
    unfinished = report.failed or report.left
    return 1 if unfinished and not options.status else 0


def _chosen(options: argparse.Namespace) -> dict[str, Any]:
    """What the function is given, checked also where it is not called. Raises InputError."""
    from nashbox.experiments.sweep.engines import check_engine
    from nashbox.experiments.sweep.resume import sweep

    known = options_of(sweep)
    chosen = {n: known[n].read(n, value) for n, value in asked(options, known).items()}
    check_engine(chosen.get("engine", "local"))
    return chosen


@contextmanager
def _warned_in_a_line() -> Iterator[None]:
    """Say on standard error, without Python's own words, what a sweep warns of."""
    from nashbox.experiments.sweep.cell import SweepWarning

    usual = warnings.showwarning

    def show(message: Any, category: Any, *rest: Any) -> None:
        if issubclass(category, SweepWarning):
            print(f"nashbox: {shown(str(message))}", file=sys.stderr, flush=True)
        else:
            usual(message, category, *rest)

    with warnings.catch_warnings():
        warnings.simplefilter("always", SweepWarning)
        warnings.showwarning = cast(Any, show)
        yield
