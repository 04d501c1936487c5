"""The command line: reads arguments, calls the experiments, prints. Heavy imports wait inside."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import Any, NoReturn

from nashbox.problem.errors import InputError, require, told

GAIN_METHODS = ("auto", "exact", "exhaustive", "black_box")


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one message, as for all bad input."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message} (see {self.prog} --help)")


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, got {text!r}") from None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number, got {text!r}") from None


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="nashbox",
        description="Does honesty pay? Plan, play and audit rules for sharing data.",
    )
    parser.add_argument("--version", action="store_true", help="print the version and stop")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")

    audit = _command(commands, "audit", "hunt for a profitable deviation of every agent")
    _game_options(audit)
    audit.add_argument(
        "--profile",
        choices=["file", "recommended"],
        default="file",
        help="recommended: ignore the file's strategies",
    )
    audit.add_argument(
        "--method",
        choices=GAIN_METHODS,
        default="auto",
        help="default: auto, the strongest that applies",
    )
    audit.add_argument(
        "--epsilon",
        type=_number,
        metavar="X",
        help="least gain that counts, absolute (default: 1e-3 of each penalty)",
    )
    audit.add_argument(
        "--delta",
        type=_number,
        default=0.01,
        metavar="P",
        help="chance that any verdict is wrong (default: 0.01)",
    )
    audit.add_argument("--seed", type=_whole, default=0)
    audit.add_argument(
        "--budget",
        type=_whole,
        default=400_000,
        metavar="N",
        help="worlds simulated per agent at most (default: 400000)",
    )
    audit.add_argument(
        "--workers",
        type=_whole,
        metavar="N",
        help="processes of the black box; the result does not depend on it",
    )
    audit.add_argument(
        "--strict", action="store_true", help="exit with code 1 if a profitable deviation is found"
    )
    _outputs(audit)

    audit.add_argument(
        "--signals",
        choices=["paper", "any"],
        default="paper",
        help="testing games: the belief or its inverse, or bluffs too (default: paper)",
    )

    solve = _command(commands, "solve", "exact quantities of a testing game")
    solve.add_argument(
        "--receivers",
        action="store_true",
        help="what alpha is worth against four kinds of receivers, objective by objective",
    )
    _outputs(solve)

    plan = _command(
        commands, "plan", "how much each agent should collect, and what CBL makes of it"
    )
    plan.add_argument("--rule", metavar="RULE", help="overrides the file's plan")
    _outputs(plan)

    run = _command(commands, "run", "play the profile and record penalties")
    _game_options(run)
    run.add_argument("--rounds", type=_whole, default=1, metavar="N")
    run.add_argument(
        "--replications",
        type=_whole,
        default=10_000,
        metavar="R",
        help="parallel worlds (default: 10000)",
    )
    run.add_argument("--seed", type=_whole, default=0)
    run.add_argument(
        "--everyone", metavar="STRATEGY", help="all agents play this strategy, e.g. best_responder"
    )
    run.add_argument(
        "--revision",
        choices=["sequential", "simultaneous"],
        default="sequential",
        help="how best responders revise between rounds",
    )
    _outputs(run)

    check = commands.add_parser("check", help="hold a strategy or mechanism to its contract")
    check.add_argument(
        "target", metavar="file.py:Class", help="a class in a file, or a built-in name"
    )
    check.add_argument("--strict", action="store_true", help="exit with code 1 if a check fails")
    check.add_argument(
        "--json", metavar="PATH", help="write JSON ('-': standard output, and nothing else there)"
    )
    return parser


def _command(commands: Any, name: str, text: str) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    command.add_argument("file", metavar="FILE", help="a problem file (TOML)")
    return command


def _game_options(command: argparse.ArgumentParser) -> None:
    command.add_argument("--mechanism", metavar="NAME", help="overrides the file's mechanism")
    command.add_argument("--plan", metavar="RULE", help="overrides the file's plan")


def _outputs(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--json", metavar="PATH", help="write JSON ('-': standard output, and nothing else there)"
    )
    command.add_argument("--figure", metavar="PATH", help="write a figure (png, svg or pdf)")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code (0 done, 1 found with --strict, 2 bad input, 130)."""
    try:
        return _obey(arguments)
    except InputError as error:
        print("nashbox: " + " ".join(str(error).splitlines()), file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("nashbox: interrupted", file=sys.stderr)
        return 130
    except OSError as error:  # a full disk, a closed pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # whoever read our output has read enough
            return 0
        print(f"nashbox: {told(error)}", file=sys.stderr)
        return 2


def _obey(arguments: Sequence[str] | None) -> int:
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.version:
        from importlib.metadata import version

        print(f"nashbox {version('nashbox')}")
        return 0
    if options.command is None:
        parser.print_help()
        return 0
    _check_outputs(options)
    with _own_output(options):
        try:
            code = _COMMANDS[options.command](options)
        except (Exception, SystemExit) as error:
            culprit = _plugin_line(error)
            if isinstance(error, InputError) or culprit is None:
                raise
            raise InputError(f"{culprit} raised {told(error)}") from error
    sys.stdout.flush()
    return code


def _plugin_line(error: BaseException) -> str | None:
    """File, line and method of the user's plug-in that an exception came through, if any."""
    from nashbox.problem.spec import PLUGIN

    for frame, line in reversed(list(traceback.walk_tb(error.__traceback__))):
        if frame.f_globals.get("__name__", "").startswith(PLUGIN):
            code = frame.f_code
            return f"{os.path.basename(code.co_filename)}, line {line}: {code.co_qualname}"
    return None


def _check_outputs(options: argparse.Namespace) -> None:
    """Refuse files that cannot be written before anything is computed."""
    from nashbox.experiments.saving import writable

    if options.json is not None and options.json != "-":
        writable(options.json)
    if getattr(options, "figure", None) is not None:
        from nashbox.experiments.figures import FORMATS

        kind = os.path.splitext(options.figure)[1].lstrip(".").lower()
        if kind not in FORMATS:
            allowed = ", ".join(f".{kind}" for kind in FORMATS)
            raise InputError(f"--figure must end in {allowed}, got {options.figure!r}")
        writable(options.figure)


@contextmanager
def _own_output(options: argparse.Namespace) -> Iterator[None]:
    """With --json - whatever a plug-in prints goes to standard error."""
    options.stdout = sys.stdout
    if options.json != "-":
        yield
        return
    with redirect_stdout(sys.stderr):
        yield


def _load(options: argparse.Namespace) -> Any:
    """Load the problem and apply --mechanism, --plan and --everyone."""
    from dataclasses import replace
    from pathlib import Path

    from nashbox.mechanisms import MECHANISMS, Mechanism
    from nashbox.problem.estimation import read_plan
    from nashbox.problem.files import load
    from nashbox.problem.tables import Table
    from nashbox.strategies import STRATEGIES, Strategy

    problem = load(options.file)
    if problem.game == "testing":
        from nashbox.cli_testing import overridden

        return overridden(options, problem, _named)
    if getattr(options, "mechanism", None) is not None:
        spec = _named(options, "mechanism", MECHANISMS, Mechanism, problem.folder)
        problem = replace(problem, mechanism=spec)
    if getattr(options, "plan", None) is not None:
        table = Table(problem.names, problem.distributions, problem.costs)
        problem = replace(problem, plan=read_plan(options.plan, table, Path(), "--plan"))
    if getattr(options, "everyone", None) is not None:
        spec = _named(options, "everyone", STRATEGIES, Strategy, problem.folder)
        problem = problem.with_strategies(dict.fromkeys(problem.names, spec))
    return problem


def _named(options: argparse.Namespace, option: str, builtin: Any, base: Any, folder: Any) -> Any:
    """Return the spec an option names; a plug-in's path is made relative to the problem's folder.

    Errors name the option, and the file as it was given.
    """
    from pathlib import Path

    from nashbox.problem.spec import Spec, find_class

    name = getattr(options, option)
    group = f"nashbox.{'mechanisms' if option == 'mechanism' else 'strategies'}"
    find_class(name, builtin, base, group, Path(), f"--{option}")
    if ":" in name:
        file, _, attribute = name.rpartition(":")
        name = f"{os.path.relpath(file, folder)}:{attribute}"
    return Spec(name)


def _emit(options: argparse.Namespace, result: Any, table: Callable[[Any], None]) -> None:
    """Write what was asked for: figure and JSON files first, so that a failure prints no table."""
    from nashbox.experiments.saving import to_text, write_whole

    text = to_text(result.to_json()) if options.json is not None else ""
    if getattr(options, "figure", None) is not None:
        from nashbox.experiments.figures import save_figure

        save_figure(result, options.figure)
    if options.json == "-":
        try:
            options.stdout.write(text)
            options.stdout.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), options.stdout.fileno())
        return
    if options.json is not None:
        write_whole(options.json, text.encode())
    table(result)


