"""Whole commands about many agents, as users type them, against their work in this process.

What stands between the two is the start, reading the file, and telling what was found.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.timing import Row, compared, interleaved, shown, with_children
from nashbox import audit, load, run

LABS, D, RACERS, REPEATS = 5000, 5, 1000, 2


def labs() -> str:
    """Many labs with costs of their own from half to twice 0.05."""
    costs = 0.05 * np.random.default_rng(1).uniform(0.5, 2, (LABS, D))
    return (
        'game = "estimation"\nsigma = 10.0\nplan = "egalitarian"\nmechanism = "threshold"\n'
        f"costs = {costs.tolist()}\n"
    )


def racers() -> str:
    """Many equal testers on a small world."""
    coin = 'p0 = ["0.6", "0.4"], p1 = ["0.4", "0.6"]'
    agents = ", ".join(f'{{name = "a{i}", {coin}}}' for i in range(RACERS))
    graph = '{name = "watts_strogatz", k = 4, p = 0.1}'
    return f'game = "testing"\nbeta = "1/10"\ngraph = {graph}\nagents = [{agents}]\n'


def main() -> list[Row]:
    """Print CPU times of processes; the ratio is to the same work without one."""
    cases = {
        f"audit {LABS} labs": (labs(), ["audit", "--method", "exact"], _audited),
        f"run a race of {RACERS}": (racers(), ["run", "--replications", "100"], _played),
        f"run {LABS} labs": (labs(), ["run", "--replications", "10"], partial(_played, worlds=10)),
    }
    return [shown(_case(name, *case)) for name, case in cases.items()]


def _audited(problem: Any) -> object:
    return audit(problem, method="exact")


def _played(problem: Any, worlds: int = 100) -> object:
    return run(problem, replications=worlds)


def _case(name: str, text: str, line: list[str], work: Callable[[Any], object]) -> Row:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "problem.toml")
        file.write_text(text)
        verb, *options = line
        command = [sys.executable, "-m", "nashbox.cli", verb, str(file), *options]
        works = {
            "command": partial(subprocess.run, command, check=True, capture_output=True),
            "work": partial(work, load(file)),
        }
        spent = interleaved(works, REPEATS, with_children)
    return compared(name, spent["command"], spent["work"])


if __name__ == "__main__":
    main()
