"""What came out of a sweep as one tidy table, with the columns Mesa users know."""

from __future__ import annotations

import importlib.util
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.experiments.saving import csv_text, writable, write_whole
from nashbox.experiments.sweep.columns import Columns, spread_of, typed
from nashbox.experiments.sweep.layout import Layout
from nashbox.experiments.sweep.parts import Places
from nashbox.experiments.sweep.store import Store
from nashbox.problem.errors import InputError, brief

if TYPE_CHECKING:
    import pandas as pd

FIRST, LAST = ("RunId", "iteration", "Step", "AgentID"), ("status", "error")
KINDS = (".parquet", ".csv")
BEGUN = "interrupted while it ran; the same command computes it again"
DAMAGED = "its row in the store is damaged; the same command computes it again"
WAITING = "the sweep was interrupted before it; the same command computes it"


def load(path: str | Path, *, steps: bool = False, sweep: str | None = None) -> pd.DataFrame:
    """The results in a store as a frame, the same as `nashbox sweep --export` writes.

    One row per cell and agent (RunId, Step, agents in their order; with `steps` every step of runs,
    else the last). A store of several sweeps gives the one that was run last, or the one of the
    file `sweep`. While a sweep runs, cells that are not finished are
    missing; afterwards they have the status "interrupted". Raises InputError.
    """
    with Store.to_read(path) as store:
        return frame(store, _layout(store, path, sweep), steps=steps)


def grid_paths(path: str | Path, sweep: str | None = None) -> list[str]:
    """The columns of `load` that a sweep varies. Raises InputError."""
    with Store.to_read(path) as store:
        return list(_layout(store, path, sweep).paths)


def _layout(store: Store, path: str | Path, sweep: str | None) -> Layout:
    layouts = store.layouts()
    if sweep is not None:
        known = list(dict.fromkeys(layout.file for layout in layouts))
        layouts = [layout for layout in layouts if layout.file == Path(sweep).name]
        if not layouts:
            raise InputError(f"{path}: must hold the sweep {sweep!r}, got {', '.join(known)}")
    if not layouts:
        raise InputError(f"{path}: holds no sweep")
    return layouts[-1]


def frame(store: Store, layout: Layout, *, steps: bool = False) -> pd.DataFrame:
    """Exactly the cells of a sweep, sorted by RunId, Step, agents' order."""
    import pandas as pd

    driven = (
        store.driven
    )  # asked first: what is not finished now, and nobody drives, is interrupted
    cells = _Cells(store, layout, steps)
    runs = np.arange(len(layout.keys))
    which = cells.of(layout.keys)
    if driven:
        runs, which = runs[which < cells.finished], which[which < cells.finished]
    size, first = cells.size[which], cells.first[which]
    run, order = np.repeat(runs, size), _rows(first, size)
    order[np.repeat(first < 0, size)] = -1
    if not len(run):
        names = [*dict.fromkeys((*FIRST, *layout.paths)), *LAST]
        return pd.DataFrame({name: typed([]) for name in names}, columns=names)
    return pd.DataFrame(dict(_columns(layout, cells, run, np.repeat(which, size), order)))


def _columns(
    layout: Layout, cells: _Cells, run: Places, cell: Places, order: Places
) -> Iterator[tuple[str, pd.Series]]:
    """Columns in their order; run, cell, order: by rows of the frame."""
    point, seed = np.divmod(run, len(layout.seeds))
    yield FIRST[0], spread_of(range(len(layout.keys)), run)
    yield FIRST[1], spread_of(layout.seeds, seed)
    for key, default in zip(FIRST[2:], (0, None), strict=True):
        yield key, cells.columns.series(key, order, default)
    for place, path in enumerate(layout.paths):
        yield path, spread_of(_Plain(layout.points, place), point)
    for key in cells.columns.keys(order):
        if key not in FIRST[2:]:
            yield _name(key, layout.paths), cells.columns.series(key, order)
    yield LAST[0], spread_of(cells.status, cell)
    yield LAST[1], spread_of(cells.error, cell)


def _rows(first: Places, size: Places) -> Places:
    """first[i], first[i] + 1, ..., so many of each."""
    before = np.cumsum(size) - size
    return np.repeat(first - before, size) + np.arange(int(size.sum()))


class _Plain:
    """The values of one path by points, each one entry of a table."""

    def __init__(self, points: Sequence[Sequence[Any]], place: int) -> None:
        self.points, self.place = points, place

    def __getitem__(self, point: int) -> Any:
        return _plain(self.points[point][self.place])


class _Cells:
    """What became of the cells: `finished` ones, and behind them two of which there is nothing.

    status, error: of each. first, size: of its rows in `columns`; -1 and 1 where it has no rows
    but a line in the frame all the same.
    """

    def __init__(self, store: Store, layout: Layout, steps: bool) -> None:
        self.columns = Columns(steps)
        self.status: list[str] = []
        self.error: list[str | None] = []
        self._index: dict[str, int] = {}
        blank = []
        for key, status, payload, error in store.texts(layout.keys):
            damaged = status == "damaged"
            self._index[key] = len(self.status)
            self.status.append("interrupted" if damaged else status)
            self.error.append(DAMAGED if damaged else error)
            blank.append(payload is None)
            self.columns.cell(payload)
        self._begun = store.begun()
        self.finished = len(self.status)
        self.status += ["interrupted"] * 2
        self.error += [WAITING, BEGUN]
        self.columns.finish()
        without = np.array([*blank, True, True])
        self.first = np.where(without, -1, [*self.columns.first, 0, 0])
        self.size = np.where(without, 1, [*self.columns.size, 0, 0])

    def of(self, keys: Sequence[str]) -> Places:
        """The cells with these keys."""
        found, begun, waiting = self._index, self._begun, self.finished
        return np.array(
            [found[key] if key in found else waiting + (key in begun) for key in keys],
            dtype=np.intp,
        )


def _plain(value: Any) -> Any:
    """A value of the grid as one entry of a table."""
    if isinstance(value, (Mapping, list)):
        return json.dumps(value)
    return value


def _name(key: str, grid: Sequence[str]) -> str:
    """A result that is called like another column gives way."""
    return f"result.{key}" if key in grid or key in (*FIRST, *LAST) else key


def check_export(path: str | Path) -> None:
    """Refuse before any work what could not be exported afterwards."""
    kind = os.path.splitext(path)[1].lower()
    if kind not in KINDS:
        raise InputError(f"--export must end in {' or '.join(KINDS)}, got {brief(str(path))}")
    writable(path)
    if kind == ".parquet" and importlib.util.find_spec("pyarrow") is None:
        raise InputError(
            f"--export {path}: Parquet needs pyarrow: pip install 'nashbox[export]', or export to "
            "a .csv"
        )


def export(table: pd.DataFrame, path: str | Path) -> None:
    """Write a frame to Parquet or CSV, whole or not at all."""
    check_export(path)
    if str(path).lower().endswith(".csv"):
        write_whole(path, csv_text(table).encode())
        return
    content = io.BytesIO()
    table.to_parquet(content, index=False)
    write_whole(path, content.getvalue())
