"""What came out of a sweep as one tidy table, with the columns Mesa users know."""

from __future__ import annotations

import importlib.util
import io
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.experiments.sweep.columns import Columns, spread_of, typed
from nashbox.experiments.sweep.keys import Wanted
from nashbox.experiments.sweep.layout import Layout
from nashbox.experiments.sweep.names import FIRST, LAST, grid_names, result_name
from nashbox.experiments.sweep.parts import Coded, Places, joined
from nashbox.experiments.sweep.store import Store
from nashbox.problem.errors import InputError, brief
from nashbox.results.saving import csv_text, writable, write_whole

if TYPE_CHECKING:
    import pandas as pd

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
        return grid_names(_layout(store, path, sweep).paths)


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
    layout = replace(layout, keys=())  # which take more memory than a column
    which = cells.which
    runs = np.arange(len(which))
    if driven:
        runs, which = runs[which < cells.finished], which[which < cells.finished]
    size, first = cells.size[which], cells.first[which]
    run, order = np.repeat(runs, size), _rows(first, size)
    order[np.repeat(first < 0, size)] = -1
    if not len(run):
        names = [*FIRST, *grid_names(layout.paths), *LAST]
        return pd.DataFrame({name: typed([]) for name in names}, columns=names)
    columns = dict(_columns(layout, cells, run, np.repeat(which, size), order))
    return pd.DataFrame(columns, copy=False)


def _columns(
    layout: Layout, cells: _Cells, run: Places, cell: Places, order: Places
) -> Iterator[tuple[str, pd.Series]]:
    """Columns in their order; run, cell, order: by rows of the frame."""
    import pandas as pd

    point, seed = np.divmod(run, len(layout.seeds))
    yield FIRST[0], pd.Series(run.astype(np.int64))
    yield FIRST[1], spread_of(layout.seeds, seed)
    for key, default in zip(FIRST[2:], (0, None), strict=True):
        yield key, cells.columns.series(key, order, default)
    grid = grid_names(layout.paths)
    for place, name in enumerate(grid):
        yield name, spread_of(_plain([values[place] for values in layout.points]), point)
    for key in cells.columns.keys(order):
        if key not in FIRST[2:]:
            yield result_name(key, grid), cells.columns.series(key, order)
    yield LAST[0], spread_of(cells.status.values, cells.status.codes[cell])
    yield LAST[1], spread_of(cells.error.values, cells.error.codes[cell])


def _rows(first: Places, size: Places) -> Places:
    """first[i], first[i] + 1, ..., so many of each."""
    before = np.cumsum(size) - size
    return np.repeat(first - before, size) + np.arange(int(size.sum()))


class _Cells:
    """What became of the cells: `finished` ones, and behind them two of which there is nothing.

    which: of these, by RunId. status, error: of each. first, size: of its rows in `columns`; -1
    and 1 where it has no rows but a line in the frame all the same.
    """

    def __init__(self, store: Store, layout: Layout, steps: bool) -> None:
        self.columns = Columns(steps)
        wanted, found = Wanted(layout.keys), []
        for pack in store.packs(wanted):
            self.columns.take(pack.groups, pack.size)
            found.append((pack.status, pack.error, pack.blank))
        self.finished, self.which, begun = wanted.count, wanted.cells, store.begun()
        for run in np.flatnonzero(self.which < 0).tolist():
            self.which[run] = self.finished + (layout.keys[run] in begun)
        left, two = "interrupted", np.arange(2)
        found.append((Coded([left, left], two), Coded([WAITING, BEGUN, DAMAGED], two), two < 2))
        status, error, blank = (list(parts) for parts in zip(*found, strict=True))
        self.error, without = joined(error), np.concatenate(blank)
        self.first = np.where(without, -1, np.append(self.columns.first, [0, 0]))
        self.size = np.where(without, 1, np.append(self.columns.size, [0, 0]))
        said = joined(status)
        damaged = np.array([value == "damaged" for value in said.values])[said.codes]
        self.error.codes[damaged] = len(self.error.values) - 1
        self.status = Coded([left if s == "damaged" else s for s in said.values], said.codes)


def _plain(values: list[Any]) -> list[Any]:
    """Values of the grid as entries of a table."""
    if {dict, list}.isdisjoint(map(type, values)):
        return values
    return [json.dumps(value) if isinstance(value, (dict, list)) else value for value in values]


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
