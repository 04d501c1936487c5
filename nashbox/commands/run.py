"""`nashbox run FILE`: play the profile and record penalties or payoffs."""

from __future__ import annotations

import argparse
from typing import Any

from nashbox.commands import common


def add(commands: Any) -> None:
    """Declare the command."""
    run = common.new_command(commands, "run", "play the profile and record penalties", work)
    common.problem_file(run)
    common.overrides(run)
    run.add_argument("--rounds", type=common.whole, default=1, metavar="N")
    run.add_argument(
        "--replications",
        type=common.whole,
        default=10_000,
        metavar="R",
        help="parallel worlds (default: 10000)",
    )
    run.add_argument("--seed", type=common.whole, default=0)
    run.add_argument(
        "--everyone",
        metavar="STRATEGY",
        help="all agents play this, e.g. best_responder, 'withholder(fraction=0.2)', file.py:Class",
    )
    run.add_argument(
        "--revision",
        choices=["sequential", "simultaneous"],
        default="sequential",
        help="how best responders revise between rounds",
    )
    common.outputs(run)


def work(options: argparse.Namespace) -> int:
    """Play."""
    from nashbox.tables.common import progress_bar

    problem = common.load_problem(options)
    chosen = {
        "rounds": options.rounds,
        "replications": options.replications,
        "seed": options.seed,
    }
    result: Any
    with progress_bar("playing blocks of worlds") as progress:
        if problem.game == "testing":
            from nashbox.experiments.testing.run import run_testing
            from nashbox.tables.testing import testing_run_table as table

            result = run_testing(problem, progress=progress, **chosen)
        elif problem.game != "estimation":
            from nashbox.experiments.run_game import run_game
            from nashbox.tables.games import game_run_table as table  # type: ignore[assignment]

            result = run_game(problem, progress=progress, **chosen)
        else:
            from nashbox.experiments.run import run
            from nashbox.tables.estimation import run_table as table  # type: ignore[assignment]

            result = run(problem, revision=options.revision, progress=progress, **chosen)
    common.emit(options, result, table)
    return 0
