"""`nashbox check file.py:Class`: hold a strategy or mechanism to its contract."""

from __future__ import annotations

import argparse

from nashbox.commands import shared
from nashbox.commands.parser import CommandParser

TEXT = "hold a strategy, mechanism or game to its contract"
EXAMPLE = "nashbox check examples/plugins/rich_liar.py:RichLiar"


def declare(check: CommandParser) -> None:
    """Declare its options."""
    check.add_argument(
        "target", metavar="file.py:Class", help="a class in a file, or a built-in name"
    )
    check.add_argument("--problem", metavar="FILE", help="check it on this problem as well")
    check.add_argument("--strict", action="store_true", help=argparse.SUPPRESS)  # always so
    shared.json_output(check)


def work(options: argparse.Namespace) -> int:
    """Check; 1 if a check failed."""
    from nashbox.experiments.check import check
    from nashbox.problem.files import load
    from nashbox.tables.console import slow_work

    problem = None if options.problem is None else load(options.problem)
    with slow_work("holding it to its contract") as progress:
        result = check(options.target, problem=problem, progress=progress)
    shared.emit(options, result)
    return 0 if result.passed else 1
