"""Section 5's example: m equal agents who estimate one mean."""

from __future__ import annotations

import numpy as np

from nashbox.games.estimation import prepare
from nashbox.mechanisms.plans import alone_penalties, compliant_penalties
from nashbox.mechanisms.rounding import finite_product
from nashbox.papers.claim import Claim, Finding, Number
from nashbox.papers.clinton2025 import drawing
from nashbox.papers.clinton2025.hardness import TOLERANCE, penalty
from nashbox.papers.clinton2025.instances import SIGMA, worked_case
from nashbox.papers.findings import finding, table

SIZES = (2, 3, 5, 8, 10, 15, 20, 30, 50, 100)


def equal_agents(m: int) -> tuple[float, float, float, float]:
    """Return social penalties of m agents at c = 0.05: formula, plan, CBL, alone."""
    game = prepare(worked_case(m=m, counts="real"))
    problem = game.problem
    best = float(compliant_penalties(game.plan, problem.costs, problem.sigma).sum())
    under = sum(penalty(game, i, game.terms.counts) for i in range(m))
    alone = float(alone_penalties(problem.costs, problem.sigma).sum())
    return float(2 * SIGMA * np.sqrt(0.05 * m)), best, under, alone


def check_equal_agents(quick: bool, seed: int) -> Finding:
    """Section 5's example: m equal agents, one distribution."""
    sizes = SIZES if quick else (*SIZES, 200, 500, 1000)
    rows = [[m, *equal_agents(m)] for m in sizes]
    formula, best, under, alone = (np.array([r[j] for r in rows]) for j in range(1, 5))
    m = np.array(sizes)
    off = float(np.abs(best / formula - 1).max())
    ratio = under / best
    gains = m[under < alone * (1 - TOLERANCE)]
    spent = finite_product(np.array([0.05]), np.array([SIGMA / np.sqrt(0.05)]))[0]
    bound = float(spent / (SIGMA * np.sqrt(0.05)))  # of Theorems 2 and 3, over sigma sqrt(c')
    where = f"from m = {gains.min()} on" if gains.size else "nowhere"
    columns = ("m", "2 sigma sqrt(c' m)", "optimum", "CBL", "alone")
    numbers = [
        Number("CBL over the optimum, largest (at most 8)", float(ratio.max()), TOLERANCE),
        Number("optimum over 2 sigma sqrt(c' m), less 1, largest", off, TOLERANCE, 0.0),
        Number("CBL over the optimum at the largest m", float(ratio[-1]), TOLERANCE),
        Number("alone over the optimum at the largest m", float(alone[-1] / best[-1]), TOLERANCE),
        Number("bound of Theorems 2 and 3 per agent, over sigma sqrt(c')", bound, TOLERANCE, 1.0),
    ]
    return finding(
        numbers,
        float(ratio.max()) <= 8 * (1 + TOLERANCE),
        f"CBL pays at most {ratio.max():.4g} times the optimum; it saves something over "
        f"working alone {where} among the sizes tried",
        otherwise=f"CBL pays {ratio.max():.4g} times the optimum",
        method="exact",
        computed="n_opt and CBL for m equal agents with c' = 0.05, sigma = 10, real counts (the "
        "ratios do not depend on c' and sigma).",
        tables=[table("m equal agents: social penalties", columns, rows)],
    )


CLAIMS = (
    Claim(
        "equal-agents",
        "Example after Theorem 3, section 5",
        "With m equal agents and d = 1 the least social penalty is 2 sigma sqrt(c' m), and CBL's "
        "is at most 16 sigma sqrt(c' m).",
        check_equal_agents,
        drawing.equal_agents,
    ),
)
