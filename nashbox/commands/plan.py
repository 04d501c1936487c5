"""`nashbox plan FILE`: how much each agent should collect, and what CBL makes of it."""

from __future__ import annotations

import argparse
from typing import Any

from nashbox.commands import common


def add(commands: Any) -> None:
    """Declare the command."""
    text = "how much each agent should collect, and what CBL makes of it"
    plan = common.new_command(commands, "plan", text, work)
    common.problem_file(plan)
    plan.add_argument("--rule", metavar="RULE", help="overrides the file's plan")
    common.outputs(plan)


def work(options: argparse.Namespace) -> int:
    """Solve the plan."""
    from nashbox.rules.planning import plan_report
    from nashbox.tables.estimation import plan_table

    problem = common.load_problem(options)
    common.only("plan", options, problem)
    common.emit(options, plan_report(problem, options.rule), plan_table)
    return 0
