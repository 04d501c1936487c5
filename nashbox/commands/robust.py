"""`nashbox robust FILE`: rules where costs, sigma, data or agents are not what was said."""

from __future__ import annotations

import argparse
from typing import Any

from nashbox.commands import shared
from nashbox.problem.errors import InputError

EXAMPLE = "nashbox robust examples/figure1.toml --mechanism threshold --costs 10%"


def share(text: str) -> float:
    """Read 10% or 0.1."""
    try:
        return float(text[:-1]) / 100 if text.endswith("%") else float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"must be a share such as 10% or 0.1, got {text!r}"
        ) from None


def add(commands: Any) -> None:
    """Declare the command."""
    text = "rules where costs, sigma, data or agents are not what was said"
    command = shared.new_command(commands, "robust", text, work, EXAMPLE)
    shared.problem_file(command)
    shared.overrides(command)
    command.add_argument(
        "--costs",
        type=share,
        default=0.1,
        metavar="R",
        help="costs are off by up to R (default: 10%%)",
    )
    command.add_argument(
        "--sigma",
        type=share,
        default=0.0,
        metavar="R",
        help="sigmas are off by up to R (default: 0)",
    )
    command.add_argument(
        "--drop",
        type=shared.whole,
        default=0,
        metavar="K",
        help="up to K agents drop out (default: 0)",
    )
    command.add_argument(
        "--goal",
        metavar="GOAL",
        help="compare with CBL and with rules designed for social, egalitarian, nash or "
        "kalai_smorodinsky, and with rules that hold over the interval (default: with CBL alone)",
    )
    command.add_argument(
        "--epsilon",
        type=shared.least_gain,
        metavar="X",
        help=shared.LEAST_GAIN,
    )
    command.add_argument(
        "--data",
        type=shared.whole,
        default=0,
        metavar="N",
        help="measure gains on the file's real measurements, N worlds per agent (default: 0)",
    )
    shared.seed(command)
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
        result = robust(problem, progress=progress, **shared.given(options, robust))
    if options.save is not None:
        save_rules(result, options.save)
    shared.emit_saved(options, result, problem)
    return 0
