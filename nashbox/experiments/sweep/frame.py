"""What came out of a sweep as one tidy table, with the columns Mesa users know.

Where two columns would have one name, whoever comes later gives way, by a word in front: grid paths
to the table's own columns (problem.status), results to both (result.sigma). What is called like
that already gets one word more.
"""

from __future__ import annotations

import importlib.util
import io
import json
import os
import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.experiments.sweep.columns import Columns, rows_of, series, typed
from nashbox.experiments.sweep.layout import Layout
from nashbox.experiments.sweep.packs import INTERRUPTED, Coded, Pack, Places, places
from nashbox.experiments.sweep.store import Store
from nashbox.problem.errors import InputError, brief
from nashbox.results.saving import csv_text, writable, write_whole

if TYPE_CHECKING:
    import pandas as pd

KINDS = (".parquet", ".csv")
FIRST, LAST = ("RunId", "iteration", "Step", "AgentID"), ("status", "error")
GRID, RESULT = "problem.", "result."  # in front of what gives way
BEGUN = "interrupted while it ran; the same command computes it again"
WAITING = "the sweep was interrupted before it; the same command computes it"
NOT_FINISHED = Pack(  # cells of which there is nothing, in place of a sweep's
    np.zeros(2, "S32"),
    Coded([INTERRUPTED], np.zeros(2, np.intp)),
    Coded([WAITING, BEGUN], np.arange(2)),
    blank=np.ones(2, bool),
    size=np.zeros(2, np.intp),
    groups=[],
)


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

    driven = store.driven  # asked first: what is not finished now and nobody drives, is interrupted
    cells, begun = Pack.joined([*store.packs(layout.keys), NOT_FINISHED]), store.begun()
    finished = len(cells.keys) - len(NOT_FINISHED.keys)
    cell = places(layout.keys, cells.keys)
    for left in np.flatnonzero(cell < 0).tolist():
        cell[left] = finished + (layout.keys[left] in begun)
    run = np.flatnonzero(cell < finished) if driven else np.arange(len(cell))
    rows, size = rows_of(cells, steps=steps)
    first, size = (np.cumsum(size) - size)[cell[run]], size[cell[run]]
    order = np.repeat(first - (np.cumsum(size) - size), size) + np.arange(int(size.sum()))
    run = np.repeat(run, size)
    if not len(run):
        names = [*FIRST, *grid_names(layout.paths), *LAST]
        return pd.DataFrame({name: typed([]) for name in names}, columns=names)
    columns = dict(_columns(layout, cells, run, cell[run], Columns(cells, rows[order])))
    return pd.DataFrame(columns, copy=False)


def _columns(
    layout: Layout, cells: Pack, run: Places, cell: Places, found: Columns
) -> Iterator[tuple[str, pd.Series]]:
    """Columns in their order; run, cell: by lines of the frame."""
    import pandas as pd

    point, seed = np.divmod(run, len(layout.seeds))
    yield FIRST[0], pd.Series(run.astype(np.int64))
    yield FIRST[1], series(_every(layout.seeds)[seed])
    for key, default in zip(FIRST[2:], (0, None), strict=True):
        yield key, found.series(key, default)
    grid = grid_names(layout.paths)
    for place, name in enumerate(grid):
        yield name, series(_every(_plain([values[place] for values in layout.points]))[point])
    for key in found.names():
        if key not in FIRST[2:]:
            yield result_name(key, grid), found.series(key)
    yield LAST[0], series(cells.status[cell])
    yield LAST[1], series(cells.error[cell])


def _every(values: Sequence[Any]) -> Coded:
    return Coded(values, np.arange(len(values)))


def _plain(values: list[Any]) -> list[Any]:
    """Values of the grid as entries of a table."""
    if {dict, list}.isdisjoint(map(type, values)):
        return values
    return [json.dumps(value) if isinstance(value, (dict, list)) else value for value in values]


def grid_names(paths: Sequence[str]) -> list[str]:
    """Columns of the paths of a grid, in order.

    >>> grid_names(["sigma", "status", "problem.status", "problem.sigma"])
    ['sigma', 'problem.status', 'problem.problem.status', 'problem.sigma']
    """
    return [giving_way(path, GRID, (*FIRST, *LAST)) for path in paths]


def result_name(key: str, grid: Sequence[str]) -> str:
    """The column of a result; grid: what `grid_names` says."""
    return giving_way(key, RESULT, (*FIRST, *LAST, *grid))


def giving_way(name: str, word: str, taken: Collection[str]) -> str:
    """A name that is not taken; names that differ get names that differ.

    >>> [giving_way(name, "result.", ["x", "result.x"]) for name in ("y", "x", "result.x")]
    ['y', 'result.result.x', 'result.result.result.x']
    """
    words = re.compile(f"(?:{re.escape(word)})*")
    body = words.sub("", name, count=1)
    like = [one for one in taken if words.sub("", one, count=1) == body]
    return f"{name.removesuffix(body)}{word}{max(like, key=len)}" if like else name


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
