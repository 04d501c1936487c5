"""The instances on which the claims are checked: the paper's, a worked case, random ones."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.measure.seeds import Stage, child
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.files import from_mapping

Array = NDArray[np.float64]

FIGURE1 = [[0.033], [0.066], [0.1]]
WORKED = 10.0, 200.0, 0.05  # n*, T and c of the worked case
SIGMA = 10.0  # of Figure 1, of the worked case, and wherever a claim does not depend on it


def estimation(costs: Any, **changes: Any) -> EstimationProblem:
    """Build an estimation game from a cost table, with sigma = 10 unless `changes` say so."""
    problem = from_mapping({"game": "estimation", "sigma": SIGMA, "costs": costs, **changes})
    assert isinstance(problem, EstimationProblem)  # noqa: S101 - that is what was asked for
    return problem


def figure1(**changes: Any) -> EstimationProblem:
    """Figure 1: three agents, one distribution."""
    return estimation(**{"costs": FIGURE1, **changes})


def worked_case(m: int = 20, d: int = 1, **changes: Any) -> EstimationProblem:
    """20 agents, c = 0.05, sigma = 10: 10 points each, all corrupted, under CBL."""
    return estimation(**{"costs": [[0.05] * d] * m, **changes})


def theorem4_costs(m: int, gamma: float = 0.05) -> list[list[float]]:
    """Eq. 19: agent 1 alone samples k = 1, all others only k = 2, all at gamma."""
    return [[gamma, float("inf")]] + [[float("inf"), gamma]] * (m - 1)


def random_problem(
    rng: np.random.Generator,
    *,
    leverage: bool,
    m: int | None = None,
    d: int | None = None,
    infinite: float = 0.3,
    groups: int | None = None,
    **changes: Any,
) -> EstimationProblem:
    """A random cost table. leverage: costs alike, which is where condition (8) holds.

    infinite: share of distributions an agent cannot sample (one agent can sample all of them).
    groups: with leverage, how many kinds of agents there are (default: a third of m).
    """
    m, d = m or int(rng.integers(2, 9)), d or int(rng.integers(1, 4))
    spread = 0.1 if leverage else 1.5
    costs = np.exp(rng.normal(np.log(0.05), spread, size=(m, d)))
    if leverage:  # groups of equal agents
        costs = costs[rng.integers(0, groups or max(1, m // 3), size=m)]
    blocked = rng.random((m, d)) < infinite
    blocked[rng.integers(m)] = False
    costs = np.where(blocked, np.inf, costs)
    sigma = np.exp(rng.normal(1.0, 0.5, size=d)) if rng.random() < 0.5 else np.full(d, SIGMA)
    return estimation(costs.tolist(), sigma=sigma.tolist(), **changes)


def generator(seed: int, *path: int) -> np.random.Generator:
    """Random numbers of one claim, and of one of its parts."""
    return np.random.default_rng(child(seed, Stage.REPRODUCE, *path))
