"""Run every benchmark, or those named: `python -m benchmarks [NAME ...] [--json F] [--compare F]`.

--json keeps the ratios to their yardsticks in a file; --compare says what changed against one.
"""

import argparse
import importlib
from pathlib import Path

from benchmarks.timing import Row, changes, store, stored
from nashbox.problem.threads import prefer_one_thread

NAMES = (
    "startup",
    "commands",
    "round",
    "deviations",
    "audits",
    "plans",
    "testing_games",
    "dynamics",
    "sweeps",
    "reproduction",
)


def main() -> None:
    """Run them, print rows as they come, then what changed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--compare", type=Path, metavar="FILE")
    given = parser.parse_args()
    if unknown := [name for name in given.names if name not in NAMES]:
        parser.error(f"NAME must be one of {', '.join(NAMES)}, got {unknown[0]}")
    try:  # before the hours that rows take
        before = stored(given.compare) if given.compare else {}
    except (OSError, ValueError, TypeError) as error:
        parser.error(f"--compare {given.compare}: must be a file that --json wrote, got {error}")
    prefer_one_thread()  # as commands do: idle threads of linear algebra take CPU time
    rows: list[Row] = []
    for name in given.names or NAMES:
        module = importlib.import_module(f"benchmarks.{name}")
        print(f"\n== {(module.__doc__ or '').splitlines()[0]}")
        rows += module.main()
    if given.compare:
        print(f"\n== Against {given.compare}")
        print("\n".join(changes(rows, before)))
    if given.json:
        store(rows, given.json)


if __name__ == "__main__":
    main()
