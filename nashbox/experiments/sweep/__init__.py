"""Experiment batches that survive: a sweep file, its cells, a store, engines, one tidy frame.

`sweep` runs a file. `run_cells` is what it rests on, and knows nothing of problem files: anything
that is a function with JSON arguments can be computed, kept and resumed by it::

    cells = [
        Cell({"claim": name, "seed": seed, "nashbox": program()}, "my_package.work:check",
             {"name": name, "seed": seed})
        for name in names for seed in range(100)
    ]
    with Store.to_write("claims.sqlite") as store:   # the only driver
        run_cells(cells, store, workers=2)            # resumes by itself
    outcomes = read_outcomes("claims.sqlite", cells)  # by cell.key: status, payload, error

Names are loaded when they are first used: a worker needs few of these modules, and is up at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from nashbox.problem.loading import loader

_WHERE = {
    "Cell": ".cell",
    "CellOutcome": ".cell",
    "Store": ".store",
    "SweepReport": ".report",
    "Tally": ".runner",
    "load": ".frame",
    "program": ".sources",
    "read_outcomes": ".store",
    "run_cells": ".runner",
    "sweep": ".resume",
    "sweep_status": ".resume",
}

if TYPE_CHECKING:
    from nashbox.experiments.sweep.cell import Cell as Cell
    from nashbox.experiments.sweep.cell import CellOutcome as CellOutcome
    from nashbox.experiments.sweep.frame import load as load
    from nashbox.experiments.sweep.report import SweepReport as SweepReport
    from nashbox.experiments.sweep.resume import sweep as sweep
    from nashbox.experiments.sweep.resume import sweep_status as sweep_status
    from nashbox.experiments.sweep.runner import Tally as Tally
    from nashbox.experiments.sweep.runner import run_cells as run_cells
    from nashbox.experiments.sweep.sources import program as program
    from nashbox.experiments.sweep.store import Store as Store
    from nashbox.experiments.sweep.store import read_outcomes as read_outcomes

__all__ = sorted(_WHERE)
__getattr__ = loader(__name__, _WHERE)
