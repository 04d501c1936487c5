"""`nashbox run FILE`: play the profile and record penalties or payoffs."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from nashbox.commands import shared
from nashbox.commands.parser import CommandParser
from nashbox.commands.taking import asked, take
from nashbox.problem.options import Option, options_of

EXAMPLE = "nashbox run examples/figure1.toml --replications 1000"


def add(commands: Any) -> None:
    """Declare the command."""
    text = "play the profile and record penalties"
    shared.new_command(commands, "run", text, work, EXAMPLE, declare)


def declare(run: CommandParser) -> None:
    """Declare its options."""
    shared.problem_file(run)
    shared.overrides(run)
    take(run, _options())
    run.add_argument(
        "--everyone",
        metavar="STRATEGY",
        help="all agents play this, e.g. best_responder, 'withholder(fraction=0.2)', file.py:Class",
    )
    shared.outputs(run)


def _options() -> Mapping[str, Option]:
    from nashbox.experiments.run import run
    from nashbox.games.registry import own_options

    return {**options_of(run), **own_options("run")}


def work(options: argparse.Namespace) -> int:
    """Play."""
    from nashbox.experiments.run import run
    from nashbox.tables.console import slow_work

    problem = shared.load_problem(options)
    chosen = asked(options, _options())
    with slow_work("playing blocks of worlds") as progress:
        result = run(problem, progress=progress, **chosen)
    shared.emit(options, result)
    return 0
