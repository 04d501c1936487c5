"""`sweep`: read a sweep file, compute what its store does not have, say how far it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

from nashbox.experiments.sweep.engines import check_engine
from nashbox.experiments.sweep.expand import Expanded, expand
from nashbox.experiments.sweep.frame import export, frame
from nashbox.experiments.sweep.leftovers import has_log
from nashbox.experiments.sweep.reading import SweepFile, read_sweep
from nashbox.experiments.sweep.report import SweepReport, report
from nashbox.experiments.sweep.runner import Progress, run_cells
from nashbox.experiments.sweep.schema import EmptyStoreError
from nashbox.experiments.sweep.store import Store
from nashbox.problem.errors import InputError
from nashbox.problem.options import Flag, Option, Whole, held

WORKERS = Whole(
    "processes; the result does not depend on it", "N", low=1, usual="one per processor"
)
ENGINE = Option("local, dask://HOST:PORT, or module:factory of an executor", "ENGINE")


@held
def sweep(
    path: str | Path,
    *,
    workers: Annotated[int | None, WORKERS] = None,
    engine: Annotated[str, ENGINE] = "local",
    progress: Progress | None = None,
    retry_failed: Annotated[bool, Flag("compute failed cells again, too")] = False,
    export_to: str | Path | None = None,
    steps: Annotated[bool, Flag("export every step of runs, not just the last")] = False,
) -> SweepReport:
    """Run or resume the sweep of a file; `nashbox.read_store` of its store gives the results.

    workers, engine, progress, retry_failed: see `run_cells`. export_to: a .parquet or .csv file,
    also written if the sweep is interrupted; steps: with every step of runs. Raises InputError for
    bad input before anything is written, KeyboardInterrupt if it is interrupted.
    """
    check_engine(engine)
    _check_steps(export_to, steps)
    found = read_sweep(path)
    expanded = expand(found)
    with Store.to_write(found.store) as store:
        store.register(expanded.layout)
        stopped = None
        try:
            run_cells(
                expanded.cells,
                store,
                workers=workers,
                engine=engine,
                progress=progress,
                retry_failed=retry_failed,
            )
            store.pack(expanded.layout.keys)
        except KeyboardInterrupt as interruption:
            if export_to is None:
                raise
            stopped = interruption
    answer = look(found, expanded, export_to, steps)
    if stopped is not None:
        raise stopped
    return answer


def sweep_status(
    path: str | Path, *, export_to: str | Path | None = None, steps: bool = False
) -> SweepReport:
    """Look at a sweep without running it, also while another process does; export what is there."""
    _check_steps(export_to, steps)
    found = read_sweep(path)
    return look(found, expand(found, thorough=False), export_to, steps)


def _check_steps(export_to: str | Path | None, steps: bool) -> None:
    if steps and export_to is None:
        raise InputError("steps: only an export has them; name a file to export to")


def look(
    found: SweepFile, expanded: Expanded, export_to: str | Path | None, steps: bool
) -> SweepReport:
    """Report on a store, and export it."""
    try:
        if found.store.exists() or has_log(found.store):
            with Store.to_read(found.store) as store:
                if export_to is None:
                    return report(found.shown, store, expanded.layout)
                table = frame(store, expanded.layout, steps=steps)
                export(table, export_to)
                answer = report(found.shown, store, expanded.layout)
                return replace(answer, exported=str(export_to), rows=len(table))
    except EmptyStoreError:
        pass
    if export_to is not None:
        raise InputError(f"{found.store}: there is nothing to export yet; run the sweep first")
    total = len(set(expanded.layout.keys))
    return SweepReport(found.shown, str(found.store), total, left=total)
