"""Quick reproduction of both papers: processor time of every claim, and of all (120 s at most)."""

from __future__ import annotations

import time
from collections import Counter

from nashbox.papers.cells import PAPERS, cells_of, work
from nashbox.problem.threads import prefer_one_thread

LIMIT = 120.0  # seconds that `nashbox reproduce --quick` promises
SHOWN = 8


def main() -> None:
    """Print the claims that take longest, and the sum."""
    prefer_one_thread()
    spent: Counter[str] = Counter()
    for paper in PAPERS:
        for cell in cells_of(paper, quick=True, seed=0):
            start = time.process_time()
            work(**cell.identity())
            spent[f"{paper} {cell.claim}"] += time.process_time() - start
    for name, seconds in spent.most_common(SHOWN):
        print(f"{name:<36} {seconds:7.2f} s")
    print(f"{'all claims':<36} {sum(spent.values()):7.2f} s (limit {LIMIT:g})")


if __name__ == "__main__":
    main()
