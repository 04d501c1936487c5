"""`nashbox check file.py:Class`: hold a strategy or mechanism to its contract."""

from __future__ import annotations

import argparse
from typing import Any

from nashbox.commands import common


def add(commands: Any) -> None:
    """Declare the command."""
    text = "hold a strategy or mechanism to its contract"
    check = common.new_command(commands, "check", text, work)
    check.add_argument(
        "target", metavar="file.py:Class", help="a class in a file, or a built-in name"
    )
    check.add_argument("--strict", action="store_true", help="exit with code 1 if a check fails")
    common.json_output(check)


def work(options: argparse.Namespace) -> int:
    """Check; 1 if a check failed and --strict was given."""
    from nashbox.experiments.check import check
    from nashbox.tables.estimation import check_table

    result = check(options.target)
    common.emit(options, result, check_table)
    return 1 if options.strict and not result.passed else 0
