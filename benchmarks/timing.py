"""CPU times of things that are compared with each other, and what changed since another run."""

from __future__ import annotations

import json
import resource
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

REPEATS = 5


@dataclass(frozen=True)
class Row:
    """least, median: CPU ms. ratio: of least to the yardstick's; limit: of that ratio."""

    case: str
    least: float
    median: float
    ratio: float
    limit: float | None = None

    def line(self) -> str:
        """One line of a table."""
        limit = "" if self.limit is None else f" (limit {self.limit:.3g})"
        times = f"{self.least:9.1f} {self.median:9.1f} ms"
        return f"{self.case:<44} {times} {self.ratio:8.3g}x{limit}"


def with_children() -> float:
    """CPU seconds of this process and of all that it has waited for."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def interleaved(
    works: Mapping[str, Callable[[], object]],
    repeats: int = REPEATS,
    clock: Callable[[], float] = time.process_time,
) -> dict[str, list[float]]:
    """CPU milliseconds of each work, played in turns after one that is not counted."""
    spent: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(repeats + 1):
        for name, work in works.items():
            start = clock()
            work()
            if turn:
                spent[name].append((clock() - start) * 1e3)
    return spent


def compared(
    case: str, work: list[float], yardstick: list[float], limit: float | None = None
) -> Row:
    """A row of work against its yardstick, least against least."""
    return Row(case, min(work), statistics.median(work), min(work) / min(yardstick), limit)


def shown(row: Row, note: str = "") -> Row:
    """Print a row, with what else is known about its case."""
    print(row.line() + note, flush=True)
    return row


def store(rows: list[Row], file: Path) -> None:
    """Keep rows to be compared with later."""
    file.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")


def stored(file: Path) -> dict[str, Row]:
    """The rows that `store` kept, by case. Raises OSError, ValueError or TypeError without them."""
    return {row["case"]: Row(**row) for row in json.loads(file.read_text())}


def changes(rows: list[Row], before: Mapping[str, Row]) -> list[str]:
    """What each ratio to its yardstick was in a stored run, and is now."""
    lines = []
    for row in rows:
        old = before.get(row.case)
        if old is None:
            lines.append(f"{row.case:<44} new")
        else:
            change = row.ratio / old.ratio - 1
            lines.append(f"{row.case:<44} {old.ratio:8.3g}x -> {row.ratio:8.3g}x {change:+7.1%}")
    return lines
