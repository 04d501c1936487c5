"""Time and certified gap of every collection plan: ``python benchmarks/plans.py``.

Costs are log-uniform in [0.01, 1], every other agent cannot sample 30 % of the distributions,
sigma = 10. Outside options: p_ind, and the largest finite p_ind for agents who have none. `binding`
makes the options so tight that many agents end exactly at theirs: 1.1 times what the egalitarian
plan costs. Then kalai_smorodinsky, one programme for each agent, on costs of other shapes.
"""

from __future__ import annotations

import time

import numpy as np

from nashbox.mechanisms.plans import (
    RULES,
    alone_penalties,
    compliant_penalties,
    solve_plan,
)

SIZES = ((3, 1), (10, 2), (100, 10), (1000, 20))
SHAPES = (("equal", 300, 10), ("decades", 300, 1), ("decades", 300, 3), ("whole", 300, 3))


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


def shapes() -> None:
    for kind, m, d in SHAPES:
        costs = shaped(kind, m, d)
        start = time.process_time()
        plan = solve_plan("kalai_smorodinsky", costs, np.full(d, 10.0))
        seconds = time.process_time() - start
        print(
            f"{'kalai_smorodinsky':20}{m:6}{d:4}  {kind:10}{seconds:9.3f}{plan.certified_gap:10.1e}"
        )


def main() -> None:
    print(f"{'rule':20}{'m':>6}{'d':>4}  {'options':10}{'seconds':>9}{'gap':>10}{'workers':>9}")
    for m, d in SIZES:
        costs, sigma, outside = instance(m, d, 0)
        level = compliant_penalties(solve_plan("egalitarian", costs, sigma).counts, costs, sigma)
        for rule in RULES:
            finite = rule in ("nash", "kalai_smorodinsky")
            options = {"p_ind": outside if finite else None}
            if rule in ("ir_optimal", "nash", "kalai_smorodinsky"):
                options["binding"] = 1.1 * level
            for name, option in options.items():
                start = time.perf_counter()
                plan = solve_plan(rule, costs, sigma, option)
                seconds = time.perf_counter() - start
                workers = int((plan.counts.sum(axis=1) > 0).sum())
                print(
                    f"{rule:20}{m:6}{d:4}  {name:10}{seconds:9.3f}"
                    f"{plan.certified_gap:10.1e}{workers:9}"
                )
    shapes()


if __name__ == "__main__":
    main()
