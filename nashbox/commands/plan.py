"""`nashbox plan FILE`: how much each agent should collect, and what CBL makes of it."""

from __future__ import annotations

import argparse

from nashbox.commands import shared
from nashbox.commands.parser import CommandParser
from nashbox.commands.taking import take
from nashbox.problem.options import options_of

TEXT = "how much each agent should collect, and what CBL makes of it"
EXAMPLE = "nashbox plan examples/figure1.toml --rule egalitarian"


def declare(plan: CommandParser) -> None:
    """Declare its options."""
    from nashbox.rules.planning import plan_report

    shared.problem_file(plan)
    take(plan, options_of(plan_report))
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
