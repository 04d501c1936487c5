"""What commands share: options, loading a problem with its overrides, writing the answer."""

from __future__ import annotations

import argparse
import os
import re
from typing import Any

from nashbox.commands.files import input_files
from nashbox.problem.errors import InputError, brief
from nashbox.problem.output import OUTPUT, drop_output, is_closed

NAMES = "a name, file.py:Class, or either with parameters: 'cbl(alpha_factor=0.5)'"
PLUGIN_NAME = re.compile(r"[^\s,;(){}\[\]='\"]+\.py:\w+")

UNITS = {"s": 1, "m": 60, "h": 3600}  # of times, in seconds


def whole(text: str) -> int:
    """Read an option that is a whole number."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a whole number, got {text!r}") from None


def duration(text: str) -> float:
    """Read a length of time, in seconds: 90, 90s, 10m or 2h.

    >>> duration("10m"), duration("1.5h"), duration("90")
    (600.0, 5400.0, 90.0)
    """
    number, unit = (text[:-1], text[-1]) if text[-1:] in UNITS else (text, "s")
    try:
        seconds = float(number) * UNITS[unit]
    except ValueError:
        seconds = -1.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"must be a time such as 90s, 10m or 2h, got {text!r}")
    return seconds


def problem_file(command: argparse.ArgumentParser) -> None:
    """Add the argument FILE."""
    command.add_argument("file", metavar="FILE", help="a problem file (TOML)")


def overrides(command: argparse.ArgumentParser) -> None:
    """Add the options that override what the file says."""
    command.add_argument("--mechanism", metavar="NAME", help=f"overrides the file's: {NAMES}")
    command.add_argument(
        "--plan", metavar="RULE", help="overrides the file's plan: a rule, or a CSV of counts"
    )


def json_output(command: argparse.ArgumentParser) -> None:
    """Add --json."""
    command.add_argument(
        "--json", metavar="PATH", help="write JSON ('-': standard output, and nothing else there)"
    )


def outputs(command: argparse.ArgumentParser) -> None:
    """Add --json and --figure."""
    json_output(command)
    command.add_argument(
        "--figure",
        metavar="PATH",
        help="write a figure (png, svg or pdf) and, beside it, what it shows (csv)",
    )


def report_output(command: argparse.ArgumentParser) -> None:
    """Add --report, one HTML file."""
    command.add_argument(
        "--report", metavar="PATH", help="write all of it into one HTML file that needs no other"
    )
    report_title(command)
    command.add_argument(
        "--commitment",
        metavar="HASH",
        help="for the report: of the key of an exchange, as exchange --new-key prints it",
    )
    command.set_defaults(report_endings=(".html", ".htm"))


def report_title(command: argparse.ArgumentParser) -> None:
    """Add --title of a report."""
    command.add_argument(
        "--title", metavar="TEXT", help="of the report, with its date if it is to have one"
    )


def check_for_report(options: argparse.Namespace, *names: str) -> None:
    """Refuse options that only a report has where none is written. Raises InputError."""
    for option in names:
        if getattr(options, option) is not None and options.report is None:
            raise InputError(f"--{option} is for a report; give --report as well")


def contract_of(options: argparse.Namespace, problem: Any) -> Any:
    """What the options say of a report as part of a contract, if any. Raises InputError."""
    from nashbox.games.registry import check_verb, game_of

    check_for_report(options, "title", "commitment")
    if options.report is None:
        return None
    from nashbox.experiments.report import Contract

    game, given = game_of(problem), options.commitment
    changed = [o for o in ("mechanism", "plan") if getattr(options, o, None) is not None]
    if given is not None:
        check_verb("exchange", problem.game, "--commitment", game)
        if changed:
            raise InputError(
                f"--commitment is for the rules of the file, and --{changed[0]} changes them; "
                "write them into a file of their own"
            )
        if not re.fullmatch("[0-9a-f]{64}", given):
            raise InputError(
                "--commitment must be 64 hexadecimal digits as 'nashbox exchange --new-key FILE' "
                f"prints them, got {brief(given)}"
            )
    carried_out = "exchange" in game.engines and not changed
    return Contract(options.title or "", options.file if carried_out else None, given)


def load_problem(options: argparse.Namespace) -> Any:
    """Load the problem and apply --mechanism, --plan and --everyone.

    Whatever it names is looked for here, whether the command needs it or not. Raises InputError.
    """
    from nashbox.games.registry import check_names
    from nashbox.problem.files import load

    problem = load(options.file)
    problem = _overridden(options, problem)
    check_names(problem)
    return problem


def only(command: str, options: argparse.Namespace, problem: Any) -> None:
    """Refuse games that have nothing a command is about. Raises InputError."""
    from nashbox.games.registry import check_verb, game_of

    check_verb(command, problem.game, options.file, game_of(problem))


def files_behind(options: argparse.Namespace, problem: Any) -> dict[str, str]:
    """SHA-256 of the problem file and of every file named there or by --mechanism and --plan."""
    from nashbox.experiments.named_files import file_hash, file_hashes
    from nashbox.problem.files import read_toml

    raw = read_toml(options.file)
    if options.mechanism is not None:
        raw["mechanism"] = problem.mechanism.name
    if options.plan is not None:
        raw["plan"] = os.path.relpath(options.plan, problem.folder)
    return {options.file: file_hash(options.file), **file_hashes(raw, problem.folder)}


def _overridden(options: argparse.Namespace, problem: Any) -> Any:
    from dataclasses import replace

    from nashbox.games.registry import game_of
    from nashbox.problem.spec import Spec

    game = game_of(problem)
    if getattr(options, "plan", None) is not None:
        if not game.has_plan:
            raise InputError(f"--plan: {problem.game} games have no plan, got {options.plan!r}")
        problem = problem.with_plan(options.plan, "--plan")
    if getattr(options, "mechanism", None) is not None:
        spec = mechanism_spec(options.mechanism, problem)
        problem = replace(problem, mechanism=spec)
    if getattr(options, "everyone", None) is not None:
        spec = Spec.parse_call(options.everyone, "--everyone")
        game.check_everyone(problem, spec, "--everyone")
        spec = relative(options.everyone, "everyone", problem.folder)
        problem = problem.with_strategies(dict.fromkeys(problem.names, spec))
    return problem


def mechanism_spec(name: str, problem: Any) -> Any:
    """Return the spec of a mechanism that --mechanism names for a problem.

    Errors name the option, and the file as it was given.
    """
    from nashbox.games.registry import game_of
    from nashbox.problem.spec import Spec

    game_of(problem).check_mechanism(Spec.parse_call(name, "--mechanism"), "--mechanism")
    return relative(name, "mechanism", problem.folder)


def relative(name: str, option: str, folder: Any) -> Any:
    """Return the spec of a name; a plug-in's path is made relative to the problem's folder."""
    from nashbox.problem.spec import Spec

    spec = Spec.parse_call(name, f"--{option}")
    if ":" in spec.name:
        file, _, attribute = spec.name.rpartition(":")
        return Spec(f"{os.path.relpath(file, folder)}:{attribute}", spec.parameters)
    return spec


def _check_output(options: argparse.Namespace) -> None:
    """Refuse to write where a plug-in has closed standard output: all would be lost."""
    if not is_closed():
        return
    texts = [" ".join(options.arguments)]
    for path in input_files(options):
        if path.suffix == ".toml":
            texts.append(path.read_text(encoding="utf-8", errors="replace"))
    found = list(dict.fromkeys(name for text in texts for name in PLUGIN_NAME.findall(text)))
    who = "" if not found else found[0] if len(found) == 1 else f"one of {', '.join(found)}"
    raise InputError(
        f"{who or 'a plug-in'} closes standard output (file descriptor {OUTPUT}), which is not its "
        "own: what was found cannot be printed"
    )


def emit(options: argparse.Namespace, result: Any, sheet: Any = None) -> None:
    """Write what was asked for, then print the sheet: the result's own if none is given.

    Figure and JSON files come first, so that a failure prints nothing.
    """
    write_outputs(options, result)
    if options.json != "-":
        from nashbox.tables.printing import sheet_of

        show(options, sheet_of(result) if sheet is None else sheet)


def emit_saved(options: argparse.Namespace, result: Any, problem: Any) -> None:
    """`emit` of rules, with what to do with them where they were written."""
    from nashbox.tables.kit import saved_rules
    from nashbox.tables.printing import sheet_of

    sheet = sheet_of(result)
    if options.save is not None:
        sheet = saved_rules(sheet, options.save, problem.integer)
    emit(options, result, sheet)


def show(options: argparse.Namespace, sheet: Any) -> None:
    """Print a sheet, unless standard output is for JSON alone."""
    from nashbox.tables.sheet import print_sheet

    _check_output(options)
    if options.json != "-":
        print_sheet(sheet, options.verbose)


def write_outputs(options: argparse.Namespace, result: Any) -> None:
    """Write figure and JSON."""
    from nashbox.results.saving import to_text, write_whole

    _check_output(options)
    text = to_text(result.to_json()) if options.json is not None else ""
    if getattr(options, "figure", None) is not None:
        from nashbox.experiments.figures import save_figure

        save_figure(result, options.figure)
    if options.json == "-":
        try:
            options.stdout.write(text)
            options.stdout.flush()
        except BrokenPipeError:
            drop_output(options.stdout)
    elif options.json is not None:
        write_whole(options.json, text.encode())
