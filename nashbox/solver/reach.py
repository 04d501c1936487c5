"""Who is surely still testing after some tests: bounds of stopping laws that need no law."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from nashbox.problem.lattice import Floats
from nashbox.problem.observations import ObservationModel, log_of_parts


def alive_at_least(model: ObservationModel, prior: Fraction, beta: Fraction, tests: int) -> float:
    """A lower bound of the chance that an agent by herself has not stopped after some tests.

    Given theta, her log odds walk by independent steps from the prior's until they leave (-L, L).
    0, which is always one, where a symbol settles the question.
    """
    prior_log, other_log = log_of_parts(prior), log_of_parts(1 - prior)
    odds, level = prior_log - other_log, log_of_parts(1 - beta) - log_of_parts(beta)
    p = np.array([[float(x) for x in row] for row in (model.p0, model.p1)])
    if (p == 0).any():
        return 0.0
    step = np.log(p[1] / p[0])
    weights = [1 - float(prior), float(prior)]
    stopped = [
        sum(_reaches(sign * step, row, level - sign * odds, tests) for sign in (1.0, -1.0))
        for row in p
    ]
    return sum(w * max(0.0, 1 - s) for w, s in zip(weights, stopped, strict=True))


def _reaches(step: Floats, p: Floats, level: float, tests: int) -> float:
    """At most the chance that a walk S from 0 reaches a level.

    Chernoff's bound for its maximum: for all t > 0, P(max S >= L) <= exp(-t L) max(1, M(t))^tests
    with M(t) = E exp(t step), by Doob's inequality for exp(t S).
    """
    if level <= 0:
        return 1.0
    t = np.geomspace(1e-4, 1e3, 400)
    top = np.multiply.outer(t, step).max(axis=1)
    growth = np.exp(np.multiply.outer(t, step) - top[:, None]) @ p
    log_m = np.maximum(0.0, top + np.log(growth))
    return float(np.exp(min(0.0, (tests * log_m - t * level).min())))
