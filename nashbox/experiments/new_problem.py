"""`init`: a commented problem file from a table of costs and, if there are any, measurements.

Costs may be money: per measurement, divided by what one unit of squared error is worth.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from nashbox.experiments.toml import toml_value
from nashbox.problem.errors import LARGEST, SMALLEST, InputError, brief, require, shown
from nashbox.problem.estimation import COST, RULES, EstimationProblem, checked_costs
from nashbox.problem.files import from_mapping
from nashbox.problem.measured import sigma_of
from nashbox.problem.source import CsvSource
from nashbox.problem.tables import AgentTable, agent_table, agents_first, read_columns, read_rows
from nashbox.results.base import Result
from nashbox.results.saving import writable, write_whole

AMOUNT = re.compile(r"((?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][+-]?[0-9]+)?)\s*([^0-9]*)")
THOUSANDS = re.compile(r"[1-9][0-9]{0,2}[.,][0-9]{3}")  # or a fraction: nobody can tell
LEAST = 4  # of sigma^2/cost: below, who works alone takes not even two measurements


@dataclass(frozen=True)
class Money:
    """What one unit of squared error is worth, and in which currency."""

    worth: float
    unit: str = ""

    def __post_init__(self) -> None:
        require("--currency", self.worth, low=SMALLEST, high=LARGEST)

    def of(self, amount: float) -> str:
        """An amount in words; who cannot measure pays none."""
        if amount == float("inf"):
            return "cannot"
        return f"{amount:.12g} {self.unit}".strip()


@dataclass(frozen=True)
class Wish:
    """What `init` is told: files as the user wrote them, `columns` of the measurements."""

    costs: str
    measurements: str | None = None
    columns: Sequence[str] | None = None
    sigma: Sequence[float] | None = None
    money: Money | None = None
    save: str = "problem.toml"


@dataclass(frozen=True)
class Beginning(Result):
    """What was written, what the tables hold, and the commands that come next."""

    FORMAT: ClassVar[str] = "nashbox-init/1"
    KEYS: ClassVar[str] = "file agents distributions sigma costs warnings notes next"
    file: str
    agents: Sequence[str]
    distributions: Sequence[str]
    sigma: Sequence[float]
    costs: Sequence[Sequence[float]]  # in units of squared error
    warnings: Sequence[str]
    notes: Sequence[str]
    next: Sequence[str]


def begin(wish: Wish) -> Beginning:
    """Write the problem file. Raises InputError for bad tables, and where a file stands."""
    target = check_target(wish.save)
    table, as_written = read_costs(wish.costs)
    if wish.sigma is not None:
        given = wish.sigma[0] if len(wish.sigma) == 1 else list(wish.sigma)
        sigma_of(given, len(table.columns), None, "--sigma")
    text = _text(wish, table, as_written)
    problem = from_mapping(tomllib.loads(text), target.parent, wish.save)
    write_whole(target, text.encode())
    return Beginning(
        wish.save,
        list(problem.names),
        list(problem.distributions),
        problem.sigma.tolist(),
        problem.costs.tolist(),
        _warnings(problem, wish.money),
        _notes(problem, wish),
        [f"nashbox {verb} {wish.save}" for verb in ("plan", "audit", "compare")],
    )


def check_target(save: str) -> Path:
    """Where the file goes. Raises InputError if it stands already or cannot be written."""
    target = Path(save)
    if not save.lower().endswith(".toml"):
        raise InputError(f"--save must end in .toml, got {save!r}")
    if target.exists() or target.is_symlink():
        raise InputError(f"init: {save!r} exists; give another name by --save, or move it away")
    return writable(target)


def read_costs(file: str) -> tuple[AgentTable, bool]:
    """The table, and whether a problem file could read it as it stands."""
    rows = read_rows(Path(file), file)
    moved = agents_first(rows)
    return checked_costs(agent_table(moved, file, "cost", COST), file), moved == rows


def read_header(file: str) -> list[str]:
    """The columns of a table of measurements."""
    return read_rows(Path(file), file)[0][1]


def columns_of(file: str, distributions: Sequence[str]) -> list[str]:
    """The columns of measurements that are called like the distributions, in capitals or not."""
    header = read_header(file)
    found = []
    for name in distributions:
        alike = [c for c in header if c == name] or [
            c for c in header if c.casefold() == name.casefold()
        ]
        if len(alike) != 1:
            raise InputError(
                f"{file}: has {'two columns' if alike else 'no column'} {name!r}, as the costs "
                f"call one (there are: {brief(', '.join(header))}); name the columns by "
                "--columns, in the order of the costs"
            )
        found += alike
    return found


def _text(wish: Wish, table: AgentTable, as_written: bool) -> str:
    """The problem file."""
    what = "what one measurement costs, in units of squared error; inf = cannot measure it"
    lines = [
        f"# A problem file of nashbox: nashbox audit {shown(wish.save)} says whether honesty pays.",
        "# Each party loses her squared error plus what her measurements cost her.",
        'game = "estimation"',
        "",
    ]
    if wish.money is None and as_written:
        lines += [f"# {what[0].upper()}{what[1:]}.", f"costs = {_here(wish.costs, wish.save)}"]
    else:
        lines += [f"agents = {toml_value(table.names)}"]
        lines += [f"distributions = {toml_value(table.columns)}"]
        lines += [f"# {what[0].upper()}{what[1:]}.", *_costs(table, wish.money)]
    lines += ["", *_spread(wish, table)]
    lines += [
        "",
        f"# Who collects how much: {', '.join(RULES)},",
        "# or a CSV file of counts with the header of the costs.",
        'plan = "ir_optimal"',
        "# The rules: cbl, threshold, decoy, sample_mean, ... (nashbox list has all of them).",
        'mechanism = "cbl"',
        "# Measurements come in whole numbers; real: fractions, which exact formulas allow.",
        'counts = "integer"',
        "# Who does not do as the rules recommend, for example:",
        f'# strategies = {{{toml_value(table.names[0])} = "free_rider"}}',
    ]
    return "\n".join(lines) + "\n"


def _costs(table: AgentTable, money: Money | None) -> list[str]:
    """The table inline, with amounts of money beside."""
    if money is None:
        lines, worth = [], 1.0
    else:
        worth = money.worth
        lines = [
            f"# Money per measurement, divided by {money.of(worth)}, which one unit of squared",
            "# error is worth; the amounts stand behind.",
        ]
    lines.append("costs = [")
    for name, row in zip(table.names, table.values, strict=True):
        amounts = "" if money is None else ": " + ", ".join(money.of(c) for c in row)
        lines.append(f"    {toml_value((row / worth).tolist())},  # {name}{amounts}")
    return [*lines, "]"]


def _spread(wish: Wish, table: AgentTable) -> list[str]:
    """Measurements and standard deviations. Raises InputError if there are neither."""
    if wish.measurements is None:
        if wish.sigma is None:
            raise InputError(
                "init needs a file of measurements, or their standard deviation by --sigma "
                "(see nashbox init --help)"
            )
        if wish.columns is not None:
            raise InputError("--columns are of a file of measurements; give one, too")
        sigma = list(wish.sigma)
        return [
            "# Standard deviation of one measurement, the same for all or one per distribution.",
            f"sigma = {toml_value(sigma[0] if len(sigma) == 1 else sigma)}",
        ]
    columns = wish.columns or columns_of(wish.measurements, table.columns)
    read_columns(Path(wish.measurements), wish.measurements, list(columns))  # under that name
    file = _here(wish.measurements, wish.save)
    given = "source" if wish.sigma is None else list(wish.sigma)
    return [
        "# Real measurements, which are drawn with replacement; empty cells are left out.",
        f"source = {{csv = {file}, columns = {toml_value(list(columns))}}}",
        '# Standard deviation of one measurement; "source": as it is in these measurements.',
        f"sigma = {toml_value(given)}",
    ]


def _here(file: str, save: str) -> str:
    """A file as the problem file names it, which starts at its own folder."""
    return toml_value(Path(os.path.relpath(file, Path(save).parent)).as_posix())


def _warnings(problem: EstimationProblem, money: Money | None) -> list[str]:
    """Costs so high that nobody would measure twice: the units are another's, most likely."""
    with np.errstate(over="ignore"):
        ratio = problem.sigma**2 / problem.costs
    odd = np.argwhere((ratio < LEAST) & np.isfinite(problem.costs))
    if not odd.size:
        return []
    i, k = odd[0]
    remedy = (
        "if costs are money, --currency tells what one unit of squared error is worth"
        if money is None
        else f"is one unit of squared error worth {money.of(money.worth)}?"
    )
    return [
        f"units look wrong: one measurement of {problem.distributions[k]} costs "
        f"{problem.names[i]} {problem.costs[i, k]:.4g}, and its squared error is "
        f"{problem.sigma[k] ** 2:.4g}: sigma^2/cost is {ratio[i, k]:.3g}, below {LEAST} "
        f"({len(odd)} of {int(np.isfinite(problem.costs).sum())} costs), so that alone nobody "
        f"would measure twice; {remedy}"
    ]


