"""Columns of a frame that is put together from parts, in the order in which its rows were found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.experiments.sweep.parts import Coded, Group, Part, Places, chosen

if TYPE_CHECKING:
    import pandas as pd


class Columns:
    """All rows of all cells, numbered as they come.

    steps: whether to keep the steps before a cell's last.
    """

    def __init__(self, steps: bool) -> None:
        self.steps, self.rows = steps, 0
        self.groups: list[Group] = []
        self._sizes = [np.empty(0, dtype=np.intp)]

    @property
    def size(self) -> Places:
        """How many rows each cell has, (cells,)."""
        return np.concatenate(self._sizes)

    @property
    def first(self) -> Places:
        """The first of the rows of each cell, (cells,)."""
        return np.cumsum(self.size) - self.size

    def take(self, groups: list[Group], sizes: Places) -> None:
        """Take the rows of the next cells; sizes: of each, (cells,)."""
        if not self.steps and any("Step" in group.columns for group in groups):
            groups, sizes = _last_steps(groups, sizes)
        self.groups += [Group(group.rows + self.rows, group.columns) for group in groups]
        self._sizes.append(sizes)
        self.rows += int(sizes.sum())

    def series(self, key: str, order: Places, default: Any = None) -> pd.Series:
        """A column by rows of the frame; order: of which row each is made, -1 of none.

        default: where a row does not have the key.
        """
        parts = [(g.rows, g.columns[key]) for g in self.groups if key in g.columns]
        there = np.zeros(self.rows + 1, dtype=bool)
        for rows, _ in parts:
            there[rows] = True
        everywhere = bool(there[order].all())
        arrays = [part for _, part in parts if isinstance(part, np.ndarray)]
        if parts and len(arrays) == len(parts):
            return _numbers(parts, self.rows, order, None if everywhere else default, everywhere)
        return _values(parts, self.rows, order, [] if everywhere else [default])

    def keys(self, order: Places) -> list[str]:
        """All keys in the order of their first appearance in the frame."""
        place = np.full(self.rows + 1, len(order))
        place[order[::-1]] = np.arange(len(order))[::-1]
        found: dict[str, tuple[int, int]] = {}
        for group in self.groups:
            row = int(place[group.rows].min())
            for position, key in enumerate(group.columns):
                found[key] = min(found.get(key, (row, position)), (row, position))
        return sorted(found, key=found.__getitem__)


def _numbers(
    parts: list[tuple[Places, Any]], rows: int, order: Places, default: Any, everywhere: bool
) -> pd.Series:
    """Parts that are arrays: whole numbers if all are, nothing is NaN."""
    import pandas as pd

    whole = all(part.dtype == np.int64 for _, part in parts)
    whole = whole and (everywhere or isinstance(default, int))
    blank = np.nan if default is None and not everywhere else default or 0
    values = np.full(rows + 1, blank, dtype=np.int64 if whole else np.float64)
    for places, part in parts:
        values[places] = part
    return pd.Series(values[order])


def _values(
    parts: list[tuple[Places, Part]], rows: int, order: Places, values: list[Any]
) -> pd.Series:
    """Parts of any kind; values: what stands where there is none."""
    codes = np.zeros(rows + 1, dtype=np.intp)
    for places, part in parts:
        coded = part if isinstance(part, Coded) else Coded(part.tolist(), np.arange(len(part)))
        codes[places] = coded.codes + np.intp(len(values))
        values += coded.values
    return spread(values, codes[order])


def spread(values: Sequence[Any], codes: Places) -> pd.Series:
    """values[codes], as one type; every value occurs."""
    series = typed(values)
    return type(series)(series.array.take(codes))


def spread_of(values: Sequence[Any], codes: Places) -> pd.Series:
    """values[codes], as one type: that of the values that occur."""
    occurs = np.bincount(codes, minlength=len(values)) > 0
    if not occurs.all():
        values = [values[code] for code in np.flatnonzero(occurs).tolist()]
        codes = (np.cumsum(occurs) - 1)[codes]
    return spread(values, codes)


def typed(values: Sequence[Any]) -> pd.Series:
    """One type a column: numbers, or texts where there is one, missing where there is nothing.

    Whole numbers that 64 bits do not hold stay what they are.
    """
    import pandas as pd

    types = set(map(type, values))
    kinds = types - {type(None)}
    if types == {bool}:
        return pd.Series(values, dtype=bool)
    if kinds and kinds <= {int, float}:
        try:
            return pd.Series(values, dtype="int64" if types == {int} else "float64")
        except OverflowError:
            return pd.Series(values, dtype=object)
    if len(kinds) > 1:
        values = [None if value is None else str(value) for value in values]
    texts = kinds - {bool} if kinds else ()
    return pd.Series(values) if texts else pd.Series(values, dtype=object)


def _steps(group: Group) -> Any:
    """The step of each row of a group."""
    part = group.columns.get("Step")
    if part is None:
        return 0
    return np.array(part.values)[part.codes] if isinstance(part, Coded) else part


def _last_steps(groups: list[Group], sizes: Places) -> tuple[list[Group], Places]:
    """The rows of each cell's last step, numbered anew, and how many each has; sizes: (cells,)."""
    cells = np.repeat(np.arange(len(sizes)), sizes)
    step, last = np.zeros(len(cells)), np.full(len(sizes), -np.inf)
    for group in groups:
        step[group.rows] = _steps(group)
    np.maximum.at(last, cells, step)
    keep = step == last[cells]
    return chosen(groups, keep), np.bincount(cells[keep], minlength=len(sizes))
