"""`nashbox design FILE --goal G`: the best rules that nobody gains by breaking."""

from __future__ import annotations

import argparse
from typing import Any

from nashbox.commands import shared


def add(commands: Any) -> None:
    """Declare the command."""
    text = "the best rules for a cost table that nobody gains by breaking"
    design = shared.new_command(commands, "design", text, work)
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
        help="comparisons passed one by one, all together, or whichever is better",
    )
    design.add_argument(
        "--kinds",
        metavar="KINDS",
        default="alone,free,threshold,decoy",
        help="what may be used (alone,free,threshold,decoy, and mirror on demand); leave decoy out "
        "and nobody is told a falsehood",
    )
    design.add_argument("--save", metavar="PATH", help="write the designed problem file (TOML)")
    shared.outputs(design)


def work(options: argparse.Namespace) -> int:
    """Search, prove, report."""
    from nashbox.rules.design import design
    from nashbox.tables.console import progress_bar
    from nashbox.tables.design import design_table

    problem = shared.load_problem(options)
    shared.only("design", options, problem)
    kinds = [kind.strip() for kind in options.kinds.split(",") if kind.strip()]
    with progress_bar("searching rules") as progress:
        result = design(problem, options.goal, options.form, progress=progress, kinds=kinds)
    if options.save is not None:
        result.save_problem(options.save)
    shared.emit(options, result, design_table)
    return 0
