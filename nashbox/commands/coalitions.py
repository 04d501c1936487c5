"""`nashbox coalitions FILE`: what agents gain who deviate together and share what they know."""

from __future__ import annotations

import argparse

from nashbox.commands import shared
from nashbox.commands.parser import CommandParser
from nashbox.commands.taking import asked, take
from nashbox.problem.options import options_of

TEXT = "what agents gain who deviate together and share what they know"
EXAMPLE = "nashbox coalitions examples/figure1.toml --mechanism decoy"


def declare(command: CommandParser) -> None:
    """Declare its options."""
    from nashbox.rules.coalitions import coalitions

    shared.problem_file(command)
    shared.overrides(command)
    take(command, options_of(coalitions))
    shared.outputs(command)


def work(options: argparse.Namespace) -> int:
    """Search and report."""
    from nashbox.rules.coalitions import coalitions
    from nashbox.tables.console import slow_work

    problem = shared.load_problem(options)
    shared.only("coalitions", options, problem)
    with slow_work("searching coalitions") as progress:
        result = coalitions(problem, progress=progress, **asked(options, options_of(coalitions)))
    shared.emit(options, result)
    return 0
