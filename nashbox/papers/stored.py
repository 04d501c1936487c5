"""Claims checked as a batch that survives: cells of a store, on any engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nashbox.experiments import sweep
from nashbox.papers.cells import ClaimCell
from nashbox.problem.ticker import Ticker

WORK = "nashbox.papers.cells:work"


class StoredEvaluation:
    """What `reproduce(evaluate=...)` takes: answers come from a store, which grows as needed.

    path: of the store. engine: as for sweeps. A claim that broke off is tried again next time.
    """

    def __init__(self, path: str | Path, engine: str = "local") -> None:
        """See the class."""
        self.path, self.engine = Path(path), engine

    def __call__(
        self,
        cells: Sequence[ClaimCell],
        *,
        workers: int | None = None,
        progress: Ticker | None = None,
    ) -> dict[ClaimCell, Mapping[str, Any]]:
        """Do the cells that the store does not have; KeyboardInterrupt keeps the finished ones."""
        stored = {cell: _stored(cell) for cell in cells}

        def told(tally: sweep.Tally) -> None:
            if progress is not None:
                progress(tally.done, tally.total)

        with sweep.Store.to_write(self.path) as store:
            sweep.run_cells(
                stored.values(),
                store,
                workers=workers,
                engine=self.engine,
                progress=told,
                retry_failed=True,
            )
        found = sweep.read_outcomes(self.path, stored.values())
        return {cell: _answer(found[one.key]) for cell, one in stored.items()}


def _stored(cell: ClaimCell) -> sweep.Cell:
    arguments = cell.identity()
    return sweep.Cell({"reproduce": arguments, "nashbox": sweep.program()}, WORK, arguments)


def _answer(outcome: sweep.CellOutcome) -> Mapping[str, Any]:
    if outcome.status == "ok":
        answer: Mapping[str, Any] = outcome.payload
        return answer
    return {"error": outcome.error, "traceback": outcome.traceback}
