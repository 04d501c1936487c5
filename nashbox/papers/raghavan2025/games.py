"""The games that the claims are checked on: the two worked cases, and random ones.

Case a: both agents see P(1|0) = .4, P(1|1) = .6. Case c: A sees .2/.5, B as in case a. Prior 1/2.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from nashbox.problem.lattice import Floats
from nashbox.problem.observations import ObservationModel
from nashbox.problem.testing import RaceProblem, read_testing
from nashbox.solver import Race, exact_law

HALF = Fraction(1, 2)
BETAS = (Fraction(1, 10), Fraction(1, 20))
BETA = BETAS[0]
COIN = ObservationModel.parse(["3/5", "2/5"], ["2/5", "3/5"])
SHARP = ObservationModel.parse(["4/5", "1/5"], ["1/2", "1/2"])
CASES = {"a": {"A": COIN, "B": COIN}, "c": {"A": SHARP, "B": COIN}}
Pair = tuple[ObservationModel, ObservationModel]
TWENTIETHS = 20  # random pmfs are multiples of 1/20
LEAST = 0.05  # nats: games of less informative agents take too long to be worth it


def problem_of(
    models: Mapping[str, ObservationModel],
    beta: Fraction,
    payoff: Any = None,
    prior: Fraction = HALF,
    **strategy: Any,
) -> RaceProblem:
    """A testing problem in which everybody plays signaller(**strategy); tuples go by agent."""
    agents = [
        {
            "name": name,
            "p0": [str(p) for p in model.p0],
            "p1": [str(p) for p in model.p1],
            "strategy": {"name": "signaller"}
            | {key: v[i] if isinstance(v, tuple) else v for key, v in strategy.items()},
        }
        for i, (name, model) in enumerate(models.items())
    ]
    body = {
        "game": "testing",
        "prior": str(prior),
        "beta": str(beta),
        "payoff": payoff or "win",
        "agents": agents,
    }
    return read_testing(body, Path(), "the reproduced game")


def case_problem(case: str, beta: Fraction, payoff: Any = None, **strategy: Any) -> RaceProblem:
    """Case a or c."""
    return problem_of(CASES[case], beta, payoff, **strategy)


def random_model(rng: np.random.Generator) -> ObservationModel:
    """Two or three symbols, pmfs in twentieths, none zero, both divergences at least `LEAST`."""
    while True:
        size = int(rng.integers(2, 4))
        cuts = [rng.choice(np.arange(1, TWENTIETHS), size - 1, replace=False) for _ in (0, 1)]
        p0, p1 = (_pmf(np.sort(cut)) for cut in cuts)
        model = ObservationModel(p0, p1)
        if min(model.d01, model.d10) >= LEAST:
            return model


def _pmf(cuts: np.ndarray[Any, Any]) -> tuple[Fraction, ...]:
    ends = [0, *cuts.tolist(), TWENTIETHS]
    return tuple(Fraction(b - a, TWENTIETHS) for a, b in pairwise(ends))


def random_pairs(games: int, rng: np.random.Generator) -> list[Pair]:
    """Independent models for two agents."""
    return [(random_model(rng), random_model(rng)) for _ in range(games)]


def race_of(pair: Pair, beta: Fraction, tolerance: float = 1e-9, prior: Fraction = HALF) -> Race:
    """Exact race of two agents with w = 1, up to alive mass `tolerance`."""
    known = {model: exact_law([model], prior, beta, tolerance) for model in pair}
    weights = np.array([float(1 - prior), float(prior)])
    return Race(tuple(known[model] for model in pair), weights)


def flip_symmetric(model: ObservationModel) -> bool:
    """Whether swapping the hypotheses permutes the symbols."""
    pairs = sorted(zip(model.p0, model.p1, strict=True))
    return pairs == sorted(zip(model.p1, model.p0, strict=True))


def walk(net: int, up: float) -> Floats:
    """Chances of a step between -net and net of a walk that goes up with chance `up`."""
    size = 2 * net - 1
    return np.diag(np.full(size - 1, up), 1) + np.diag(np.full(size - 1, 1 - up), -1)


def written(model: ObservationModel) -> str:
    """Both pmfs in words."""
    return " against ".join(
        "(" + ", ".join(f"{float(p):g}" for p in pmf) + ")" for pmf in (model.p0, model.p1)
    )
