"""Everything exact about a testing game in which all agents rely on themselves (w = 1).

`solve` puts together the agents' own laws (`exact`, or `grid` where beliefs are too many), the
race between them (`race`) and the pooled benchmark, in which one Bayesian test sees all agents'
symbols of each iteration. `Solution.error_bound` bounds the absolute error of every number in it:
the alive mass at the end, ambiguous cells of the grid, and floating point.

>>> from nashbox.problem.observations import ObservationModel
>>> coin = ObservationModel.parse(["2/3", "1/3"], ["1/3", "2/3"])
>>> answer = solve({"A": coin, "B": coin}, Fraction(1, 2), Fraction(1, 5))
>>> round(answer.expected_time["A"], 9), answer.error_bound < 1e-9
(3.6, True)
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from nashbox.problem.errors import InputError
from nashbox.problem.lattice import Floats
from nashbox.problem.notebook import Shown
from nashbox.problem.observations import ObservationModel
from nashbox.problem.odds import Symbols
from nashbox.problem.ticker import Ticker
from nashbox.solver.exact import exact_law
from nashbox.solver.grid import grid_law
from nashbox.solver.law import StoppingLaw
from nashbox.solver.race import Race


@dataclass(frozen=True, eq=False)
class Solution(Shown):
    """Exact numbers of a testing game; times in iterations, divergences in nats.

    Mappings go by agent name. `error_winner` and `error_loser` are given a strict win (with more
    than two agents the loser's is the average over the losers); `error_interactive` counts win,
    tie and loss; `expected_max` is without interaction, `expected_min` with anticipation.
    """

    arithmetic: str
    error_bound: float
    tail_mass: float
    divergence: dict[str, tuple[float, float]]
    expected_time: dict[str, float]
    error: dict[str, float]
    error_given: dict[str, tuple[float, float]]
    wins: dict[str, float]
    tie: float
    expected_min: float
    expected_max: float
    error_winner: float
    error_loser: float
    error_interactive: dict[str, float]
    pooled_time: float
    pooled_error: float
    laws: dict[str, StoppingLaw]
    pooled_law: StoppingLaw

    def to_json(self) -> dict[str, object]:
        """Answer as `nashbox solve` does, format nashbox-solve/1; infinity is "inf"."""
        return {
            "format": "nashbox-solve/1",
            "arithmetic": self.arithmetic,
            "error_bound": _number(self.error_bound),
            "tail_mass": self.tail_mass,
            "kl": {
                name: {"d01": _number(d01), "d10": _number(d10)}
                for name, (d01, d10) in self.divergence.items()
            },
            "alone": {
                name: {
                    "expected_stopping_time": self.expected_time[name],
                    "error": self.error[name],
                    "error_given_0": self.error_given[name][0],
                    "error_given_1": self.error_given[name][1],
                }
                for name in self.laws
            },
            "p_wins": self.wins,
            "p_tie": self.tie,
            "expected_min": self.expected_min,
            "expected_max": self.expected_max,
            "error_winner": self.error_winner,
            "error_loser": self.error_loser,
            "error_interactive": self.error_interactive,
            "pooled": {
                "expected_stopping_time": self.pooled_time,
                "error": self.pooled_error,
            },
        }


def _number(value: float) -> float | str:
    return "inf" if value == math.inf else value


STEPS = 100  # of the progress of a test
LONGEST = 30_000  # iterations of all tests together that exact answers follow


def check_game(models: Mapping[str, ObservationModel], prior: Fraction, beta: Fraction) -> None:
    """Raise InputError unless everybody can reach the threshold, and has not yet done so."""
    if not 0 < beta < Fraction(1, 2):
        raise InputError(f"beta must be in (0, 1/2), got {beta}")
    if not beta < min(prior, 1 - prior):
        raise InputError(
            f"min(prior, 1 - prior) must be above beta = {beta}, got prior = {prior}: "
            "the test would be over before the first observation"
        )
    for name, model in models.items():
        if not model.informative:
            raise InputError(
                f"agent {name}: p0 and p1 must differ, got the same pmf twice: "
                "its observations say nothing and it would never stop"
            )
    needed = sum(iterations_needed(model, beta) for model in set(models.values()))
    if needed > LONGEST:
        raise InputError(
            f"p0 and p1 hardly differ (agents {', '.join(models)}): tests would have to be "
            f"followed for about {needed:.2g} iterations, exact answers for {LONGEST}; nashbox run "
            "plays them"
        )


def iterations_needed(model: ObservationModel, beta: Fraction, tolerance: float = 1e-12) -> float:
    """Iterations until all but `tolerance` of the tests have ended, roughly.

    A Brownian motion with the drift and the variance v of the log odds (drift v/2) leaves an
    interval of width W at the rate v/8 + pi^2 v / (2 W^2).
    """
    width = 2 * math.log(float((1 - beta) / beta))
    steps = [
        (float(p), step)
        for p, step in zip(model.p0, model.log_likelihood_ratios, strict=True)
        if math.isfinite(step)
    ]
    proof = 1.0 - sum(p for p, _ in steps)  # chance of a symbol that settles it
    v = sum(p * step**2 for p, step in steps)
    rate = v / 8 + math.pi**2 * v / (2 * width**2) + proof
    return -math.log(tolerance) / rate if rate > 0 else math.inf  # odds that round to 1


def solve(
    models: Mapping[str, ObservationModel],
    prior: Fraction,
    beta: Fraction,
    tolerance: float = 1e-12,
    arithmetic: str = "auto",
    cells: int | None = None,
    progress: Ticker | None = None,
) -> Solution:
    """Solve a game of two or more agents with w = 1; prior = P(theta = 1).

    `tolerance` is the alive mass at which the recursion ends (a grid ends at 1e-10 at the latest).
    arithmetic: "exact" lists beliefs at any price; "auto" changes over to a grid of `cells` cells
    where a layer has too many (None: as many as an error of about 1e-5 takes, at most a million);
    "grid" is the same with the change after the first few layers.
    progress: is told done and total, in steps of 1/`STEPS` of a test, by the mass still alive.
    Raises InputError for games that `check_game` refuses, for fewer than two agents, and for more
    pooled symbols than `Symbols.of` takes.
    """
    if len(models) < 2:
        raise InputError(f"a race needs at least two agents, got {len(models)}")
    if arithmetic not in ("auto", "exact", "grid"):
        raise InputError(f"arithmetic must be auto, exact or grid, got {arithmetic!r}")
    check_game(models, prior, beta)
    Symbols.of(tuple(models.values()))  # refuses too many before any test is followed
    tests = [*((model,) for model in dict.fromkeys(models.values())), tuple(models.values())]

    def law(number: int) -> StoppingLaw:
        def watch(alive: float) -> None:
            if progress is not None:  # what is alive falls by about the same share each time
                share = math.log(alive) / math.log(tolerance) if 0 < alive < 1 else alive == 0
                progress(int(STEPS * (number + min(share, 1.0))), STEPS * len(tests))

        watch(1.0)
        if arithmetic == "exact":
            return exact_law(tests[number], prior, beta, tolerance, watch)
        options = {"states": 100} if arithmetic == "grid" else {}
        return grid_law(tests[number], prior, beta, tolerance, cells, watch=watch, **options)

    *known, pooled = [law(number) for number in range(len(tests))]
    alone = {model: found for (model, *_), found in zip(tests, known, strict=False)}
    laws = {name: alone[model] for name, model in models.items()}
    weights = np.array([float(1 - prior), float(prior)])
    return _collect(models, laws, pooled, weights)


def _collect(
    models: Mapping[str, ObservationModel],
    laws: dict[str, StoppingLaw],
    pooled: StoppingLaw,
    weights: Floats,
) -> Solution:
    game = Race(tuple(laws.values()), weights)
    place = {name: i for i, name in enumerate(laws)}
    wins = {name: game.wins(i) for name, i in place.items()}
    strict = sum(wins.values())
    wrong = sum(game.wins_wrongly(i) for i in place.values())
    lost = sum(game.loses_wrongly(i) for i in place.values()) / (len(laws) - 1)
    every = [*laws.values(), pooled]
    return Solution(
        arithmetic="grid" if any(one.arithmetic == "grid" for one in every) else "exact",
        error_bound=_error_bound(game, pooled, strict),
        tail_mass=max(float(one.tail.max()) for one in every),
        divergence={name: (model.d01, model.d10) for name, model in models.items()},
        expected_time={name: game.mean(one.expected_time) for name, one in laws.items()},
        error={name: game.mean(one.error) for name, one in laws.items()},
        error_given={
            name: (float(one.error[0]), float(one.error[1])) for name, one in laws.items()
        },
        wins=wins,
        tie=game.tie,
        expected_min=game.expected_min,
        expected_max=game.expected_max,
        error_winner=wrong / strict if strict > 0 else math.nan,
        error_loser=lost / strict if strict > 0 else math.nan,
        error_interactive={name: game.interactive_error(i) for name, i in place.items()},
        pooled_time=game.mean(pooled.expected_time),
        pooled_error=game.mean(pooled.error),
        laws=laws,
        pooled_law=pooled,
    )


def _error_bound(game: Race, pooled: StoppingLaw, strict: float) -> float:
    """Bound of the absolute error of every number of a Solution.

    Off the events behind `slip` all agents stop when and as computed. So probabilities are off by
    the sum of the slips, times by the sum of the delays, conditional ones by both ends of their
    fraction; given-theta errors by one agent's slip given that theta.
    """
    slips = sum(game.mean(law.slip) for law in game.laws)
    delays = sum(game.mean(law.delay) for law in game.laws)
    leaning = sum(game.uncertain_leaning(i) for i in range(len(game.laws)))
    given = max(float(law.slip.max()) for law in (*game.laws, pooled))
    share = (2 * slips + leaning) / max(strict - slips, 1e-300)
    parts = [share, delays, slips + leaning, given, game.mean(pooled.delay)]
    largest = max([1.0, *(float(law.expected_time.max()) for law in game.laws)])
    rounding = sum(law.rounding for law in (*game.laws, pooled)) * 2 * largest * len(game.laws)
    return max(parts) + rounding
