"""Section 5's example: m equal agents who estimate one mean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nashbox.experiments.figures import BLACK, BLUE, ORANGE, RED
from nashbox.games.estimation import prepare
from nashbox.mechanisms.plans import alone_penalties, compliant_penalties
from nashbox.mechanisms.rounding import finite_product
from nashbox.papers.claim import Claim, ClaimTable, Finding, Number
from nashbox.papers.clinton2025.hardness import TOLERANCE, penalty
from nashbox.papers.clinton2025.instances import SIGMA, worked_case

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
    good = off <= TOLERANCE and float(ratio.max()) <= 8 * (1 + TOLERANCE)
    first = int(gains.min()) if gains.size else None
    return Finding(
        verdict="holds" if good else "fails",
        condition=(
            f"CBL pays at most {ratio.max():.4g} times the optimum; it saves something over "
            "working "
            f"alone {'from m = ' + str(first) + ' on' if first else 'nowhere'} among the sizes "
            "tried"
            if good
            else f"the optimum is off by {off:.3g}, relatively, or CBL pays {ratio.max():.4g} "
            "times it"
        ),
        method="exact",
        computed=(
            "n_opt and CBL for m equal agents with c' = 0.05, sigma = 10, real counts (the "
            "ratios do"
            " not depend on c' and sigma)."
        ),
        numbers=[
            Number("CBL over the optimum, largest (at most 8)", float(ratio.max()), TOLERANCE),
            Number("optimum over 2 sigma sqrt(c' m), less 1, largest", off, TOLERANCE, 0.0),
            Number("CBL over the optimum at the largest m", float(ratio[-1]), TOLERANCE),
            Number(
                "alone over the optimum at the largest m", float(alone[-1] / best[-1]), TOLERANCE
            ),
            Number(
                "bound of Theorems 2 and 3 per agent, over sigma sqrt(c')", bound, TOLERANCE, 1.0
            ),
        ],
        tables=[
            ClaimTable(
                "m equal agents: social penalties",
                ("m", "2 sigma sqrt(c' m)", "optimum", "CBL", "alone"),
                rows,
            )
        ],
    )


def draw_equal_agents(finding: Finding, figure: Figure) -> None:
    """Draw penalties per agent against m."""
    table = finding.tables[0]
    m = np.array(table.column("m"), dtype=float)
    ax = figure.subplots()
    for name, colour, marker in (("optimum", BLUE, "o"), ("CBL", RED, "s"), ("alone", ORANGE, "^")):
        social = np.array(table.column(name), dtype=float)
        ax.plot(m, social / m, marker + "-", color=colour, label=name)
    best = np.array(table.column("optimum"), dtype=float)
    ax.plot(m, 8 * best / m, "--", color=BLACK, label="8 times the optimum")
    ax.set_xscale("log")
    ax.set_yscale("log")
    ax.set_xlabel("agents m")
    ax.set_ylabel("penalty per agent")
    ax.legend(frameon=False)


CLAIMS = (
    Claim(
        "equal-agents",
        "Example after Theorem 3, section 5",
        "With m equal agents and d = 1 the least social penalty is 2 sigma sqrt(c' m), and "
        "CBL's is "
        "at most 16 sigma sqrt(c' m).",
        check_equal_agents,
        draw_equal_agents,
    ),
)
