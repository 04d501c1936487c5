"""How far a sweep is: what is done, what failed, what is left, and how long that may take."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from nashbox.experiments.sweep.layout import Layout
from nashbox.experiments.sweep.store import Store
from nashbox.results.base import Result

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas as pd

SHOWN = 5  # different errors that a report names
LATELY = 60.0  # seconds over which the rate of a running sweep is taken


@dataclass(frozen=True)
class SweepReport(Result):
    """Counts of a sweep's cells.

    left: not finished; interrupted: those of them that some driver had begun and did not finish.
    running: handed to workers right now. rate: cells per second (null if unknown); remaining:
    seconds until the end at that rate. driven: whether a driver works on the store right now.
    damaged: cells whose rows in the store are not what was written; they count as left.
    errors: how often which error came, the most frequent first. exported: the table that was
    written, null if none was; rows: how many it has.
    """

    file: str
    store: str
    total: int
    ok: int = 0
    failed: int = 0
    interrupted: int = 0
    running: int = 0
    left: int = 0
    rate: float | None = None
    remaining: float | None = None
    driven: bool = False
    damaged: int = 0
    errors: Sequence[Mapping[str, Any]] = ()
    exported: str | None = None
    rows: int | None = None

    FORMAT: ClassVar[str] = "nashbox-sweep/1"
    KEYS: ClassVar[str] = (
        "file store total ok failed interrupted running left rate remaining driven damaged errors "
        "exported rows"
    )

    def to_frame(self) -> pd.DataFrame:
        """The sweep's results; see `nashbox.read_store`."""
        from nashbox.experiments.sweep.frame import load

        return load(self.store, sweep=self.file)

    def plot(
        self,
        ax: matplotlib.axes.Axes | None = None,
        *,
        x: str | None = None,
        y: str | None = None,
        by: Sequence[str] | None = None,
    ) -> matplotlib.axes.Axes:
        """Draw the mean of a result over seeds: see `nashbox.sweep_summary`.

        x: a path of the grid (default: the one with the most values). y: a column of the frame
        (default: what the experiment is about). by: what tells lines apart (default: all other
        paths that vary, and the agents). Raises InputError where there is nothing to draw.
        """
        from nashbox.experiments.figures.sweeps import sweep_summary, usual_columns
        from nashbox.experiments.sweep.frame import grid_paths

        frame = self.to_frame()
        usual = usual_columns(frame, grid_paths(self.store, self.file), x, y)
        return sweep_summary(frame, *usual[:2], by=usual[2] if by is None else by, ax=ax)


def report(file: str, store: Store, layout: Layout) -> SweepReport:
    """Look into a store, driven or not."""
    keys = set(layout.keys)
    driven = store.driven
    count: Counter[str] = Counter()
    errors: Counter[str] = Counter()
    begun = store.begun() & keys
    for outcome in store.texts(keys):
        count[outcome.status] += 1
        if outcome.status != "damaged":
            begun.discard(outcome.key)
        if outcome.error is not None:
            errors[outcome.error] += 1
    left = len(keys) - count["ok"] - count["failed"]
    rate = _rate(store, driven)
    often = sorted(errors.items(), key=lambda pair: (-pair[1], pair[0]))[:SHOWN]
    return SweepReport(
        file=file,
        store=str(store.path),
        total=len(keys),
        ok=count["ok"],
        failed=count["failed"],
        interrupted=0 if driven else len(begun),
        running=len(begun) if driven else 0,
        left=left,
        rate=rate,
        remaining=0.0 if not left else None if not rate else left / rate,
        driven=driven,
        damaged=count["damaged"],
        errors=[{"error": error, "cells": cells} for error, cells in often],
    )


def _rate(store: Store, driven: bool) -> float | None:
    """Cells per second of the last driver: lately if it still runs."""
    finished = store.finished_at()
    if not finished:
        return None
    last = finished[0][1]
    now = time.time() if driven else finished[0][0]
    times = [at for at, driver in finished if driver == last and at >= now - LATELY]
    if len(times) < 2:
        return None
    return len(times) / max(now - times[-1], 1e-9)
