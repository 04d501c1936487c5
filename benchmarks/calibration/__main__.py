"""Audit the zoo, and count: resumable, on a sweep's store.

python -m benchmarks.calibration                  # 10,000 audits; stop it whenever you like
python -m benchmarks.calibration --only cbl_0.9 --budget 400000 --audits 400
python -m benchmarks.calibration --gain 10 --budget 2000000 --store power.sqlite --audits 200
python -m benchmarks.calibration --report         # write docs/calibration.md of what is there
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.calibration.cells import BUDGETS, cell, places
from benchmarks.calibration.report import page, read
from benchmarks.zoo import MEMBERS
from nashbox.experiments.audit.engine import BUDGET
from nashbox.experiments.sweep import Store, run_cells
from nashbox.experiments.sweep.runner import Tally
from nashbox.problem.errors import InputError, require

ROOT = Path(__file__).parents[2]


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.calibration", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--audits", type=int, default=10_000, metavar="N")
    parser.add_argument("--only", action="append", choices=sorted(MEMBERS), metavar="NAME")
    budgets = (*BUDGETS, BUDGET)
    parser.add_argument("--budget", action="append", type=int, choices=budgets, metavar="N")
    parser.add_argument("--gain", type=float, metavar="X", help="only gains of X epsilon")
    parser.add_argument("--workers", type=int, default=None, metavar="N")
    parser.add_argument("--seed", type=int, default=0, help="the first one")
    parser.add_argument("--store", type=Path, default=ROOT / "build" / "calibration.sqlite")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "calibration.md")
    parser.add_argument("--report", action="store_true", help="write the page, audit nothing")
    parser.add_argument("--retry-failed", action="store_true")
    return parser.parse_args()


def told(tally: Tally) -> None:
    """Say how far it is, on one line."""
    text = f"\r{tally.done} of {tally.total} audits, {tally.failed} failed"
    print(text, end="", file=sys.stderr, flush=True)


def run(given: argparse.Namespace) -> None:
    """Compute what the store does not have."""
    require("--audits", given.audits, low=1, integer=True)
    require("--seed", given.seed, low=0, integer=True)
    members = [MEMBERS[name] for name in given.only or MEMBERS]
    budgets = given.budget or BUDGETS
    cells = [
        cell(place) for place in places(members, given.audits, given.seed, budgets, given.gain)
    ]
    given.store.parent.mkdir(parents=True, exist_ok=True)
    with Store.to_write(given.store) as store:
        tally = run_cells(
            cells,
            store,
            workers=given.workers,
            progress=told if sys.stderr.isatty() else None,
            retry_failed=given.retry_failed,
        )
    print(f"{tally.done} of {tally.total} audits in {given.store}, {tally.failed} failed")


def main() -> int:
    """Run or report; 130 if interrupted, and then the same command goes on."""
    given = arguments()
    try:
        if given.report:
            found, failed = read(given.store)
            given.page.write_text(page(found, failed), encoding="utf-8")
            print(f"{given.page}: {len(found)} audits")
        else:
            run(given)
    except KeyboardInterrupt:
        print("stopped; the same command goes on", file=sys.stderr)
        return 130
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
