"""Every collection plan: CPU time and certified gap.

Costs are log-uniform in [0.01, 1], every other agent cannot sample 30 % of the distributions,
sigma = 10. Outside options: p_ind, and the largest finite p_ind for agents who have none. `binding`
makes the options so tight that many agents end exactly at theirs: 1.1 times what the egalitarian
plan costs. Then kalai_smorodinsky, one programme for each agent, on costs of other shapes.

The yardstick is a linear programme of the same table, solved by scipy's HiGHS: collect what the
egalitarian plan does as cheaply as can be while nobody spends more than 1.1 times what anybody
spends there.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from benchmarks.timing import REPEATS, Row, compared, interleaved, shown
from nashbox.mechanisms.plans import (
    RULES,
    Plan,
    alone_penalties,
    compliant_penalties,
    solve_plan,
)

KALAI = "kalai_smorodinsky"
FINITE = ("nash", KALAI)  # need finite options
LARGE = 1000  # agents whose plans are made twice only
SIZES = ((3, 1), (10, 2), (100, 10), (100, 20), (1000, 20))
SHAPES = (("equal", 300, 10), ("decades", 300, 1), ("decades", 300, 3), ("whole", 300, 3))

Cases = dict[str, tuple[str, np.ndarray | None]]  # rule and options, by name


def instance(m: int, d: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Costs (m, d), sigma (d,) and finite outside options (m,)."""
    rng = np.random.default_rng(seed)
    costs = np.exp(rng.uniform(np.log(0.01), np.log(1.0), (m, d)))
    costs[(rng.random((m, d)) < 0.3) & (np.arange(m) % 2 == 1)[:, None]] = np.inf
    sigma = np.full(d, 10.0)
    alone = alone_penalties(costs, sigma)
    return costs, sigma, np.where(np.isfinite(alone), alone, alone[np.isfinite(alone)].max())


def shaped(kind: str, m: int, d: int) -> np.ndarray:
    """Costs (m, d): all equal, over four decades, or whole numbers with many ties."""
    rng = np.random.default_rng(0)
    if kind == "equal":
        return np.full((m, d), 0.1)
    if kind == "decades":
        return np.exp(rng.uniform(np.log(1e-4), 0.0, (m, d)))
    return rng.integers(1, 9, (m, d)).astype(float)


def linear(costs: np.ndarray, totals: np.ndarray, most: float) -> None:
    """Collect totals (d,) as cheaply as can be while nobody spends more than `most`."""
    m, d = costs.shape
    able = np.flatnonzero(np.isfinite(costs).ravel())
    price, ones = costs.ravel()[able], np.ones(able.size)
    places = np.arange(able.size)
    spending = sparse.csr_array((price, (able // d, places)), shape=(m, able.size))
    collected = sparse.csr_array((ones, (able % d, places)), shape=(d, able.size))
    found = linprog(price, spending, np.full(m, most), collected, totals, method="highs")
    assert found.success


def timed(label: str, costs: np.ndarray, sigma: np.ndarray, cases: Cases) -> list[Row]:
    """Every plan of rules and options against the linear programme."""
    fair = solve_plan("egalitarian", costs, sigma).counts
    most = 1.1 * (np.where(fair > 0, costs, 0.0) * fair).sum(axis=1).max()
    plans: dict[str, Plan] = {}

    def kept(name: str, rule: str, options: np.ndarray | None) -> None:
        plans[name] = solve_plan(rule, costs, sigma, options)

    works: dict[str, Callable[[], None]] = {
        name: partial(kept, name, *case) for name, case in cases.items()
    }
    works["linear"] = partial(linear, costs, fair.sum(axis=0), most)
    spent = interleaved(works, REPEATS if len(costs) < LARGE else 2)
    rows = []
    for name, plan in plans.items():
        row = compared(f"{name} {label}", spent[name], spent["linear"])
        workers = int((plan.counts.sum(axis=1) > 0).sum())
        rows.append(shown(row, f"   gap {plan.certified_gap:.1e}, {workers} work"))
    return rows


def main() -> list[Row]:
    """Print CPU times, certified gaps and how many collect anything."""
    rows = []
    for m, d in SIZES:
        costs, sigma, outside = instance(m, d, 0)
        level = compliant_penalties(solve_plan("egalitarian", costs, sigma).counts, costs, sigma)
        cases: Cases = {}
        for rule in RULES:
            cases[rule] = (rule, outside if rule in FINITE else None)
            if rule in ("ir_optimal", *FINITE):
                cases[f"{rule} binding"] = (rule, 1.1 * level)
        rows += timed(f"m={m} d={d}", costs, sigma, cases)
    for kind, m, d in SHAPES:
        cases = {KALAI: (KALAI, None)}
        rows += timed(f"{kind} m={m} d={d}", shaped(kind, m, d), np.full(d, 10.0), cases)
    return rows


if __name__ == "__main__":
    main()
