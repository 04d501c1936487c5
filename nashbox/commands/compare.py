"""`nashbox compare FILE`: mechanisms side by side, at honesty and at their equilibria."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from nashbox.commands import shared
from nashbox.problem.errors import InputError
from nashbox.problem.goals import GOALS, NO_GOAL, goals_of

EXAMPLE = "nashbox compare examples/figure1.toml --mechanism cbl --mechanism sample_mean"


def add(commands: Any) -> None:
    """Declare the command."""
    text = "mechanisms side by side, at honesty and at what agents end up doing"
    compare = shared.new_command(commands, "compare", text, work, EXAMPLE)
    shared.problem_file(compare)
    compare.add_argument(
        "--mechanism",
        metavar="NAME",
        action="append",
        dest="mechanisms",
        help="may be given several times (default: the file's own and all built-in ones)",
    )
    compare.add_argument(
        "--rules",
        metavar="FILE",
        action="append",
        default=[],
        help="mechanism and plan of another problem file with the same costs, e.g. a designed one; "
        "may be given several times",
    )
    compare.add_argument(
        "--design",
        choices=[*GOALS, NO_GOAL],
        metavar="GOAL",
        action="append",
        help="rules designed for social, egalitarian, nash or kalai_smorodinsky, or none; may be "
        "given several times (default: social, if the game is small)",
    )
    compare.add_argument("--plan", metavar="RULE", help="overrides the file's plan")
    compare.add_argument(
        "--starts",
        type=shared.whole,
        default=20,
        metavar="N",
        help="random starts of the search for equilibria (default: 20)",
    )
    shared.seed(compare)
    compare.add_argument(
        "--epsilon",
        type=shared.least_gain,
        metavar="X",
        help=shared.LEAST_GAIN,
    )
    compare.add_argument(
        "--budget",
        type=shared.whole,
        default=2_000_000,
        metavar="N",
        help="worlds simulated at most for a mechanism without exact formulas (default: 2000000)",
    )
    shared.outputs(compare)
    shared.report_output(compare)


def work(options: argparse.Namespace) -> int:
    """Compare."""
    from nashbox.games.registry import game_of, perform
    from nashbox.tables.console import slow_work

    problem = shared.load_problem(options)
    chosen = {key: getattr(options, key) for key in ("starts", "seed", "epsilon", "budget")}
    mechanisms = None
    if options.mechanisms is not None:
        mechanisms = [shared.mechanism_spec(name, problem) for name in options.mechanisms]
    if game_of(problem).has_plan:
        chosen |= _with_plans(options)
    else:
        for option in ("design", "rules", "report"):
            if getattr(options, option):
                raise InputError(f"--{option}: game must have a plan, got {problem.game!r}")
    contract = shared.contract_of(options, problem)
    files = _files(options, problem, mechanisms) if options.report is not None else {}
    with slow_work("walking paths of best responses") as progress:
        result = perform("compare", problem, mechanisms, progress=progress, **chosen)
    if options.report is not None:
        from nashbox.experiments.report import Origin, write_comparison_report

        origin = Origin(options.arguments, files)
        write_comparison_report(result, options.report, origin, contract)
    shared.emit(options, result)
    return 0


def _with_plans(options: argparse.Namespace) -> dict[str, Any]:
    """What only games with plans have: rules of other files, and designed ones."""
    from nashbox.problem.files import load

    goals = None if options.design is None else goals_of(options.design, "--design")
    return {"rules": {file: load(file) for file in options.rules}, "goals": goals}


def _files(options: argparse.Namespace, problem: Any, mechanisms: Any) -> dict[str, str]:
    """SHA-256 of all problem files, and of every file named there or by an option."""
    from nashbox.experiments.named_files import file_hash, file_hashes
    from nashbox.problem.files import read_toml

    found = {}
    for file in (options.file, *options.rules):
        raw, folder = read_toml(file), os.path.dirname(file)
        if file == options.file and mechanisms is not None:
            raw["mechanism"] = [spec.name for spec in mechanisms]
        if file == options.file and options.plan is not None:
            raw["plan"] = os.path.relpath(options.plan, problem.folder)
        found[file] = file_hash(file)
        for name, digest in file_hashes(raw, Path(folder)).items():
            found[os.path.normpath(os.path.join(folder, name))] = digest
    return found
