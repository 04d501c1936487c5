"""Theorem 5: CBL with any individually rational plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from nashbox.mechanisms.plans import solve_plan
from nashbox.papers.claim import Claim, Finding, Number, Parts, claim_in_parts
from nashbox.papers.clinton2025 import enforced
from nashbox.papers.clinton2025.instances import generator
from nashbox.papers.findings import finding
from nashbox.problem.estimation import EstimationProblem

FAIR = ("nash", "egalitarian", "kalai_smorodinsky")


def part_theorem5(quick: bool, seed: int, part: int) -> dict[str, Any]:
    """Fair plans and random rational plans on random cost tables."""
    rng = generator(seed, 105, part)
    return enforced.part_of(planned(rng, 6 if quick else 100))


def planned(rng: np.random.Generator, trials: int) -> Iterator[EstimationProblem]:
    """Problems with plans: for each of `trials` cost tables the fair ones and a mixture."""
    for trial in range(trials):
        draw = enforced.different if trial % 3 else enforced.alike
        problem = draw(rng, infinite=0.0)
        costs, sigma = problem.costs, problem.sigma
        plans = [solve_plan(rule, costs, sigma).counts for rule in FAIR]
        others = [solve_plan("ir_optimal", costs, sigma).counts, sigma / np.sqrt(costs)]
        for plan in [*plans, enforced.random_rational_plan(rng, [*plans, *others])]:
            yield replace(problem, plan=plan)


def merge_theorem5(parts: Sequence[Mapping[str, Any]]) -> Finding:
    """Hold the largest gain, excess and agent ratio to the theorem."""
    rows, refused = enforced.rows_of(parts)
    kept, why = enforced.stable(rows, refused)
    ratio = enforced.largest([r.agent for r in rows if r.leverage and not r.integer])
    numbers = [
        Number("agent's penalty over that under compliance, with (8) (at most 8)", ratio, 1e-6),
        *enforced.numbers(rows),
    ]
    return finding(
        numbers,
        kept and ratio <= enforced.BOUND * (1 + 1e-6),
        f"{why}; under (8) no agent's penalty exceeds {ratio:.4g} times what she would pay "
        "if everybody complied",
        method="exact",
        computed=f"{len(rows)} exact audits of CBL, half with whole counts, with the plans of Nash,"
        " egalitarian and Kalai-Smorodinsky bargaining and with random mixtures of these, n_opt"
        " and working alone (the rational set is convex), on random cost tables of 2 to 40"
        f" agents. {sum(r.corrupted for r in rows)} pairs (i, k) are corrupted.",
        tables=[enforced.by_size(rows, "agent")],
    )


CLAIMS: tuple[Claim, ...] = (
    claim_in_parts(
        "theorem5",
        "Theorem 5, section 6; appendix E",
        "With any individually rational plan n_B (CBL, s*) is a Nash equilibrium and individually "
        "rational; under condition (8) it 8-approximates n_B, agent by agent.",
        Parts(lambda quick: 8 if quick else 40, part_theorem5, merge_theorem5),
    ),
)
