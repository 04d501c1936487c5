"""Files that payoff tables are read from: TOML arrays, CSV, or Gambit's .nfg."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np

from nashbox.problem.dialect import rows_of_text
from nashbox.problem.errors import InputError, told
from nashbox.problem.files import read_toml
from nashbox.problem.gambit import of_nfg
from nashbox.problem.payoff_tables import (
    PayoffTables,
    check_number,
    of_arrays,
    of_numbers,
    read_payoff,
)
from nashbox.problem.reading import read_bytes


def read_tables(path: Path, shown: str) -> PayoffTables:
    """Read a file of payoffs: .nfg, .toml, or CSV. Raises InputError naming it.

    TOML: an array for each player, alone or in a table named payoffs.
    """
    if path.suffix.lower() == ".toml":
        found = read_toml(path, shown)
        inside = found.get("payoffs") if set(found) == {"payoffs"} else found
        if not isinstance(inside, Mapping):
            raise InputError(f"{shown}: payoffs: must be an array for each player")
        return of_arrays(inside, f"{shown}: payoffs" if inside is not found else shown)
    try:
        text = read_bytes(path, shown).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{shown}: is not UTF-8: {told(error)}") from error
    try:
        gambit = path.suffix.lower() == ".nfg" or text.lstrip().upper().startswith("NFG")
        return of_nfg(text) if gambit else of_csv(text)
    except InputError as error:
        raise InputError(f"{shown}: {error}") from error


def of_csv(text: str) -> PayoffTables:
    """One row per choice of everybody: N columns of labels, then N of what each is paid.

    The header's first N names are the players'.
    """
    lines, rows = zip(*rows_of_text(text.encode(), "the table"), strict=True)
    if len(rows) < 2 or len(rows[0]) < 4 or len(rows[0]) % 2:
        raise InputError(
            "must have a header and rows of N labels and N payoffs, one of each per player"
        )
    N = len(rows[0]) // 2
    check_number(N)
    players = tuple(rows[0][:N])
    menus: list[dict[str, int]] = [{} for _ in players]
    cells: dict[tuple[int, ...], list[float | Fraction]] = {}
    for line, row in zip(lines[1:], rows[1:], strict=True):
        labels = row[:N]
        key = tuple(menu.setdefault(w, len(menu)) for menu, w in zip(menus, labels, strict=True))
        if key in cells:
            raise InputError(f"row {line}: {', '.join(labels)} is there twice")
        cells[key] = [read_payoff(cell, "row {}", line) for cell in row[N:]]
    sizes = [len(menu) for menu in menus]
    if math.prod(sizes) != len(cells):
        raise InputError(
            f"must have one row for each of {' x '.join(map(str, sizes))} choices, got {len(cells)}"
        )
    paid = np.empty((N, *sizes), dtype=object)
    for key, values in cells.items():
        np.moveaxis(paid, 0, -1)[key] = values
    return of_numbers(players, tuple(tuple(menu) for menu in menus), paid)
