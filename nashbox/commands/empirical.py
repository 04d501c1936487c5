"""`nashbox empirical FILE`: the payoff table of two agents, its equilibria and regrets."""

from __future__ import annotations

import argparse

from nashbox.commands import shared
from nashbox.commands.parser import CommandParser
from nashbox.commands.taking import asked, take
from nashbox.problem.options import Real, options_of

TEXT = "the payoff table of two agents, its equilibria and regrets"
EXAMPLE = "nashbox empirical examples/dynamics/two_labs.toml --menu truthful,free_rider"

TOLERANCE = Real(
    "gain that counts as none, absolute",
    "X",
    usual="1e-3 of each one's range of payoffs",
    low=0.0,
)


def declare(empirical: CommandParser) -> None:
    """Declare its options."""
    from nashbox.experiments.dynamics.measure import empirical_game

    shared.problem_file(empirical)
    shared.overrides(empirical)
    take(empirical, options_of(empirical_game))
    take(empirical, {"tolerance": TOLERANCE})
    shared.outputs(empirical)


def work(options: argparse.Namespace) -> int:
    """Measure."""
    from nashbox.experiments.dynamics.measure import empirical_game
    from nashbox.tables.console import slow_work
    from nashbox.tables.dynamics import empirical_sheet

    if options.tolerance is not None:
        TOLERANCE.read("--tolerance", options.tolerance)
    problem = shared.load_problem(options)
    chosen = asked(options, options_of(empirical_game), problem.folder)
    with slow_work("measuring payoffs") as progress:
        result = empirical_game(problem, progress=progress, **chosen)
    shared.emit(options, result, empirical_sheet(result, options.tolerance))
    return 0
