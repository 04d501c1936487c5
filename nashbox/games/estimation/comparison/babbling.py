"""Equilibria in which some hand in noise: every mechanism has them.

What an agent hands in does not change what the others know of her honesty: if all take her points
for noise she loses nothing by handing in noise. A comparison looks among profiles in which
everybody hands in what she measured; here is what the others cost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.rounding import alone_counts, finite_product
from nashbox.problem.estimation import EstimationProblem


@dataclass(frozen=True)
class Babbling:
    """agents: who hands in noise. social_penalty: of everybody, best responses by the others.

    under: "every mechanism", or only those that give everybody's points to everybody.
    """

    agents: Sequence[str]
    social_penalty: float
    under: str


EVERY, POOLED = "every mechanism", "mechanisms that give everybody all points"


def babbling(problem: EstimationProblem) -> list[Babbling]:
    """What it costs if the cheapest agent hands in noise, the cheapest two, and everybody."""
    order = np.argsort(np.where(np.isfinite(problem.costs), problem.costs, np.inf).sum(axis=1))
    sizes = sorted({1, 2, problem.m} & set(range(1, problem.m + 1)))
    return [
        Babbling(
            tuple(problem.names[i] for i in sorted(order[:size])),
            social(problem, order[:size]),
            EVERY if size == problem.m else POOLED,
        )
        for size in sizes
    ]


def social(problem: EstimationProblem, noisy: NDArray[np.intp]) -> float:
    """Social penalty where all points are pooled and those of `noisy` are known to be noise.

    With n_i what i collects alone and C the honest agents: the one who wants most, N = max_C n_i,
    collects it for all; who wants more than N adds n_i - N for herself. Penalties are
    sigma^2/max(N, n_i) + c_i (what i collects).
    """
    alone = alone_counts(problem.costs, problem.sigma, integer=problem.integer)
    honest = np.ones(problem.m, dtype=bool)
    honest[noisy] = False
    common = alone[honest].max(axis=0, initial=0.0)
    own = np.maximum(alone - common, 0.0)
    for k in np.nonzero(common)[0]:
        own[np.nonzero(honest & (alone[:, k] == common[k]))[0][0], k] = common[k]
    with np.errstate(divide="ignore"):
        errors = problem.sigma**2 / np.maximum(common, alone)
    return float((errors + finite_product(problem.costs, own)).sum())
