"""`nashbox coalitions FILE`: what agents gain who deviate together and share what they know."""

from __future__ import annotations

import argparse
from typing import Any

from nashbox.commands import shared

EXAMPLE = "nashbox coalitions examples/figure1.toml --mechanism decoy"


def add(commands: Any) -> None:
    """Declare the command."""
    text = "what agents gain who deviate together and share what they know"
    command = shared.new_command(commands, "coalitions", text, work, EXAMPLE)
    shared.problem_file(command)
    shared.overrides(command)
    command.add_argument(
        "--size", type=shared.whole, default=2, metavar="K", help="agents together (default: 2)"
    )
    command.add_argument(
        "--delta",
        type=shared.decimal,
        default=0.01,
        metavar="P",
        help="chance that any lower bound is wrong (default: 0.01)",
    )
    shared.seed(command)
    command.add_argument(
        "--budget",
        type=shared.whole,
        default=20_000,
        metavar="N",
        help="worlds in which each coalition's winner is measured (default: 20000)",
    )
    shared.outputs(command)


def work(options: argparse.Namespace) -> int:
    """Search and report."""
    from nashbox.rules.coalitions import coalitions
    from nashbox.tables.console import slow_work

    problem = shared.load_problem(options)
    shared.only("coalitions", options, problem)
    with slow_work("searching coalitions") as progress:
        result = coalitions(problem, progress=progress, **shared.given(options, coalitions))
    shared.emit(options, result)
    return 0
