"""What came out of a sweep as one tidy table, with the columns Mesa users know."""

from __future__ import annotations

import importlib.util
import io
import json
import os
from collections.abc import Iterator, Mapping
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
    rows: list[dict[str, Any]] = []
    for run, seed, values, key in layout.rows():
        outcome = outcomes.get(key)
        if outcome is None and driven:
            continue
        start = {"RunId": run, "iteration": seed, "Step": 0, "AgentID": None}
        grid = dict(zip(layout.paths, map(_plain, values), strict=True))
        for result, status, error in _results(outcome, key in begun, steps):
            place = {key: result.pop(key, start[key]) for key in FIRST[2:]}
            named = {_name(key, grid): value for key, value in result.items()}
            rows.append({**start, **place, **grid, **named, "status": status, "error": error})
    names = list(dict.fromkeys(key for row in rows for key in row if key not in LAST))
    names = list(dict.fromkeys((*FIRST, *layout.paths, *names))) + list(LAST)
    columns = {name: _column([row.get(name) for row in rows]) for name in names}
    return pd.DataFrame(columns, columns=names)


def _results(
    outcome: Outcome | None, begun: bool, steps: bool
) -> Iterator[tuple[dict[str, Any], str, str | None]]:
    """Rows of a cell with status and error."""
    if outcome is None:
        yield {}, "interrupted", BEGUN if begun else WAITING
    elif outcome.status == "damaged":
        yield {}, "interrupted", DAMAGED
    elif outcome.payload is None:
        yield {}, outcome.status, outcome.error
    else:
        last = max((row.get("Step", 0) for row in outcome.payload), default=0)
        for row in outcome.payload:
            if steps or row.get("Step", 0) == last:
                yield dict(row), outcome.status, outcome.error


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

    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool} and None not in values:
        return pd.Series(values, dtype=bool)
    if kinds == {int} and None not in values:
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
