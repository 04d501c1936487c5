"""CSV tables beside a problem file: costs, plans and measurements."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nashbox.problem.arrays import Array
from nashbox.problem.dialect import rows_of_text
from nashbox.problem.errors import LARGEST, InputError, brief
from nashbox.problem.reading import read_bytes

MISSING = {"", "na", "n/a", "#n/a"}  # in small letters
AGENTS = (  # what people call the column of agents, in small letters
    *("agent", "agents", "name", "party", "partner", "participant", "member", "player", "client"),
    *("lab", "laboratory", "site", "center", "centre", "clinic", "hospital", "institute"),
    *("institution", "organisation", "organization", "company", "firm", "country"),
)


@dataclass(frozen=True, eq=False)
class AgentTable:
    """One row per agent, one column per distribution; `values` is (m, d).

    `lines` are the rows' places in the file, the header being 1; counted from 1 if not given.
    """

    names: tuple[str, ...]
    columns: tuple[str, ...]
    values: Array
    lines: tuple[int, ...] = ()

    def place(self, i: int, k: int) -> str:
        """Row and column of a cell in words."""
        line = self.lines[i] if self.lines else i + 1
        return f"row {line} ({self.names[i]}), column {self.columns[k]}"


def read_rows(path: Path, shown: str) -> list[tuple[int, list[str]]]:
    """Lines of a CSV file that hold something: see `rows_of_text`. Raises InputError."""
    return rows_of_text(read_bytes(path, shown), shown)


def number(text: str, where: str, allowed: str) -> float:
    """Read a decimal number ('inf' included) up to 1e50, as `allowed` says in an InputError.

    >>> number("1e999", "costs.csv: row 2", "a number > 0")
    Traceback (most recent call last):
    ...
    nashbox.problem.errors.InputError: costs.csv: row 2 must be a number > 0, got '1e999'
    """
    try:
        plain = text.isascii() and "_" not in text  # Python reads more than people mean
        value = float(text) if plain else math.nan
    except ValueError:
        value = math.nan
    said = math.isinf(value) and "inf" in text.lower()
    if not said and not abs(value) <= LARGEST:
        raise InputError(f"{where} must be {allowed}, got {brief(text)}")
    return value


def finite_number(text: str, where: str) -> float:
    """Read a decimal number as `number` does, without 'inf'."""
    allowed = f"a finite number from {-LARGEST:g} to {LARGEST:g}"
    value = number(text, where, allowed)
    if math.isinf(value):
        raise InputError(f"{where} must be {allowed}, got {brief(text)}")
    return value


def agents_first(rows: list[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    """The rows with the column of agents in front, under the name that problem files ask for.

    It is the one called so or by another of AGENTS, else the first.
    """
    header = [cell.lower() for cell in rows[0][1]]
    called = [header.index(name) for name in AGENTS if name in header]
    place = called[0] if called else 0
    moved = [(line, [row[place], *row[:place], *row[place + 1 :]]) for line, row in rows]
    return [(moved[0][0], ["agent", *moved[0][1][1:]]), *moved[1:]]


def read_agent_table(path: Path, shown: str, what: str, allowed: str) -> AgentTable:
    """Read a table with the header ``agent,<distribution>,...``.

    `shown` is the file as the user wrote it, `what` names a cell in messages ("cost"),
    `allowed` says in words which values may stand in a cell.
    Raises InputError for ragged or empty tables, doubled or missing names, non-numbers.
    """
    return agent_table(read_rows(path, shown), shown, what, allowed)


def agent_table(
    rows: list[tuple[int, list[str]]], shown: str, what: str, allowed: str
) -> AgentTable:
    """The table of rows that were read: see `read_agent_table`."""
    (_, header), *body = rows
    if len(header) < 2 or header[0] != "agent":
        raise InputError(
            f"{shown}: the header must be agent,<distribution>,..., got {brief(','.join(header))}"
        )
    columns = header[1:]
    check_names(columns, shown, "column")
    if not body:
        raise InputError(f"{shown}: has no row; one row per agent is needed")
    lines = tuple(line for line, _ in body)
    check_names([row[0] for _, row in body], shown, "agent", lines)
    values = np.array(
        [
            [
                number(cell, f"{shown}: row {line} ({row[0]}), column {column}: {what}", allowed)
                for column, cell in zip(columns, row[1:], strict=True)
            ]
            for line, row in body
        ]
    )
    return AgentTable(tuple(row[0] for _, row in body), tuple(columns), values, lines)


def check_names(names: list[str], shown: str, what: str, lines: tuple[int, ...] = ()) -> None:
    """Raise InputError if a name is missing or comes twice; `lines` are the names' rows."""
    seen: set[str] = set()
    for position, name in enumerate(names):
        where = f"{shown}: row {lines[position]}" if lines else shown
        if not name:
            place = "" if lines else f" number {position + 1}"
            raise InputError(f"{where}: {what}{place} has no name; every one needs its own")
        if not name.isprintable():
            raise InputError(
                f"{where}: {what} {brief(name)}: names must be printable, without characters that "
                "steer a terminal or turn the writing round"
            )
        if name in seen:
            raise InputError(f"{where}: {what} {name!r} is named twice; names must differ")
        seen.add(name)


def place_of(column: str, header: list[str], shown: str) -> int:
    """Where a column stands. Raises InputError if there is none, or more than one."""
    if header.count(column) != 1:
        problem = "two columns" if column in header else "no column"
        raise InputError(f"{shown}: has {problem} {column!r} (there are: {', '.join(header)})")
    return header.index(column)


def read_columns(path: Path, shown: str, columns: list[str]) -> tuple[list[Array], list[int]]:
    """Read the named numeric columns of a CSV file of measurements.

    Returns one float array per column, and how many of its cells are left out: those that are empty
    or say that there is no measurement (`MISSING`). Raises InputError for unknown columns,
    non-numbers, infinite values, and columns of fewer than two values.
    """
    (_, header), *body = read_rows(path, shown)
    found, left_out = [], []
    for column in columns:
        position = place_of(column, header, shown)
        cells = []
        for line, row in body:
            if row[position].lower() not in MISSING:
                where = f"{shown}: row {line}, column {column}: measurement"
                cells.append(finite_number(row[position], where))
        if len(cells) < 2:
            raise InputError(
                f"{shown}: column {column} must hold at least 2 measurements, got {len(cells)}"
            )
        found.append(np.array(cells))
        left_out.append(len(body) - len(cells))
    return found, left_out
