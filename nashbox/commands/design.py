"""`nashbox design FILE --goal G`: the best rules that nobody gains by breaking."""

from __future__ import annotations

import argparse

from nashbox.commands import shared
from nashbox.commands.parser import CommandParser
from nashbox.commands.taking import asked, take
from nashbox.problem.errors import InputError
from nashbox.problem.options import options_of

TEXT = "the best rules for a cost table that nobody gains by breaking"
EXAMPLE = "nashbox design examples/figure1.toml --goal egalitarian --save rules.toml"
ALONE = "none"  # of --pairs: nobody colludes


def declare(design: CommandParser) -> None:
    """Declare its options."""
    from nashbox.rules.design import design as function
    from nashbox.rules.design import design_for_pairs

    shared.problem_file(design)
    take(design, options_of(function))
    take(design, options_of(design_for_pairs), but=["goal"])
    design.add_argument("--save", metavar="PATH", help="write the designed problem file (TOML)")
    shared.outputs(design)


def work(options: argparse.Namespace) -> int:
    """Search, prove, report."""
    from nashbox.rules.design import design, design_for_pairs
    from nashbox.tables.console import slow_work

    problem = shared.load_problem(options)
    shared.only("design", options, problem)
    chosen = asked(options, options_of(design))
    if options.seed is not None and options.data is None:
        raise InputError("--seed is of --data: without it nothing is random")
    with slow_work("searching rules") as progress:
        if options.pairs in (None, ALONE):
            result = design(problem, progress=progress, **chosen)
        else:
            _check_alone(options)
            result = design_for_pairs(problem, options.goal, options.pairs, progress=progress)
    if options.save is not None:
        result.save_problem(options.save)
    shared.emit_saved(options, result, problem)
    return 0


def _check_alone(options: argparse.Namespace) -> None:
    """Refuse options that decoys for pairs do not have. Raises InputError."""
    for option in ("form", "kinds", "data"):
        if getattr(options, option) is not None:
            raise InputError(f"--{option} does not go with --pairs {options.pairs}")
