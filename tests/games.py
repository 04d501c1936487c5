"""Games that many tests play."""

import numpy as np

from nashbox.problem.files import from_mapping

FIGURE1 = [[0.033], [0.066], [0.1]]


def figure1(**changes):
    return from_mapping({"game": "estimation", "sigma": 10.0, "costs": FIGURE1, **changes})


def worked_case(m=20, d=1, **changes):
    """20 agents, c = 0.05, sigma = 10: 10 points each, all corrupted, under CBL."""
    costs = [[0.05] * d for _ in range(m)]
    return from_mapping({"game": "estimation", "sigma": 10.0, "costs": costs, **changes})


def random_problem(rng, *, leverage, m=None, d=None, infinite=0.3, **changes):
    """A random cost table; `leverage` makes costs alike, which is where condition (8) holds."""
    m, d = m or int(rng.integers(2, 9)), d or int(rng.integers(1, 4))
    spread = 0.1 if leverage else 1.5
    costs = np.exp(rng.normal(np.log(0.05), spread, size=(m, d)))
    if leverage:
        costs = costs[rng.integers(0, max(1, m // 3), size=m)]  # groups of equal agents
    blocked = rng.random((m, d)) < infinite
    blocked[rng.integers(m)] = False
    costs = np.where(blocked, np.inf, costs)
    sigma = np.exp(rng.normal(1.0, 0.5, size=d)) if rng.random() < 0.5 else np.full(d, 10.0)
    body = {"game": "estimation", "sigma": sigma.tolist(), "costs": costs.tolist(), **changes}
    return from_mapping(body)
