"""CSV tables beside a problem file: costs, plans and measurements."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.errors import InputError


@dataclass(frozen=True, eq=False)
class Table:
    """One row per agent, one column per distribution; `values` is (m, d)."""

    names: tuple[str, ...]
    columns: tuple[str, ...]
    values: NDArray[np.float64]


def read_rows(path: Path, shown: str) -> list[list[str]]:
    """Read the non-empty rows of a CSV file, cells stripped. Raises InputError naming the file."""
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            rows = [row for row in csv.reader(stream) if any(cell.strip() for cell in row)]
    except OSError as error:
        raise InputError(f"{shown}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{shown}: is not a CSV file in UTF-8: {error}") from error
    if not rows:
        raise InputError(f"{shown}: is empty; a header row and at least one row are needed")
    return [[cell.strip() for cell in row] for row in rows]


def number(text: str, where: str, allowed: str) -> float:
    """Read a float ('inf' included); anything else is an InputError naming `where`."""
    try:
        value = float(text)
    except ValueError:
        raise InputError(f"{where}: must be {allowed}, got {text!r}") from None
    if math.isnan(value):
        raise InputError(f"{where}: must be {allowed}, got {text!r}")
    return value


def read_agent_table(path: Path, shown: str, what: str, allowed: str) -> Table:
    """Read a table with the header ``agent,<distribution>,...``.

    `shown` is the file as the user wrote it, `what` names a cell in messages ("cost"),
    `allowed` says in words which values may stand in a cell.
    Raises InputError for ragged or empty tables, doubled or missing names, non-numbers.
    """
    header, *body = read_rows(path, shown)
    if len(header) < 2 or header[0] != "agent":
        raise InputError(
            f"{shown}: the header must be agent,<distribution>,..., got {','.join(header)!r}"
        )
    columns = header[1:]
    check_names(columns, shown, "column")
    if not body:
        raise InputError(f"{shown}: has no row; one row per agent is needed")
    for line, row in enumerate(body, start=2):
        if len(row) != len(header):
            raise InputError(
                f"{shown}: row {line} ({row[0]}): must have {len(header)} cells as the header "
                f"has, got {len(row)}"
            )
    check_names([row[0] for row in body], shown, "agent")
    values = np.array(
        [
            [
                number(cell, f"{shown}: row {line} ({row[0]}), column {column}: {what}", allowed)
                for column, cell in zip(columns, row[1:], strict=True)
            ]
            for line, row in enumerate(body, start=2)
        ]
    )
    return Table(tuple(row[0] for row in body), tuple(columns), values)


def check_names(names: list[str], shown: str, what: str) -> None:
    """Raise InputError if a name is missing or comes twice."""
    seen: set[str] = set()
    for position, name in enumerate(names, start=1):
        if not name:
            raise InputError(
                f"{shown}: {what} number {position} has no name; every one needs its own"
            )
        if name in seen:
            raise InputError(f"{shown}: {what} {name!r} is named twice; names must differ")
        seen.add(name)


def read_columns(path: Path, shown: str, columns: list[str]) -> list[NDArray[np.float64]]:
    """Read the named numeric columns of a CSV file of measurements, empty cells left out.

    Returns one float array per column. Raises InputError for unknown columns, non-numbers,
    infinite values, and columns of fewer than two values.
    """
    header, *body = read_rows(path, shown)
    found = []
    for column in columns:
        if column not in header:
            raise InputError(f"{shown}: has no column {column!r} (there are: {', '.join(header)})")
        position = header.index(column)
        cells = []
        for line, row in enumerate(body, start=2):
            if len(row) != len(header):
                raise InputError(
                    f"{shown}: row {line}: must have {len(header)} cells as the header has, "
                    f"got {len(row)}"
                )
            if row[position]:
                where = f"{shown}: row {line}, column {column}: measurement"
                cell = number(row[position], where, "a finite number")
                if math.isinf(cell):
                    raise InputError(f"{where}: must be a finite number, got {row[position]!r}")
                cells.append(cell)
        if len(cells) < 2:
            raise InputError(
                f"{shown}: column {column}: must hold at least 2 measurements, got {len(cells)}"
            )
        found.append(np.array(cells))
    return found
