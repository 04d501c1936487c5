"""`nashbox compare FILE`: mechanisms side by side, at honesty and at their equilibria."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from nashbox.commands import shared
from nashbox.commands.parser import CommandParser
from nashbox.commands.taking import asked, options_with_own, take

TEXT = "mechanisms side by side, at honesty and at what agents end up doing"
EXAMPLE = "nashbox compare examples/figure1.toml --mechanism cbl --mechanism sample_mean"


def declare(compare: CommandParser) -> None:
    """Declare its options."""
    from nashbox.experiments.compare import compare as function

    shared.problem_file(compare)
    take(compare, options_with_own(function))
    compare.add_argument("--plan", metavar="RULE", help="overrides the file's plan")
    shared.outputs(compare)
    shared.report_output(compare)


def work(options: argparse.Namespace) -> int:
    """Compare."""
    from nashbox.experiments.compare import compare
    from nashbox.problem.files import load
    from nashbox.tables.console import slow_work

    problem = shared.load_problem(options)
    chosen = asked(options, options_with_own(compare))
    if "mechanisms" in chosen:
        chosen["mechanisms"] = [shared.mechanism_spec(x, problem) for x in chosen["mechanisms"]]
    if "rules" in chosen:
        chosen["rules"] = {file: load(file) for file in chosen["rules"]}
    contract = shared.contract_of(options, problem)
    mechanisms = chosen.get("mechanisms")
    files = _files(options, problem, mechanisms) if options.report is not None else {}
    with slow_work("walking paths of best responses") as progress:
        result = compare(problem, progress=progress, **chosen)
    if options.report is not None:
        from nashbox.experiments.report import Origin, write_comparison_report

        origin = Origin(options.arguments, files)
        write_comparison_report(result, options.report, origin, contract)
    shared.emit(options, result)
    return 0


def _files(options: argparse.Namespace, problem: Any, mechanisms: Any) -> dict[str, str]:
    """SHA-256 of all problem files, and of every file named there or by an option."""
    from nashbox.experiments.named_files import file_hash, file_hashes
    from nashbox.problem.files import read_toml

    found = {}
    for file in (options.file, *(options.rules or ())):
        raw, folder = read_toml(file), os.path.dirname(file)
        if file == options.file and mechanisms is not None:
            raw["mechanism"] = [spec.name for spec in mechanisms]
        if file == options.file and options.plan is not None:
            raw["plan"] = os.path.relpath(options.plan, problem.folder)
        found[file] = file_hash(file)
        for name, digest in file_hashes(raw, Path(folder)).items():
            found[os.path.normpath(os.path.join(folder, name))] = digest
    return found