def _is_testing(options: argparse.Namespace) -> bool:
    from nashbox.problem.files import read_toml

    return bool(read_toml(options.file).get("game") == "testing")


def _solve(options: argparse.Namespace) -> int:
    from nashbox.cli_testing import solve_game

    return solve_game(options, _load(options), _emit)


def _audit(options: argparse.Namespace) -> int:
    if _is_testing(options):
        from nashbox.cli_testing import audit_game

        return audit_game(options, _load(options), _emit)
    from nashbox.experiments.audit import audit
    from nashbox.tables import audit_table, progress_bar

    if options.workers is not None:
        require("--workers", options.workers, low=1, integer=True)
    problem = _load(options)
    with progress_bar("auditing agents") as progress:
        result = audit(
            problem,
            method=options.method,
            recommended=options.profile == "recommended",
            epsilon=options.epsilon,
            delta=options.delta,
            seed=options.seed,
            budget=options.budget,
            workers=options.workers,
            progress=progress,
        )
    _emit(options, result, audit_table)
    return 1 if options.strict and result.nash == "profitable" else 0


def _plan(options: argparse.Namespace) -> int:
    from nashbox.experiments.planning import plan_report
    from nashbox.tables import plan_table

    problem = _load(options)
    if problem.game == "testing":
        raise InputError(f"{options.file}: game must be 'estimation' for plan, got 'testing'")
    _emit(options, plan_report(problem, options.rule), plan_table)
    return 0


def _run(options: argparse.Namespace) -> int:
    if _is_testing(options):
        from nashbox.cli_testing import run_games

        return run_games(options, _load(options), _emit)
    from nashbox.experiments.run import run
    from nashbox.tables import progress_bar, run_table

    problem = _load(options)
    with progress_bar("playing blocks of worlds") as progress:
        result = run(
            problem,
            rounds=options.rounds,
            replications=options.replications,
            seed=options.seed,
            revision=options.revision,
            progress=progress,
        )
    _emit(options, result, run_table)
    return 0


def _check(options: argparse.Namespace) -> int:
    from nashbox.experiments.check import check
    from nashbox.tables import check_table

    result = check(options.target)
    _emit(options, result, check_table)
    return 1 if options.strict and not result.passed else 0


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "audit": _audit,
    "solve": _solve,
    "plan": _plan,
    "run": _run,
    "check": _check,
}

if __name__ == "__main__":
    sys.exit(main())
