"""Exact audits of many agents with unequal costs in five distributions, plan included."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from benchmarks.timing import Row, compared, shown
from nashbox.experiments.audit import audit
from nashbox.problem.files import from_mapping

CASES = [  # mechanism, and how many rows of costs differ (None: all)
    ("sample_mean", None),
    ("counted_mean", None),
    ("cbl", None),
    ("threshold", None),
    ("decoy", 100),
    ("decoy", 200),  # beyond what its limit is promised for
]
M, D, REPEATS = 5000, 5, 3
LIMIT = 5000.0  # CPU ms


def problem(mechanism: str, m: int, distinct: int | None) -> Any:
    """m agents with costs from half to twice 0.05, sigma = 10."""
    costs = 0.05 * np.random.default_rng(1).uniform(0.5, 2, (distinct or m, D))
    return from_mapping(
        {
            "game": "estimation",
            "sigma": 10.0,
            "costs": costs[np.arange(m) % len(costs)].tolist(),
            "plan": "egalitarian",
            "mechanism": mechanism,
        }
    )


def main() -> list[Row]:
    """Print CPU times of whole audits; the ratio is to a second, its limit 5."""
    rows = []
    for mechanism, distinct in CASES:
        audit(problem(mechanism, 10, None), method="exact")  # imports
        spent = []
        for _ in range(REPEATS):
            start = time.process_time()
            audit(problem(mechanism, M, distinct), method="exact")
            spent.append((time.process_time() - start) * 1e3)
        case = f"audit {mechanism} m={M} d={D} distinct={distinct or M}"
        rows.append(shown(compared(case, spent, [1e3], LIMIT / 1e3)))
    return rows


if __name__ == "__main__":
    main()
