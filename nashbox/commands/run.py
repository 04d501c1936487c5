"""`nashbox run FILE`: play the profile and record penalties or payoffs."""

from __future__ import annotations

import argparse
from typing import Any

from nashbox.commands import shared

EXAMPLE = "nashbox run examples/figure1.toml --replications 1000"


def add(commands: Any) -> None:
    """Declare the command."""
    run = shared.new_command(
        commands, "run", "play the profile and record penalties", work, EXAMPLE
    )
    shared.problem_file(run)
    shared.overrides(run)
    run.add_argument(
        "--rounds", type=shared.whole, default=1, metavar="N", help="one after another (default: 1)"
    )
    run.add_argument(
        "--replications",
        type=shared.whole,
        default=10_000,
        metavar="R",
        help="parallel worlds (default: 10000)",
    )
    shared.seed(run)
    run.add_argument(
        "--everyone",
        metavar="STRATEGY",
        help="all agents play this, e.g. best_responder, 'withholder(fraction=0.2)', file.py:Class",
    )
    run.add_argument(
        "--revision",
        choices=["sequential", "simultaneous"],
        help="how best responders revise between rounds (default: sequential)",
    )
    shared.outputs(run)


def work(options: argparse.Namespace) -> int:
    """Play."""
    from nashbox.experiments.run import run
    from nashbox.tables.console import slow_work

    problem = shared.load_problem(options)
    chosen = shared.given(options, run)
    if options.revision is not None:
        chosen["revision"] = options.revision
    with slow_work("playing blocks of worlds") as progress:
        result = run(problem, progress=progress, **chosen)
    shared.emit(options, result)
    return 0