def _notes(problem: EstimationProblem, wish: Wish) -> list[str]:
    """What was read."""
    found = [f"{_many(problem.m, 'agent')}, {_many(problem.d, 'distribution')}"]
    named = list(zip(problem.distributions, problem.sigma, strict=True))[:20]
    found.append("sigma of " + ", ".join(f"{name} {s:.6g}" for name, s in named))
    if isinstance(problem.source, CsvSource) and any(problem.source.left_out):
        n = sum(problem.source.left_out)
        found.append(f"{_many(n, 'cell')} of {wish.measurements} without a measurement left out")
    return found


def _many(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def parsed_money(text: str) -> Money:
    """Read 400, 400 EUR or 12,50 €. Raises InputError.

    >>> parsed_money("12,5 EUR")
    Money(worth=12.5, unit='EUR')
    """
    found = AMOUNT.fullmatch(text.strip())
    number, unit = found.groups() if found else ("-1", "")
    if THOUSANDS.fullmatch(number):
        whole = re.sub("[.,]", "", number)
        raise InputError(
            f"--currency: {number} may be {whole} or a decimal fraction, got {brief(text)}; write "
            f"{whole}, or the fraction with other than three digits"
        )
    worth = float(number.replace(",", "."))
    if not 0 < worth < LARGEST or len(unit) > 12 or not unit.isprintable():
        raise InputError(
            "--currency must be what one unit of squared error is worth, such as 400 or "
            f"'400 EUR', got {brief(text)}"
        )
    return Money(worth, unit)
