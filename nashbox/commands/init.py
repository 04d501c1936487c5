"""`nashbox init [COSTS [MEASUREMENTS]]`: a commented problem file; asks at a terminal."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from nashbox.commands import shared
from nashbox.commands.parser import CommandParser
from nashbox.problem.errors import InputError

TEXT = "write a commented problem file from a table of costs and, if any, measurements"
EXAMPLE = "nashbox init examples/wine/costs.csv examples/wine/measurements.csv"


def declare(init: CommandParser) -> None:
    """Declare its options."""
    init.add_argument(
        "costs",
        metavar="COSTS",
        nargs="?",
        help="CSV: a row per agent, her name and a cost per distribution (inf: she cannot measure "
        "it); without it nashbox asks",
    )
    init.add_argument(
        "measurements",
        metavar="MEASUREMENTS",
        nargs="?",
        help="CSV: a column per distribution, whose standard deviations are taken",
    )
    init.add_argument(
        "--columns",
        metavar="A,B",
        help="of the measurements, in the order of the costs (default: those of the same names)",
    )
    init.add_argument(
        "--sigma",
        metavar="S,T",
        help="standard deviation of one measurement, one number or one per distribution "
        "(default: of the measurements)",
    )
    init.add_argument(
        "--currency",
        metavar="WORTH",
        help="costs are money: what one unit of squared error is worth, such as 400 or '400 EUR'",
    )
    init.add_argument(
        "--save",
        metavar="PATH",
        default="problem.toml",
        help="the file to write (default: %(default)s)",
    )
    shared.json_output(init)


def work(options: argparse.Namespace) -> int:
    """Write the file."""
    from nashbox.experiments.new_problem import begin, check_target

    if sys.stdin is not None and sys.stdin.isatty():
        check_target(options.save)
        _ask(options)
    elif options.costs is None:
        raise InputError("init needs a table of costs; COSTS is missing (see nashbox init --help)")
    shared.emit(options, begin(_wish(options)))
    return 0


def _wish(options: argparse.Namespace) -> Any:
    """The options, read. Raises InputError."""
    from nashbox.experiments.new_problem import Wish, parsed_money

    return Wish(
        options.costs,
        options.measurements,
        None if options.columns is None else [c.strip() for c in options.columns.split(",")],
        None if options.sigma is None else _numbers(options.sigma),
        None if options.currency is None else parsed_money(options.currency),
        options.save,
    )


def _numbers(text: str) -> list[float]:
    """Read 10 or 10,8. Raises InputError."""
    try:
        return [float(part) for part in text.split(",")]
    except ValueError:
        raise InputError(
            f"--sigma must be numbers with decimal points, parted by commas, got {text!r}"
        ) from None


def _ask(options: argparse.Namespace) -> None:
    """Fill in what is missing: all of it without COSTS, else only what there is no default for."""
    from nashbox.experiments.new_problem import columns_of, parsed_money, read_costs

    if options.costs is None:
        options.costs = _answer("Table of costs (CSV, a row per party)", read_costs)
        names = read_costs(options.costs)[0].columns
        if options.currency is None:
            options.currency = _answer(
                "If its costs are money: what is one unit of squared error worth, such as 400 EUR "
                "(Enter: they are no money)",
                parsed_money,
                optional=True,
            )
        if options.measurements is None and options.sigma is None:
            options.measurements = _answer(
                f"Measurements (CSV with the columns {', '.join(names)}; Enter: there are none)",
                lambda file: columns_of(file, names),
                optional=True,
            )
    if options.measurements is None and options.sigma is None:
        options.sigma = _answer(
            "Standard deviation of one measurement (one number, or one per distribution: 10,8)",
            _numbers,
        )


def _answer(question: str, read: Callable[[str], Any], optional: bool = False) -> str | None:
    """Ask on standard error until `read` takes the answer; None for none. Raises InputError."""
    while True:
        print(f"{question}: ", end="", file=sys.stderr, flush=True)
        line = sys.stdin.readline()
        if not line:
            raise InputError("init: no answer, nothing was written")
        if not line.strip() and optional:
            return None
        try:
            read(line.strip())
        except InputError as error:
            print(error, file=sys.stderr)
            continue
        return line.strip()
