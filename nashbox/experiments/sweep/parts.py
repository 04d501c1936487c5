"""Rows of cells as columns: whole groups of rows with the same keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Coded:
    """A column: values[codes]; every value occurs."""

    values: Sequence[Any]
    codes: Places

    def __len__(self) -> int:
        return len(self.codes)

    def of(self, chosen: NDArray[np.bool_]) -> Coded:
        """The chosen entries."""
        used, codes = np.unique(self.codes[chosen], return_inverse=True)
        return Coded([self.values[code] for code in used], codes)


Part = NDArray[Any] | Coded  # int64, float64, or anything


@dataclass(frozen=True)
class Group:
    """Rows with the same keys in the same order: their places among all rows, columns by key."""

    rows: Places
    columns: dict[str, Part]


def grouped(rows: Sequence[dict[str, Any]]) -> list[Group]:
    """Rows by their keys, as columns."""
    kinds: dict[tuple[str, ...], list[int]] = {}
    for number, row in enumerate(rows):
        kinds.setdefault(tuple(row), []).append(number)
    found = []
    for keys, where in kinds.items():
        some = rows if len(where) == len(rows) else [rows[number] for number in where]
        found.append(Group(np.array(where), {key: _part([r[key] for r in some]) for key in keys}))
    return found


def _part(values: list[Any]) -> Part:
    """Floats, or whole numbers that 64 bits hold, as an array."""
    types = set(map(type, values))
    if types == {float}:
        return np.array(values)
    if types == {int} and max(map(abs, values)) < 1 << 63:
        return np.array(values, dtype=np.int64)
    return Coded(values, np.arange(len(values)))
