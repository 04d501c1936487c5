"""`nashbox solve FILE`: exact quantities of a testing game."""

from __future__ import annotations

import argparse

from nashbox.commands import shared
from nashbox.commands.parser import CommandParser

TEXT = "exact quantities of a testing game"
EXAMPLE = "nashbox solve examples/testing/case_a.toml"
SOLVED = ("solve", "following tests to their end")  # a verb of the game, and what takes long
RECEIVERS = ("receivers", "measuring receivers")


def declare(solve: CommandParser) -> None:
    """Declare its options."""
    shared.problem_file(solve)
    solve.add_argument(
        "--receivers",
        action="store_true",
        help="what alpha is worth against three kinds of receivers, objective by objective",
    )
    shared.outputs(solve)


def work(options: argparse.Namespace) -> int:
    """Solve the game, with --receivers the value of alpha."""
    problem = shared.load_problem(options)
    shared.only("solve", options, problem)
    from nashbox.games.registry import perform
    from nashbox.tables.console import slow_work

    verb, words = RECEIVERS if options.receivers else SOLVED
    with slow_work(words) as progress:
        report = perform(verb, problem, progress=progress)
    shared.emit(options, report)
    return 0
