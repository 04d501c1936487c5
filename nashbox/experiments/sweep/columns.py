"""The columns of a frame: rows of packs in the order of its lines, each column of one type."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.sweep.packs import Coded, Group, Pack, Part, Places

if TYPE_CHECKING:
    import pandas as pd


def rows_of(cells: Pack, *, steps: bool) -> tuple[Places, Places]:
    """The rows that count, cell by cell, and how many each cell has.

    steps: whether all steps count, or each cell's last. A blank cell has the row behind all rows.
    """
    total = int(cells.size.sum())
    cell = np.repeat(np.arange(len(cells.size)), cells.size)
    if not steps:
        step, last = np.zeros(total), np.full(len(cells.size), -np.inf)
        for group in cells.groups:
            step[group.rows] = _numbers(group.columns.get("Step", np.zeros(len(group.rows))))
        np.maximum.at(last, cell, step)
        rows = np.flatnonzero(step == last[cell])
    else:
        rows = np.arange(total)
    blank = np.flatnonzero(cells.blank)
    owner = np.concatenate([cell[rows], blank])
    rows = np.concatenate([rows, np.full(len(blank), total)])
    return rows[np.argsort(owner, kind="stable")], np.bincount(owner, minlength=len(cells.size))


def _numbers(part: Part) -> NDArray[Any]:
    return np.array(part.values)[part.codes] if isinstance(part, Coded) else part


class Columns:
    """What the rows of cells hold, by lines of a frame; order: the row of each line."""

    def __init__(self, cells: Pack, order: Places) -> None:
        """Take the rows of the lines alone: others have a say neither in types nor in names."""
        self.order = order
        self.place = np.full(int(cells.size.sum()) + 1, len(order))  # of rows, the first line
        self.place[order[::-1]] = np.arange(len(order))[::-1]
        shown = self.place < len(order)
        self.groups = cells.groups if shown[:-1].all() else _chosen(cells.groups, shown)

    def names(self) -> list[str]:
        """All keys in the order of their first appearance in the frame."""
        found: dict[str, tuple[int, int]] = {}
        for group in self.groups:
            line = int(self.place[group.rows].min())
            for position, key in enumerate(group.columns):
                found[key] = min(found.get(key, (line, position)), (line, position))
        return sorted(found, key=found.__getitem__)

    def series(self, key: str, default: Any = None) -> pd.Series:
        """A column; default: where a row does not have the key."""
        import pandas as pd

        parts = [(g.rows, g.columns[key]) for g in self.groups if key in g.columns]
        there = np.zeros(len(self.place), dtype=bool)
        for rows, _ in parts:
            there[rows] = True
        missing = not there[self.order].all()
        numbers = [part for _, part in parts if isinstance(part, np.ndarray)]
        if parts and len(numbers) == len(parts):  # whole if all are, and nothing is missing
            kinds = [part.dtype for part in numbers]
            kinds += [np.dtype(np.float64)] * (missing and default is None)
            blank = np.nan if missing and default is None else default or 0
            values = np.full(len(there), blank, dtype=np.result_type(*kinds))
            for rows, part in parts:
                values[rows] = part
            return pd.Series(values[self.order])
        found, codes = [default], np.zeros(len(there), dtype=np.intp)
        for rows, part in parts:
            coded = part if isinstance(part, Coded) else Coded(part.tolist(), np.arange(len(part)))
            codes[rows] = coded.codes + np.intp(len(found))
            found += coded.values
        return series(Coded(found, codes)[self.order])


def _chosen(groups: Sequence[Group], shown: NDArray[np.bool_]) -> list[Group]:
    """Groups of the rows that are shown."""
    left = []
    for group in groups:
        here = shown[group.rows]
        if here.any():
            columns = {key: part[here] for key, part in group.columns.items()}
            left.append(Group(group.rows[here], columns))
    return left


def series(column: Coded) -> pd.Series:
    """A column as one type."""
    values = typed(column.values)
    return type(values)(values.array.take(column.codes))


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
