"""`nashbox adapt FILE`: agents revise their strategies round by round."""

from __future__ import annotations

import argparse
from typing import Any

from nashbox.commands import shared

EXAMPLE = "nashbox adapt examples/figure1.toml --mechanism sample_mean --rounds 10"
RULES = ("best_response", "logit", "imitation", "replicator", "fictitious_play")


def add(commands: Any) -> None:
    """Declare the command."""
    text = "let agents revise their strategies round by round"
    adapt = shared.new_command(commands, "adapt", text, work, EXAMPLE)
    shared.problem_file(adapt)
    shared.overrides(adapt)
    adapt.add_argument(
        "--rule",
        default="best_response",
        metavar="RULE",
        help=f"{', '.join(RULES)}, or file.py:Class (default: best_response)",
    )
    adapt.add_argument(
        "--rounds", type=shared.whole, default=50, metavar="N", help="at most (default: 50)"
    )
    adapt.add_argument(
        "--menu",
        metavar="LIST",
        help="strategies to choose from, e.g. 'truthful,fabricator(fraction=0.3),my.py:Liar'; "
        "without one, best responses choose among all counts",
    )
    adapt.add_argument(
        "--start",
        metavar="COUNTS",
        help="who starts with what, e.g. 'fabricator=3'; all others play the first of the menu "
        "(default: a tenth of the agents for each of the others)",
    )
    adapt.add_argument(
        "--graph",
        metavar="GRAPH",
        help="who sees whom under imitation, e.g. 'ring', 'watts_strogatz_graph(k=4, p=0.1)', "
        "edges.csv (default: everybody; the file's in testing games)",
    )
    adapt.add_argument(
        "--temperature",
        type=shared.decimal,
        metavar="T",
        help="of logit, in payoff units (default: 0.1)",
    )
    adapt.add_argument(
        "--look", choices=["best", "random"], help="imitation: whom to look at (default: best)"
    )
    adapt.add_argument(
        "--order",
        choices=["sequential", "simultaneous", "random"],
        default="sequential",
        help="in which agents revise (default: sequential)",
    )
    adapt.add_argument(
        "--revising",
        type=shared.decimal,
        default=1.0,
        metavar="P",
        help="chance that an agent revises when it is her turn (default: 1)",
    )
    adapt.add_argument("--honest", metavar="LIST", help="entries of the menu that count as honest")
    adapt.add_argument("--compare", metavar="LIST", help="mechanisms to play in turn")
    oracle(adapt, 2000)
    shared.outputs(adapt)


def oracle(command: argparse.ArgumentParser, worlds: int) -> None:
    """Add the options about where payoffs come from."""
    command.add_argument(
        "--method",
        choices=["auto", "exact", "simulated"],
        default="auto",
        help="of computing payoffs (default: auto, exact where formulas exist)",
    )
    command.add_argument(
        "--worlds",
        type=shared.whole,
        default=worlds,
        metavar="R",
        help=f"simulated for every answer (default: {worlds})",
    )
    shared.seed(command)


def work(options: argparse.Namespace) -> int:
    """Revise."""
    from nashbox.experiments.dynamics.adapt import adapt
    from nashbox.experiments.dynamics.menu import OF_RULES, parse_start, read_menu, read_rule, split
    from nashbox.tables.console import slow_work

    problem = shared.load_problem(options)
    folder = problem.folder
    chosen = {k: v for k, v in shared.given(options, adapt).items() if v is not None}
    chosen["rule"] = read_rule(
        options.rule, {k: getattr(options, k) for k in OF_RULES}, "--", folder
    )
    if "menu" in chosen:
        chosen["menu"] = read_menu(options.menu, "--menu", folder)
    if "start" in chosen:
        chosen["start"] = parse_start(options.start, "--start")
    if "honest" in chosen:
        chosen["honest"] = split(options.honest, "--honest")
    if "compare" in chosen:
        chosen["compare"] = read_menu(options.compare, "--compare", folder)
    with slow_work("revising") as progress:
        result = adapt(problem, progress=progress, **chosen)
    shared.emit(options, result)
    return 0
