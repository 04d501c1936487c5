"""`nashbox reproduce [PAPER]`: every claim of the papers, checked."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from nashbox.commands import shared
from nashbox.commands.files import store_files
from nashbox.commands.parser import CommandParser
from nashbox.commands.taking import asked, take
from nashbox.problem.errors import InputError
from nashbox.problem.options import options_of

TEXT = "check every claim of both papers"
EXAMPLE = "nashbox reproduce clinton2025 --quick"
STORE = "reproduce.sqlite"


def declare(command: CommandParser) -> None:
    """Declare its options."""
    from nashbox.experiments.sweep.resume import sweep
    from nashbox.papers.reproducing import reproduce

    command.add_argument(
        "paper", nargs="?", metavar="PAPER", help="clinton2025 or raghavan2025 (default: both)"
    )
    take(command, options_of(reproduce))
    engine = options_of(sweep)["engine"]
    command.add_argument(
        "--store",
        metavar="PATH",
        help=f"keep what is found there and go on from it (default: {STORE}; with --quick: none)",
    )
    take(command, {"engine": replace(engine, help=f"with a store: {engine.help}")})
    command.add_argument(
        "--report",
        metavar="PATH",
        help="write a report: .html (needs nothing else) or .md (figures beside it); "
        "a directory or a name without an ending: both",
    )
    shared.report_title(command)
    command.add_argument("--strict", action="store_true", help="exit with code 1 if a claim fails")
    shared.json_output(command)
    command.set_defaults(writes=_writes)


def _writes(options: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    store = _store(options)
    if store is not None and "\0" not in store:
        yield from store_files(Path(store))


def _store(options: argparse.Namespace) -> str | None:
    """Where results are kept, None for nowhere."""
    usual = None if options.quick else STORE
    return usual if options.store is None else options.store


def work(options: argparse.Namespace) -> int:
    """Check the claims; 1 if a check broke off, or if a claim fails and --strict was given."""
    from nashbox.experiments.sweep.engines import check_engine
    from nashbox.experiments.sweep.interrupt import as_ctrl_c
    from nashbox.papers.cells import PAPERS, evaluate
    from nashbox.papers.report import report_paths, write_report
    from nashbox.papers.reproducing import reproduce
    from nashbox.papers.stored import StoredEvaluation
    from nashbox.tables.console import slow_work

    if options.paper is not None and options.paper not in PAPERS:
        raise InputError(f"PAPER must be one of {', '.join(PAPERS)}, got {options.paper!r}")
    shared.check_for_report(options, "title")
    if options.report is not None:
        report_paths(options.report)
    engine = "local" if options.engine is None else options.engine
    check_engine(engine)
    store = _store(options)
    if store is None and engine != "local":
        raise InputError("--engine needs --store PATH, got --quick without one")
    with as_ctrl_c(), slow_work("checking claims") as progress:
        result = reproduce(
            PAPERS if options.paper is None else (options.paper,),
            **{"workers": os.cpu_count() or 1, **asked(options, options_of(reproduce))},
            progress=progress,
            evaluate=evaluate if store is None else StoredEvaluation(store, engine),
        )
    if options.report is not None:
        write_report(result, options.report, options.title or "")
    shared.emit(options, result)
    return 1 if result.unchecked or (options.strict and result.count("fails")) else 0
