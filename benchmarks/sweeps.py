"""What a sweep adds to its work: `run_cells` against a bare executor with the same two workers."""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

WORKERS = 2
CASES = (("nothing", 10_000, 0.0), ("50 ms of processor time", 400, 0.05))


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


def least(call: Callable[[int, float], None], count: int, seconds: float) -> float:
    times = []
    for _ in range(3):
        start = time.perf_counter()
        call(count, seconds)
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print the least of three wall times, seconds, start of the workers included."""
    for name, count, seconds in CASES:
        plain, ours = least(bare, count, seconds), least(kept, count, seconds)
        print(
            f"{count:6} cells of {name:<24} bare {plain:7.2f} s   sweep {ours:7.2f} s   "
            f"{1000 * plain / count:.3f} and {1000 * ours / count:.3f} ms a cell, "
            f"{plain / ours:.1%} of the bare throughput"
        )


if __name__ == "__main__":
    main()
