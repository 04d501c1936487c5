"""Columns of a frame that is put together from parts, in the order in which its rows were found."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.experiments.sweep.encoding import from_text
from nashbox.experiments.sweep.parts import Coded, Group, Part, Places, grouped

if TYPE_CHECKING:
    import pandas as pd

BLOCK = 1 << 21  # characters that are read together
NOTHING = ("[]", "null")


class Columns:
    """All rows of all cells, numbered as they come.

    steps: whether to keep the steps before a cell's last. first, size: of the rows of each cell.
    """

    def __init__(self, steps: bool) -> None:
        self.steps, self.rows = steps, 0
        self.groups: list[Group] = []
        self.first: list[int] = []
        self.size: list[int] = []
        self._numbers: list[int] = []
        self._pieces: list[str] = []
        self._length = 0

    def cell(self, payload: str | None) -> None:
        """Take the next cell's rows as JSON; None: it has none."""
        number = len(self.size)
        self.first.append(0)
        self.size.append(0)
        if payload is None or payload in NOTHING:
            return
        pieces = [payload[1:-1]] if len(payload) <= 2 * BLOCK else _cut(payload)
        for piece in pieces:
            self._numbers.append(number)
            self._pieces.append(piece)
            self._length += len(piece)
            if self._length >= BLOCK:
                self.flush()

    def flush(self) -> None:
        """Read what waits."""
        if self._pieces:
            found, counts = _read(self._pieces)
            cells = np.repeat(self._numbers, counts)
            self._numbers, self._pieces, self._length = [], [], 0
            self._keep(found, cells)

    def _keep(self, found: list[Group], cells: Places) -> None:
        """Number rows of these cells, without steps that are not their last."""
        if not self.steps and any("Step" in group.columns for group in found):
            found, cells = _last_steps(found, cells)
        self.groups += [Group(group.rows + self.rows, group.columns) for group in found]
        numbers, start, count = np.unique(cells, return_index=True, return_counts=True)
        for number, s, n in zip(numbers.tolist(), start.tolist(), count.tolist(), strict=True):
            if not self.size[number]:
                self.first[number] = self.rows + s
            self.size[number] += n
        self.rows += len(cells)

    def finish(self) -> None:
        """Read the rest. A long cell's pieces each kept their last step: keep that of the cell."""
        self.flush()
        sizes = np.array(self.size, dtype=np.intp)
        if not self.steps and any("Step" in group.columns for group in self.groups):
            cells = np.empty(self.rows, dtype=np.intp)
            for number in np.flatnonzero(sizes).tolist():
                cells[self.first[number] : self.first[number] + self.size[number]] = number
            self.groups, kept = _last_steps(self.groups, cells)
            if len(kept) < self.rows:
                sizes = np.bincount(kept, minlength=len(sizes))
                starts = np.searchsorted(kept, np.arange(len(sizes)))
                self.first, self.size = starts.tolist(), sizes.tolist()
                self.rows = len(kept)

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
        codes[places] = coded.codes + len(values)
        values = [*values, *coded.values]
    return spread(values, codes[order])


def spread(values: list[Any], codes: Places) -> pd.Series:
    """values[codes], as one type; every value occurs."""
    series = typed(values)
    return type(series)(series.array.take(codes))


def spread_of(values: Any, codes: Places) -> pd.Series:
    """values[codes], as one type: that of the values that occur; values: has positions."""
    used, codes = np.unique(codes, return_inverse=True)
    return spread([values[code] for code in used.tolist()], codes)


def typed(values: list[Any]) -> pd.Series:
    """One type a column: numbers, or texts where there is one, missing where there is nothing."""
    import pandas as pd

    types = set(map(type, values))
    kinds = types - {type(None)}
    if types == {bool}:
        return pd.Series(values, dtype=bool)
    if types == {int}:
        return pd.Series(values, dtype="int64")
    if kinds and kinds <= {int, float}:
        return pd.Series(values, dtype="float64")
    if len(kinds) > 1:
        values = [None if value is None else str(value) for value in values]
    texts = kinds - {bool} if kinds else ()
    return pd.Series(values) if texts else pd.Series(values, dtype=object)


def _cut(payload: str) -> Iterable[str]:
    """Cut between rows that begin with the first key of all.

    Inside a text a quote has a backslash in front, and behind a text no name begins: what looks
    like the beginning of such a row is one.
    """
    key = payload[: payload.find(":") + 1].removeprefix("[")
    plain = key.startswith('{"') and key.endswith('":') and key[2:-2].isidentifier()
    start = 1
    while plain and len(payload) - start > 2 * BLOCK:
        end = payload.find(f"}},{key}", start + BLOCK) + 1
        if not end:
            break
        yield payload[start:end]
        start = end + 1
    yield payload[start:-1]


def _read(pieces: list[str]) -> tuple[list[Group], Places]:
    """Rows of pieces of JSON, and how many each has."""
    cells = from_text(f"[[{'],['.join(pieces)}]]")
    counts = np.fromiter(map(len, cells), np.intp, len(cells))
    return grouped(list(itertools.chain.from_iterable(cells))), counts


def _steps(group: Group) -> Any:
    """The step of each row of a group."""
    part = group.columns.get("Step")
    if part is None:
        return 0
    return np.array(part.values)[part.codes] if isinstance(part, Coded) else part


def _last_steps(groups: list[Group], cells: Places) -> tuple[list[Group], Places]:
    """The rows of each cell's last step, numbered anew, and their cells; cells: (rows,), sorted."""
    step = np.zeros(len(cells))
    for group in groups:
        step[group.rows] = _steps(group)
    start = np.flatnonzero(np.diff(cells, prepend=-1))
    last = np.maximum.reduceat(step, start)
    keep = step == np.repeat(last, np.diff(start, append=len(cells)))
    if keep.all():
        return groups, cells
    number = np.cumsum(keep) - 1
    left = []
    for group in groups:
        chosen = keep[group.rows]
        if chosen.any():
            columns = {key: _chosen(part, chosen) for key, part in group.columns.items()}
            left.append(Group(number[group.rows[chosen]], columns))
    return left, cells[keep]


def _chosen(part: Part, chosen: Any) -> Part:
    return part.of(chosen) if isinstance(part, Coded) else part[chosen]
