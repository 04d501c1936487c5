"""`nashbox run FILE`: play the profile and record penalties or payoffs."""

from __future__ import annotations

import argparse

from nashbox.commands import shared
from nashbox.commands.parser import CommandParser
from nashbox.commands.taking import asked, options_with_own, take

TEXT = "play the profile and record penalties"
EXAMPLE = "nashbox run examples/figure1.toml --replications 1000"


def declare(run: CommandParser) -> None:
    """Declare its options."""
    from nashbox.experiments.run import run as function

    shared.problem_file(run)
    shared.overrides(run)
    take(run, options_with_own(function))
    run.add_argument(
        "--everyone",
        metavar="STRATEGY",
        help="all agents play this, e.g. best_responder, 'withholder(fraction=0.2)', file.py:Class",
    )
    shared.outputs(run)


def work(options: argparse.Namespace) -> int:
    """Play."""
    from nashbox.experiments.run import run
    from nashbox.tables.console import slow_work

    problem = shared.load_problem(options)
    chosen = asked(options, options_with_own(run))
    with slow_work("playing blocks of worlds") as progress:
        result = run(problem, progress=progress, **chosen)
    shared.emit(options, result)
    return 0
