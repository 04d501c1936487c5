"""The command line: finds the command, turns every failure into one message and an exit code."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from typing import NoReturn

from nashbox.commands import COMMANDS
from nashbox.commands.common import check_outputs
from nashbox.problem.errors import InputError, told


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one message, as for all bad input."""

    def error(self, message: str) -> NoReturn:
        raise InputError(f"{message} (see {self.prog} --help)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="nashbox",
        description="Does honesty pay? Plan, play and audit rules for sharing data.",
    )
    parser.add_argument("--version", action="store_true", help="print the version and stop")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser


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
    options.arguments = list(sys.argv[1:] if arguments is None else arguments)
    if options.version:
        from importlib.metadata import version

        print(f"nashbox {version('nashbox')}")
        return 0
    if options.command is None:
        parser.print_help()
        return 0
    check_outputs(options)
    with _own_output(options):
        try:
            code: int = options.work(options)
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


@contextmanager
def _own_output(options: argparse.Namespace) -> Iterator[None]:
    """With --json - whatever a plug-in prints goes to standard error."""
    options.stdout = sys.stdout
    if getattr(options, "json", None) != "-":
        yield
        return
    with redirect_stdout(sys.stderr):
        yield


if __name__ == "__main__":
    sys.exit(main())
