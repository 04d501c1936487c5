"""`nashbox design FILE --goal G`: the best rules that nobody gains by breaking."""

from __future__ import annotations

import argparse
from dataclasses import replace
from typing import Any

from nashbox.commands import shared
from nashbox.problem.errors import InputError

EXAMPLE = "nashbox design examples/figure1.toml --goal egalitarian --save rules.toml"
KINDS = "alone,free,threshold,decoy"


def add(commands: Any) -> None:
    """Declare the command."""
    text = "the best rules for a cost table that nobody gains by breaking"
    design = shared.new_command(commands, "design", text, work, EXAMPLE)
    shared.problem_file(design)
    design.add_argument(
        "--goal",
        metavar="GOAL",
        required=True,
        help="social, egalitarian, nash or kalai_smorodinsky",
    )
    design.add_argument(
        "--form",
        choices=["best", "separate", "joint"],
        default="best",
        help="comparisons passed one by one, all together, or whichever is better (default: best)",
    )
    design.add_argument(
        "--kinds",
        metavar="KINDS",
        default=KINDS,
        help="what may be used (default: %(default)s; mirror on demand); leave decoy out and "
        "nobody is told a falsehood",
    )
    design.add_argument(
        "--pairs",
        choices=["none", "declared", "all"],
        default="none",
        help="decoys that two who collude do not gain by breaking: the file's partners, or anybody "
        "(agents of equal costs; all pairs: copies of one mean save less than 1 %%) "
        "(default: none)",
    )
    design.add_argument(
        "--data",
        metavar="DATA",
        help="judge rules on these data as well: skewed, heavy, measured (the file's measurements) "
        "or a CSV file of measurements (default: normal data alone)",
    )
    design.add_argument("--seed", type=shared.whole, default=0, help="of --data (default: 0)")
    design.add_argument("--save", metavar="PATH", help="write the designed problem file (TOML)")
    shared.outputs(design)


def work(options: argparse.Namespace) -> int:
    """Search, prove, report."""
    from nashbox.rules.design import design, design_for_pairs
    from nashbox.rules.design.on_data import source_named
    from nashbox.tables.console import slow_work

    problem = shared.load_problem(options)
    shared.only("design", options, problem)
    kinds = [kind.strip() for kind in options.kinds.split(",") if kind.strip()]
    with slow_work("searching rules") as progress:
        if options.pairs == "none":
            data = None if options.data is None else source_named(problem, options.data)
            result = design(
                problem,
                options.goal,
                options.form,
                progress=progress,
                kinds=kinds,
                data=data,
                seed=options.seed,
            )
            result = replace(result, data=options.data or "")
        else:
            _check_alone(options)
            result = design_for_pairs(problem, options.goal, options.pairs, progress=progress)
    if options.save is not None:
        result.save_problem(options.save)
    shared.emit_saved(options, result, problem)
    return 0


def _check_alone(options: argparse.Namespace) -> None:
    """Refuse options that decoys for pairs do not have. Raises InputError."""
    for option, usual in (("form", "best"), ("kinds", KINDS), ("data", None)):
        if getattr(options, option) != usual:
            raise InputError(f"--{option} does not go with --pairs {options.pairs}")
