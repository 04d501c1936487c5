"""`nashbox empirical FILE`: the payoff table of two agents, its equilibria and regrets."""

from __future__ import annotations

import argparse
from typing import Any

from nashbox.commands import shared
from nashbox.commands.adapt import oracle

EXAMPLE = "nashbox empirical examples/dynamics/two_labs.toml --menu truthful,free_rider"


def add(commands: Any) -> None:
    """Declare the command."""
    text = "the payoff table of two agents, its equilibria and regrets"
    empirical = shared.new_command(commands, "empirical", text, work, EXAMPLE)
    shared.problem_file(empirical)
    shared.overrides(empirical)
    empirical.add_argument(
        "--menu",
        metavar="LIST",
        required=True,
        help="strategies of both, e.g. 'truthful,under_collector(factor=0.75)'",
    )
    empirical.add_argument(
        "--column-menu", metavar="LIST", help="strategies of the column agent, if others"
    )
    empirical.add_argument("--row", metavar="AGENT", help="default: the first agent")
    empirical.add_argument("--column", metavar="AGENT", help="default: the next one")
    empirical.add_argument(
        "--tolerance",
        type=shared.decimal,
        metavar="X",
        help="gain that counts as none, absolute (default: 1e-3 of each one's range of payoffs)",
    )
    oracle(empirical, 10_000)
    shared.outputs(empirical)


def work(options: argparse.Namespace) -> int:
    """Measure."""
    from nashbox.experiments.dynamics.measure import empirical_game
    from nashbox.experiments.dynamics.menu import read_menu
    from nashbox.problem.errors import require
    from nashbox.tables.console import slow_work
    from nashbox.tables.dynamics import empirical_sheet

    if options.tolerance is not None:
        require("--tolerance", options.tolerance, low=0.0)
    problem = shared.load_problem(options)
    chosen = shared.given(options, empirical_game)
    for name, option in (("menu", "--menu"), ("column_menu", "--column-menu")):
        if chosen[name] is not None:
            chosen[name] = read_menu(chosen[name], option, problem.folder)
    with slow_work("measuring payoffs") as progress:
        result = empirical_game(problem, progress=progress, **chosen)
    shared.emit(options, result, empirical_sheet(result, options.tolerance))
    return 0
