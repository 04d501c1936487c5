"""`nashbox adapt FILE`: agents revise their strategies round by round."""

from __future__ import annotations

import argparse

from nashbox.commands import shared
from nashbox.commands.parser import CommandParser
from nashbox.commands.taking import asked, take
from nashbox.problem.options import options_of

TEXT = "let agents revise their strategies round by round"
EXAMPLE = "nashbox adapt examples/figure1.toml --mechanism sample_mean --rounds 10"


def declare(adapt: CommandParser) -> None:
    """Declare its options."""
    from nashbox.experiments.dynamics.adapt import adapt as function
    from nashbox.experiments.dynamics.menu import OF_RULES

    shared.problem_file(adapt)
    shared.overrides(adapt)
    take(adapt, options_of(function))
    take(adapt, {name: option for name, (_, option) in OF_RULES.items()})
    shared.outputs(adapt)


def work(options: argparse.Namespace) -> int:
    """Revise."""
    from nashbox.experiments.dynamics.adapt import adapt
    from nashbox.experiments.dynamics.menu import OF_RULES, read_rule
    from nashbox.tables.console import slow_work

    problem = shared.load_problem(options)
    chosen = asked(options, options_of(adapt), problem.folder)
    more = {name: getattr(options, name) for name in OF_RULES}
    rule = chosen.get("rule", options_of(adapt)["rule"].default)
    chosen["rule"] = read_rule(rule, more, "--", problem.folder)
    with slow_work("revising") as progress:
        result = adapt(problem, progress=progress, **chosen)
    shared.emit(options, result)
    return 0
