"""`nashbox plan FILE`: how much each agent should collect, and what CBL makes of it."""

from __future__ import annotations

import argparse
from typing import Any

from nashbox.commands import shared

EXAMPLE = "nashbox plan examples/figure1.toml --rule egalitarian"


def add(commands: Any) -> None:
    """Declare the command."""
    text = "how much each agent should collect, and what CBL makes of it"
    plan = shared.new_command(commands, "plan", text, work, EXAMPLE)
    shared.problem_file(plan)
    plan.add_argument(
        "--rule",
        metavar="RULE",
        help="overrides the file's plan: a rule's name, or a CSV file of counts with the header of "
        "the costs",
    )
    shared.outputs(plan)


def work(options: argparse.Namespace) -> int:
    """Solve the plan."""
    from nashbox.rules.planning import plan_report
    from nashbox.tables.console import slow_work

    problem = shared.load_problem(options)
    shared.only("plan", options, problem)
    with slow_work("solving the plan"):
        result = plan_report(problem, options.rule)
    shared.emit(options, result)
    return 0
