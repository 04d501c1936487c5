"""What a sweep adds to its work, and how fast its store is read.

`run_cells` against a bare executor with the same two workers, CPU time of these and throughput by
the clock; `read_store` of 300,000 rows against
a dict per row, as it was read at first. Peaks are those of tracemalloc, SQLite's own not included.
"""

from __future__ import annotations

import json
import multiprocessing
import random
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.timing import Row, compared, interleaved, shown, with_children

if TYPE_CHECKING:
    import pandas as pd

WORKERS = 2
READ = ((1, 300_000, 0.1), (3_000, 100, 0.1), (300_000, 1, 0.1))  # cells, rows of each, limit
CASES = (("nothing", 10_000, 0.0), ("50 CPU ms", 400, 0.05))
TURNS = 2


def spin(i: int, seconds: float) -> int:
    """Use so much processor time."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        sum(range(100))
    return i


def bare(count: int, seconds: float) -> None:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(WORKERS, context) as pool:
        futures = [pool.submit(spin, i, seconds) for i in range(count)]
        for future in as_completed(futures):
            future.result()


def kept(count: int, seconds: float) -> None:
    from nashbox.experiments.sweep import Cell, Store, program, run_cells

    cells = [
        Cell(
            {"i": i, "seconds": seconds, "nashbox": program()},
            "benchmarks.sweeps:spin",
            {"i": i, "seconds": seconds},
        )
        for i in range(count)
    ]
    with tempfile.TemporaryDirectory() as folder, Store.to_write(Path(folder, "s")) as store:
        assert run_cells(cells, store, workers=WORKERS).ok == count


def running(what: str, count: int, seconds: float) -> Row:
    """Run so many cells in both ways, start of the workers included."""
    walls: dict[str, list[float]] = {"bare": [], "sweep": []}

    def timed(name: str, call: Callable[[int, float], None]) -> None:
        start = time.perf_counter()
        call(count, seconds)
        walls[name].append(time.perf_counter() - start)

    works = {"bare": partial(timed, "bare", bare), "sweep": partial(timed, "sweep", kept)}
    spent = interleaved(works, TURNS, with_children)
    found = compared(f"run {count} cells of {what}", spent["sweep"], spent["bare"])
    share = min(walls["bare"]) / min(walls["sweep"])
    return shown(found, f"   {share:.1%} of the bare throughput")


def row(dice: random.Random, i: int) -> dict[str, Any]:
    """A row as audits write them."""
    gain = dice.gauss(0.0, 1.0)
    return {
        "AgentID": f"a{i}",
        "recommended": "truthful",
        "gain.estimate": gain,
        "gain.se": abs(gain) / 7,
        "gain.lower": gain - 0.2,
        "gain.upper": gain + 0.2,
        "penalty": dice.random() * 10,
        "best_deviation.parameters": json.dumps({"fraction": 0.5}),
        "evaluations": dice.randrange(1000),
        "nash": dice.random() < 0.5,
    }


def fill(path: Path, payloads: list[list[dict[str, Any]]], seeds: int = 1) -> None:
    """Write a store, as sweeps do, whose cells have these rows and are finished in random order."""
    from nashbox.experiments.sweep import Cell, Store
    from nashbox.experiments.sweep.encoding import to_text
    from nashbox.experiments.sweep.group import Done
    from nashbox.experiments.sweep.layout import Layout

    cells = [Cell({"cell": number}, "", {}) for number in range(len(payloads))]
    points = [[float(number), f"m{number % 3}"] for number in range(len(cells) // seeds)]
    keys = [cell.key for cell in cells]
    layout = Layout("s.toml", "run", ["sigma", "mechanism"], points, list(range(seeds)), keys)
    answers = list(zip(cells, payloads, strict=True))
    random.Random(0).shuffle(answers)  # noqa: S311
    with Store.to_write(path) as store:
        store.register(layout)
        for cell, payload in answers:
            store.finish(cell, Done(cell.key, "ok", to_text(payload), None, None, 0.0, ""))
        store.pack(layout.keys)


def dict_per_row(path: Path, steps: bool = False) -> pd.DataFrame:
    """The frame of a store as it was made at first."""
    import pandas as pd

    from nashbox.experiments.sweep import Store
    from nashbox.experiments.sweep.columns import typed
    from nashbox.experiments.sweep.encoding import decode
    from nashbox.experiments.sweep.schema import checksum

    rows: list[dict[str, Any]] = []
    first, last = ("RunId", "iteration", "Step", "AgentID"), ("status", "error")
    with Store.to_read(path) as store:
        layout = store.layouts()[-1]
        query = "SELECT key, identity, status, payload, error, traceback, checksum FROM cells"
        found = {}
        for *body, written in store._select(query):
            assert checksum(tuple(body)) == written
            found[body[0]] = decode(json.loads(body[3])), body[2], body[4]
    for run, key in enumerate(layout.keys):
        point, seed = divmod(run, len(layout.seeds))
        payload, status, error = found[key]
        start = {"RunId": run, "iteration": layout.seeds[seed], "Step": 0, "AgentID": None}
        grid = dict(zip(layout.paths, layout.points[point], strict=True))
        at = max((entry.get("Step", 0) for entry in payload), default=0)
        for entry in payload:
            if steps or entry.get("Step", 0) == at:
                named = {
                    f"result.{name}" if name in grid or name in (*first[:2], *last) else name: value
                    for name, value in entry.items()
                }
                rows.append({**start, **grid, **named, "status": status, "error": error})
    names = dict.fromkeys(name for entry in rows for name in entry if name not in last)
    ordered = [*dict.fromkeys((*first, *layout.paths, *names)), *last]
    columns = {name: typed([entry.get(name) for entry in rows]) for name in ordered}
    return pd.DataFrame(columns, columns=ordered)


def peak(work: Callable[[], pd.DataFrame]) -> float:
    """The largest memory of a work, in sizes of the frame it returns."""
    tracemalloc.start()
    frame = work()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / float(frame.memory_usage(deep=True).sum())


def reading(cells: int, size: int, limit: float) -> Row:
    """Read a store of so many cells with so many rows in both ways."""
    from nashbox.experiments.sweep import load

    dice = random.Random(0)  # noqa: S311
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "s.sqlite")
        fill(path, [[row(dice, i) for i in range(size)] for _ in range(cells)])
        works = {"load": lambda: load(path), "dicts": lambda: dict_per_row(path)}
        spent = interleaved(works, 2)
        found = compared(f"read {cells} cells of {size} rows", spent["load"], spent["dicts"], limit)
        print(f"{found.line()}   peak {peak(works['load']):.1f} frames", flush=True)
    return found


def main() -> list[Row]:
    """Print CPU times of running and of reading."""
    return [*(running(*case) for case in CASES), *(reading(*case) for case in READ)]


if __name__ == "__main__":
    main()
