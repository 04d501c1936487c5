"""What came out of a sweep as one tidy table, with the columns Mesa users know."""

from __future__ import annotations

import importlib.util
import io
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nashbox.experiments.saving import csv_text, writable, write_whole
from nashbox.experiments.sweep.cell import Outcome
from nashbox.experiments.sweep.layout import Layout
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
    outcomes = {outcome.key: outcome for outcome in store.outcomes(layout.keys)}
    begun = store.begun()
    table = _Table()
    for run, seed, values, key in layout.rows():
        outcome = outcomes.get(key)
        if outcome is None and driven:
            continue
        grid = dict(zip(layout.paths, map(_plain, values), strict=True))
        results, status, error = _results(outcome, key in begun, steps)
        said = {"status": status, "error": error}
        table.add(results, {"RunId": run, "iteration": seed, **grid, **said}, grid)
    names = [name for name in table.columns if name not in LAST]
    names = list(dict.fromkeys((*FIRST, *layout.paths, *names))) + list(LAST)
    columns = {}
    for name in names:  # lists go as they are used: they are larger than the columns
        columns[name] = _column(table.columns.pop(name, [None] * table.rows))
    return pd.DataFrame(columns, columns=names)


class _Table:
    """Columns of so many rows, None where a row says nothing."""

    def __init__(self) -> None:
        self.rows = 0
        self.columns: dict[str, list[Any]] = {}

    def add(
        self,
        results: Sequence[Mapping[str, Any]],
        same: Mapping[str, Any],
        grid: Mapping[str, Any],
    ) -> None:
        """Rows of a cell. same: what is the same in all of them."""
        keys = dict.fromkeys(key for row in results for key in row) if results else {}
        size = len(results)
        for key, value in same.items():
            self._column(key).extend([value] * size)
        for key, start in zip(FIRST[2:], (0, None), strict=True):
            self._column(key).extend([row.get(key, start) for row in results])
        for key in keys:
            if key not in FIRST[2:]:
                self._column(_name(key, grid)).extend([row.get(key) for row in results])
        self.rows += size
        for column in self.columns.values():
            if len(column) < self.rows:
                column.extend([None] * (self.rows - len(column)))

    def _column(self, name: str) -> list[Any]:
        if name not in self.columns:
            self.columns[name] = [None] * self.rows
        return self.columns[name]


def _results(
    outcome: Outcome | None, begun: bool, steps: bool
) -> tuple[Sequence[Mapping[str, Any]], str, str | None]:
    """Rows of a cell with status and error."""
    if outcome is None:
        return [{}], "interrupted", BEGUN if begun else WAITING
    if outcome.status == "damaged":
        return [{}], "interrupted", DAMAGED
    if outcome.payload is None:
        return [{}], outcome.status, outcome.error
    rows, at = outcome.payload, [row.get("Step", 0) for row in outcome.payload]
    last = max(at, default=0)
    if not steps and any(step != last for step in at):
        rows = [row for row, step in zip(rows, at, strict=True) if step == last]
    return rows, outcome.status, outcome.error


def _plain(value: Any) -> Any:
    """A value of the grid as one entry of a table."""
    if isinstance(value, (Mapping, list)):
        return json.dumps(value)
    return value


def _name(key: str, grid: Mapping[str, Any]) -> str:
    """A result that is called like another column gives way."""
    return f"result.{key}" if key in grid or key in (*FIRST, *LAST) else key


def _column(values: list[Any]) -> pd.Series:
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
