"""The command line: finds the command, turns every failure into one message and an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stdout

from nashbox.commands import COMMANDS
from nashbox.commands.files import check_outputs, outputs_whole
from nashbox.commands.parser import CommandParser, Parser, add_command
from nashbox.problem.errors import InputError, debugging, plugins_told, shown, told
from nashbox.problem.leaving import end_with_threads
from nashbox.problem.options import renamed
from nashbox.problem.output import drop_output, output_kept
from nashbox.problem.spec import did_you_mean
from nashbox.problem.threads import prefer_one_thread

LONGEST = 490  # characters of a message


def _parser() -> Parser:
    parser = Parser(
        prog="nashbox",
        description="Does honesty pay? Plan, play and audit rules for sharing data.",
        epilog="begin with:\n"
        "  nashbox init costs.csv measurements.csv\n"
        "  nashbox audit problem.toml\n"
        "nashbox COMMAND --help shows an example and all options of a command.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="print the version and stop")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", parser_class=CommandParser)
    for command in COMMANDS:
        add_command(commands, command)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code (0 done, 1 found with --strict, 2 bad input, 130).

    Without `arguments` it takes those of the process, and ends that whatever a plug-in has left.
    """
    code = _answered(arguments)
    if arguments is None:
        end_with_threads(code)
    return code


def _answered(arguments: Sequence[str] | None) -> int:
    try:
        return _obey(arguments)
    except InputError as error:
        return _refused(str(error))
    except MemoryError as error:
        words = f": {told(error)}" if str(error) else ""
        return _refused(f"not enough memory{words}; take fewer worlds, agents or points")
    except (OverflowError, RecursionError) as error:
        return _refused(f"a number or a structure is too large: {told(error)}")
    except KeyboardInterrupt:
        print("nashbox: interrupted", file=sys.stderr)
        return 130
    except OSError as error:  # a full disk, a closed pipe
        drop_output()
        if isinstance(error, BrokenPipeError):  # whoever read our output has read enough
            return 0
        return _refused(told(error))


def _refused(message: str) -> int:
    """Say on one line why nothing was done."""
    print("nashbox: " + shown(message, LONGEST), file=sys.stderr)
    return 2


def _obey(arguments: Sequence[str] | None) -> int:
    if sys.stdout is None:  # whoever closed it wants nothing printed
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - as long as we live
    prefer_one_thread()
    parser = _parser()
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        own: Parser = getattr(options, "parser", parser)
        hint = did_you_mean(unknown[0].partition("=")[0], own.options())
        own.error(f"unrecognized arguments: {' '.join(unknown)}{hint}")
    options.arguments = list(sys.argv[1:] if arguments is None else arguments)
    if options.version:
        from importlib.metadata import version

        print(f"nashbox {version('nashbox')}")
        return 0
    if options.command is None:
        parser.print_help()
        return 0
    check_outputs(options)
    with (
        outputs_whole(),
        _own_output(options),
        output_kept(),
        debugging(options.debug),
        plugins_told(),
        _named_with_dashes(options),
    ):
        code: int = options.work(options)
    sys.stdout.flush()
    return code


@contextmanager
def _named_with_dashes(options: argparse.Namespace) -> Iterator[None]:
    """Give options their dashes where a function names its argument by the same word.

    Errors in a file begin with the file, so that a bare word in front is never one of its keys.
    """
    try:
        yield
    except InputError as error:
        message = str(error)

        def called(name: str) -> str | None:
            given = getattr(options, name, None) is not None
            missed = message.startswith(f"{name} must be given")
            return options.parser.flag(name) if given or missed else None

        if renamed(message, called) == message:
            raise
        raise type(error)(renamed(message, called)) from error


@contextmanager
def _own_output(options: argparse.Namespace) -> Iterator[None]:
    """With --json - whatever else is written to standard output goes to standard error.

    Also what a plug-in, a library or a worker process writes to file descriptor 1.
    """
    options.stdout = sys.stdout
    if getattr(options, "json", None) != "-":
        yield
        return
    try:
        number = sys.stdout.fileno()
    except (AttributeError, OSError):  # a stream of a program that calls us
        with redirect_stdout(sys.stderr):
            yield
        return
    sys.stdout.flush()
    kept = os.dup(number)
    with redirect_stdout(sys.stderr), os.fdopen(kept, "w", encoding="utf-8") as options.stdout:
        os.dup2(2, number)
        try:
            yield
        finally:
            os.dup2(kept, number)


if __name__ == "__main__":
    sys.exit(main())
