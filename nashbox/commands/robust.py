"""`nashbox robust FILE`: rules where costs, sigma, data or agents are not what was said."""

from __future__ import annotations

import argparse

from nashbox.commands import shared
from nashbox.commands.parser import CommandParser
from nashbox.commands.taking import asked, take
from nashbox.problem.errors import InputError
from nashbox.problem.options import options_of

TEXT = "rules where costs, sigma, data or agents are not what was said"
EXAMPLE = "nashbox robust examples/figure1.toml --mechanism threshold --costs 10%"


def declare(command: CommandParser) -> None:
    """Declare its options."""
    from nashbox.rules.robust import robust

    shared.problem_file(command)
    shared.overrides(command)
    take(command, options_of(robust))
    command.add_argument(
        "--save", metavar="PATH", help="write the problem file of the rules that hold (TOML)"
    )
    shared.outputs(command)


def work(options: argparse.Namespace) -> int:
    """Compare and report."""
    from nashbox.rules.robust import robust
    from nashbox.rules.robust.saving import save_rules
    from nashbox.tables.console import slow_work

    problem = shared.load_problem(options)
    shared.only("robust", options, problem)
    if options.save is not None and options.goal is None:
        raise InputError("--save needs --goal: without one no rules are designed")
    with slow_work("comparing rules") as progress:
        result = robust(problem, progress=progress, **asked(options, options_of(robust)))
    if options.save is not None:
        save_rules(result, options.save)
    shared.emit_saved(options, result, problem)
    return 0
