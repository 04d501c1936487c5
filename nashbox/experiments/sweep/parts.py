"""Rows of cells as columns: whole groups of rows with the same keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.intp]
UNEQUAL = {str, bool, type(None)}  # no value of one equals one of another, as True does 1


@dataclass(frozen=True)
class Coded:
    """A column: values[codes]; every value occurs."""

    values: Sequence[Any]
    codes: NDArray[Any]  # whole numbers

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


def joined(parts: Sequence[Coded]) -> Coded:
    """One behind the other."""
    before = np.cumsum([0, *(len(part.values) for part in parts)])
    codes = [part.codes + start for part, start in zip(parts, before, strict=False)]
    return Coded([value for part in parts for value in part.values], np.concatenate(codes))


def chosen(groups: Sequence[Group], keep: NDArray[np.bool_]) -> list[Group]:
    """The rows to keep, numbered anew; keep: by rows."""
    number = np.cumsum(keep) - 1
    left = []
    for group in groups:
        here = keep[group.rows]
        if here.any():
            columns = {
                key: part.of(here) if isinstance(part, Coded) else part[here]
                for key, part in group.columns.items()
            }
            left.append(Group(number[group.rows[here]], columns))
    return left


def grouped(rows: Sequence[dict[str, Any]]) -> list[Group]:
    """Rows by their keys, as columns."""
    kinds: dict[tuple[str, ...], list[int]] = {}
    for number, row in enumerate(rows):
        kinds.setdefault(tuple(row), []).append(number)
    found = []
    for keys, where in kinds.items():
        some = rows if len(where) == len(rows) else [rows[number] for number in where]
        found.append(Group(np.array(where), {key: part_of([r[key] for r in some]) for key in keys}))
    return found


def part_of(values: list[Any]) -> Part:
    """Floats, or whole numbers that 64 bits hold, as an array; equal texts as one value."""
    types = set(map(type, values))
    if types == {float}:
        return np.array(values)
    if types == {int} and max(map(abs, values)) < 1 << 63:
        return np.array(values, dtype=np.int64)
    return coded(values) if types <= UNEQUAL else Coded(values, np.arange(len(values)))


def coded(values: Sequence[str | bool | None]) -> Coded:
    """Each value once."""
    code = {value: number for number, value in enumerate(dict.fromkeys(values))}
    return Coded(list(code), np.fromiter(map(code.__getitem__, values), np.intp, len(values)))
