"""`nashbox audit FILE`: hunt for a profitable deviation of every agent."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nashbox.commands import shared
from nashbox.commands.parser import CommandParser
from nashbox.commands.taking import asked, options_with_own, take, whole
from nashbox.problem.errors import InputError

TEXT = "hunt for a profitable deviation of every agent"
EXAMPLE = "nashbox audit examples/figure1.toml"


def declare(audit: CommandParser) -> None:
    """Declare its options."""
    from nashbox.experiments.audit import audit as function

    shared.problem_file(audit)
    shared.overrides(audit)
    take(audit, options_with_own(function))
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
        "--strict", action="store_true", help="exit with code 1 if a profitable deviation is found"
    )
    shared.outputs(audit)
    audit.set_defaults(writes=_writes)
    shared.report_output(audit)


def work(options: argparse.Namespace) -> int:
    """Audit; 1 if a profitable deviation was found and --strict was given."""
    from nashbox.experiments.audit import audit
    from nashbox.tables.console import slow_work

    problem = shared.load_problem(options)
    contract = shared.contract_of(options, problem)
    files = shared.files_behind(options, problem) if options.report is not None else {}
    chosen = asked(options, options_with_own(audit))
    if options.until_decided:
        chosen["patience"] = _patience(options, chosen, problem)
    elif options.time is not None:
        raise InputError("--time goes with --until-decided")
    with slow_work("auditing agents") as progress:
        result = audit(problem, progress=progress, **chosen)
    if options.report is not None:
        from nashbox.experiments.report import Origin, write_audit_report

        origin = Origin(options.arguments, files)
        write_audit_report(result, options.report, origin, contract)
    shared.emit(options, result)
    return 1 if options.strict and result.nash == "profitable" else 0


def _patience(options: argparse.Namespace, chosen: Mapping[str, Any], problem: Any) -> Any:
    """Until when to go on, and where worlds are kept, in the current folder."""
    import hashlib
    import time

    from nashbox.experiments.audit import audit
    from nashbox.experiments.audit.patience import Patience
    from nashbox.results.saving import versions

    files = shared.files_behind(options, problem)
    behind = [
        versions(),
        sorted((Path(name).name, digest) for name, digest in files.items()),
        [options.mechanism, options.plan],
        [
            (name, str(value))
            for name, value in whole(options_with_own(audit), chosen).items()
            if name != "workers"
        ],
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
