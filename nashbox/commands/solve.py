"""`nashbox solve FILE`: exact quantities of a testing game."""

from __future__ import annotations

import argparse
from typing import Any

from nashbox.commands import shared

EXAMPLE = "nashbox solve examples/testing/case_a.toml"


def add(commands: Any) -> None:
    """Declare the command."""
    solve = shared.new_command(
        commands, "solve", "exact quantities of a testing game", work, EXAMPLE
    )
    shared.problem_file(solve)
    solve.add_argument(
        "--receivers",
        action="store_true",
        help="what alpha is worth against four kinds of receivers, objective by objective",
    )
    shared.outputs(solve)


def work(options: argparse.Namespace) -> int:
    """Solve the game, with --receivers the value of alpha."""
    problem = shared.load_problem(options)
    shared.only("solve", options, problem)
    from nashbox.tables.console import slow_work

    if options.receivers:
        from nashbox.experiments.testing.receivers import value_of_alpha

        with slow_work("measuring receivers") as progress:
            report = value_of_alpha(problem, progress=progress)
        shared.emit(options, report)
        return 0
    from nashbox.experiments.testing.solving import solve_problem

    with slow_work("following tests to their end") as progress:
        solved = solve_problem(problem, progress)
    shared.emit(options, solved)
    return 0
