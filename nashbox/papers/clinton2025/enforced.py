"""What Theorems 1 and 5 share: CBL measured on an instance, and measurements summed up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from itertools import pairwise
from typing import Any, Literal, cast

import numpy as np

from nashbox.experiments.audit import Audit, audit
from nashbox.games.estimation import prepare
from nashbox.mechanisms.cbl import CblTerms
from nashbox.mechanisms.plans import compliant_penalties
from nashbox.papers.claim import ClaimTable, Number
from nashbox.papers.clinton2025.instances import Array, random_problem
from nashbox.papers.findings import table
from nashbox.problem.errors import InputError
from nashbox.problem.estimation import EstimationProblem

NO_GAIN = 1e-6  # of the penalty: what counts as no gain, above all numerical errors
RATIONAL = 1e-9
BOUND = 8.0  # of Theorems 1 and 5 under condition (8)
COLUMNS = (
    "agents",
    "instances",
    "largest gain",
    "largest excess over alone",
    "largest ratio, with (8)",
    "largest ratio, without (8)",
    "bound sqrt(m)",
)


@dataclass(frozen=True)
class EnforcedPlan:
    """CBL on one instance.

    corrupted: pairs (i, k) in case C. gain: upper bound of any agent's gain by any deviation,
    relative to her penalty. excess: largest penalty over penalty alone, less 1. social, agent:
    penalties over those of the compliant sample mean at the best rational plan, and at this plan.
    """

    m: int
    leverage: bool
    integer: bool
    corrupted: int
    gain: float
    excess: float
    social: float
    agent: float


def measure(problem: EstimationProblem) -> EnforcedPlan:
    """Audit the recommended profile, exactly. Raises InputError where CBL cannot be built."""
    game, result = prepare(problem), cast(Audit, audit(problem, method="exact"))
    assert isinstance(game.terms, CblTerms)  # noqa: S101 - these are claims about CBL
    honest = compliant_penalties(game.plan, problem.costs, problem.sigma)
    penalties = np.array([a.penalty for a in result.agents])
    return EnforcedPlan(
        m=problem.m,
        leverage=game.terms.leverage,
        integer=problem.integer,
        corrupted=int(np.isfinite(game.terms.alpha).sum()),
        gain=max(a.gain.upper / a.penalty for a in result.agents),
        excess=float((penalties / game.options - 1).max()),
        social=float(result.efficiency_ratio or np.inf),
        agent=float((penalties / honest).max()),
    )


def alike(rng: np.random.Generator, **changes: Any) -> EstimationProblem:
    """Many agents of one or two kinds: here CBL corrupts data."""
    return random_problem(
        rng,
        leverage=True,
        m=int(rng.integers(10, 41)),
        d=int(rng.integers(1, 3)),
        groups=int(rng.integers(1, 3)),
        **{"infinite": 0.1, "counts": "real", **changes},
    )


def different(rng: np.random.Generator, **changes: Any) -> EstimationProblem:
    """Few agents with costs that may differ a lot: here (8) mostly fails."""
    return random_problem(rng, leverage=bool(rng.random() < 0.4), **{"counts": "real", **changes})


def part_of(problems: Iterable[EstimationProblem]) -> dict[str, Any]:
    """Measurements with real and with whole counts, and how often CBL could not be built."""
    rows: list[list[Any]] = []
    refused = 0
    for problem in problems:
        for counts in ("real", "integer"):
            try:
                rows.append(list(astuple(measure(replace(problem, counts=counts)))))
            except InputError:
                refused += 1
    return {"rows": rows, "refused": refused}


def rows_of(parts: Sequence[Mapping[str, Any]]) -> tuple[list[EnforcedPlan], int]:
    """Return the measurements of all parts, and how often CBL could not be built."""
    rows = [EnforcedPlan(*row) for part in parts for row in part["rows"]]
    return rows, sum(part["refused"] for part in parts)


def largest(values: Sequence[float]) -> float:
    """Largest value, NaN of none: a comparison with it is false."""
    return float(max(values, default=float("nan")))


def by_size(rows: Sequence[EnforcedPlan], ratio: Literal["social", "agent"]) -> ClaimTable:
    """Largest values for every range of m; ratios with real counts, as the theorems have them."""
    edges = (2, 3, 4, 5, 6, 7, 8, 9, 16, 25, 36, 10**9)
    lines: list[list[Any]] = []
    for low, top in pairwise(edges):
        mine = [r for r in rows if low <= r.m < top]
        if not mine:
            continue
        m = max(r.m for r in mine)
        ratios = [
            max(
                (getattr(r, ratio) for r in mine if not r.integer and r.leverage == with_8),
                default=None,
            )
            for with_8 in (True, False)
        ]
        gain, excess = largest([r.gain for r in mine]), largest([r.excess for r in mine])
        label = f"{low}" if top == low + 1 else f"{low} to {m}"
        lines.append([label, len(mine), gain, excess, *ratios, np.sqrt(m)])
    what = {"social": "social penalty over the best", "agent": "penalty over that if all comply"}
    return table(f"By the number of agents (ratio: {what[ratio]})", COLUMNS, lines)


def stable(rows: Sequence[EnforcedPlan], refused: int) -> tuple[bool, str]:
    """Whether nobody loses against working alone, with the reason if not.

    That nobody gains is for `numbers` to say.
    """
    excess = largest([r.excess for r in rows])
    corrupted = sum(r.corrupted for r in rows)
    if refused:
        return False, f"for {refused} instances there is no corruption coefficient"
    if not excess <= RATIONAL:
        return False, f"an agent's penalty is {excess:.3g} above working alone, relatively"
    if not corrupted:
        return False, "no instance has corrupted data, so nothing was put to the test"
    return True, "nobody gains by any deviation, and nobody is worse off than alone"


def numbers(rows: Sequence[EnforcedPlan]) -> list[Number]:
    """Largest gain and excess, with their tolerances."""
    gain, excess = largest([r.gain for r in rows]), largest([r.excess for r in rows])
    return [
        Number("largest gain by a deviation, of the penalty", gain, NO_GAIN, 0.0),
        Number("largest penalty over alone, less 1 (at most 0)", excess, RATIONAL),
    ]


def random_rational_plan(rng: np.random.Generator, plans: Sequence[Array]) -> Array:
    """Mix rational plans: penalties are convex in the counts, so a mixture is rational too."""
    weights = rng.dirichlet(np.ones(len(plans)))
    return np.asarray(sum(w * plan for w, plan in zip(weights, plans, strict=True)))
