"""`nashbox audit FILE`: hunt for a profitable deviation of every agent."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nashbox.commands import shared
from nashbox.experiments.methods import BUDGET, METHODS
from nashbox.problem.errors import InputError

EXAMPLE = "nashbox audit examples/figure1.toml"


def add(commands: Any) -> None:
    """Declare the command."""
    text = "hunt for a profitable deviation of every agent"
    audit = shared.new_command(commands, "audit", text, work, EXAMPLE)
    shared.problem_file(audit)
    shared.overrides(audit)
    audit.add_argument(
        "--profile",
        choices=["file", "recommended"],
        default="file",
        help="recommended: ignore the file's strategies (default: file)",
    )
    audit.add_argument(
        "--method",
        choices=METHODS,
        default="auto",
        help="default: auto, the strongest that applies",
    )
    audit.add_argument(
        "--epsilon",
        type=shared.least_gain,
        metavar="X",
        help=shared.LEAST_GAIN,
    )
    audit.add_argument(
        "--delta",
        type=shared.decimal,
        default=0.01,
        metavar="P",
        help="chance that any verdict is wrong (default: 0.01)",
    )
    shared.seed(audit)
    audit.add_argument(
        "--budget",
        type=shared.whole,
        default=BUDGET,
        metavar="N",
        help="worlds simulated per agent at most (default: %(default)s)",
    )
    audit.add_argument(
        "--until-decided",
        action="store_true",
        help="go on beyond the budget until every agent is decided; worlds are kept in "
        "PROBLEM.audit-worlds, and the same command goes on from there",
    )
    audit.add_argument(
        "--time",
        type=shared.duration,
        metavar="T",
        help="with --until-decided: stop after 90s, 10m or 2h (default: no limit)",
    )
    audit.add_argument(
        "--workers",
        type=shared.whole,
        metavar="N",
        help="processes of the black box (default: one per processor, if there is enough to do); "
        "the result does not depend on it",
    )
    audit.add_argument(
        "--strict", action="store_true", help="exit with code 1 if a profitable deviation is found"
    )
    shared.outputs(audit)
    audit.set_defaults(writes=_writes)
    shared.report_output(audit)
    audit.add_argument(
        "--signals",
        choices=["paper", "any"],
        help="testing games: the belief or its inverse, or bluffs too (default: paper)",
    )


def work(options: argparse.Namespace) -> int:
    """Audit; 1 if a profitable deviation was found and --strict was given."""
    from nashbox.experiments.audit import audit
    from nashbox.tables.console import slow_work

    problem = shared.load_problem(options)
    contract = shared.contract_of(options, problem)
    files = shared.files_behind(options, problem) if options.report is not None else {}
    chosen = {**shared.given(options, audit), "recommended": options.profile == "recommended"}
    if options.until_decided:
        chosen["patience"] = _patience(options, problem)
    elif options.time is not None:
        raise InputError("--time goes with --until-decided")
    if options.signals is not None:
        chosen["signals"] = options.signals
    with slow_work("auditing agents") as progress:
        result = audit(problem, progress=progress, **chosen)
    if options.report is not None:
        from nashbox.experiments.report import Origin, write_audit_report

        origin = Origin(options.arguments, files)
        write_audit_report(result, options.report, origin, contract)
    shared.emit(options, result)
    return 1 if options.strict and result.nash == "profitable" else 0


def _patience(options: argparse.Namespace, problem: Any) -> Any:
    """Until when to go on, and where worlds are kept, in the current folder."""
    import hashlib
    import time

    from nashbox.experiments.audit.patience import Patience
    from nashbox.results.saving import versions

    files = shared.files_behind(options, problem)
    behind = [
        versions(),
        sorted((Path(name).name, digest) for name, digest in files.items()),
        [options.mechanism, options.plan, options.profile, options.signals],
        [options.method, str(options.epsilon), options.seed, options.budget],
    ]
    identity = hashlib.sha256(repr(behind).encode()).hexdigest()
    ends = None if options.time is None else time.time() + options.time
    return Patience(ends, _worlds_file(options), identity)


def _worlds_file(options: argparse.Namespace) -> str:
    """Where --until-decided keeps its worlds."""
    return f"{Path(options.file).stem}.audit-worlds"


def _writes(options: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    if options.until_decided:
        yield "--until-decided", Path(_worlds_file(options))
