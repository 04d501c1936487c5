"""Quick reproduction of both papers: processor time of every claim, and of all (120 s at most).

The yardstick is a second. Each is checked once.
"""

from __future__ import annotations

import time
from collections import Counter

from benchmarks.timing import Row, compared, shown
from nashbox.papers.cells import PAPERS, cells_of, work
from nashbox.problem.threads import prefer_one_thread

LIMIT = 120.0  # seconds that `nashbox reproduce --quick` promises
SHOWN = 8


def main() -> list[Row]:
    """Print the claims that take longest, and the sum; all are rows."""
    prefer_one_thread()
    spent: Counter[str] = Counter()
    for paper in PAPERS:
        for cell in cells_of(paper, quick=True, seed=0):
            start = time.process_time()
            work(**cell.identity())
            spent[f"{paper} {cell.claim}"] += (time.process_time() - start) * 1e3
    rows = [compared(name, [took], [1e3]) for name, took in spent.most_common()]
    whole = compared("all claims", [sum(spent.values())], [1e3], LIMIT)
    for row in rows[:SHOWN]:
        shown(row)
    return [*rows, shown(whole)]


if __name__ == "__main__":
    main()
