"""Small games in which checks put a strategy or a mechanism."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.check.report import BrokenError
from nashbox.mechanisms import CountedMean, Mechanism, SampleMean
from nashbox.problem.data import Collected, Dataset
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.files import from_mapping
from nashbox.problem.terms import Terms, View
from nashbox.strategies import Strategy

Array = NDArray[np.float64]
WORLDS = 7
AGENTS = 16
NEEDED = ("leaves_inputs_alone", "uses_only_its_generator")  # by the checks that follow
SHIFTS = (3.0, -250.0, 1e5)  # in units of the measurements; sigma is 10


def four_agents() -> tuple[EstimationProblem, Array]:
    """A problem with its plan, (4, 2), of which one agent cannot sample the second distribution."""
    costs = [[0.05, 0.1], [0.04, 0.2], [0.08, "inf"], [0.05, 0.1]]
    problem = from_mapping({"game": "estimation", "sigma": 10.0, "costs": costs})
    return problem, np.array([[6.0, 4.0], [7.0, 3.0], [5.0, 0.0], [6.0, 4.0]])


def games() -> Iterator[tuple[str, EstimationProblem, Mechanism, Terms]]:
    """The games every strategy is put into."""
    problem, plan = four_agents()
    for mechanism in (SampleMean(), CountedMean()):
        yield type(mechanism).__name__, problem, mechanism, mechanism.terms(problem, plan)


@dataclass
class Situation:
    """A pure strategy in agent 0's place, with data and information ready."""

    strategy: Strategy
    view: View
    problem: EstimationProblem
    mechanism: Mechanism
    terms: Terms

    def data(self, offset: float = 0.0, worlds: int = WORLDS) -> Dataset:
        """The same points whenever it is asked, moved by `offset`."""
        rng = np.random.default_rng(11)
        counts = np.asarray(self.strategy.gather(self.view, np.random.default_rng(5)))
        drawn = Collected(
            self.problem.source,
            self.problem.sigma,
            np.zeros(2),
            counts.astype(np.int64),
            worlds,
            rng,
        )
        return Dataset([drawn.points(k) + offset for k in range(2)], drawn.counts)

    def play(self, offset: float = 0.0, seed: int = 3) -> tuple[Dataset, Array, Array]:
        """Submission, information and estimate, the others honest, everything moved by `offset`."""
        rng = np.random.default_rng(seed)
        data = self.data(offset)
        handed = self.strategy.report(data, self.view, rng)
        others = [self._other(i, offset) for i in range(1, self.problem.m)]
        received = self.mechanism.mediate([handed, *others], self.terms, np.random.default_rng(2))[
            0
        ]
        estimate = self.strategy.estimate(data, handed, received, self.view, rng)
        return handed, np.asarray(received), np.asarray(estimate)

    def _other(self, i: int, offset: float) -> Dataset:
        rng = np.random.default_rng(100 + i)
        counts = self.terms.counts[i].astype(np.int64)
        points = [rng.normal(offset, 10.0, size=(WORLDS, n)) for n in counts]
        return Dataset(points, np.broadcast_to(counts, (WORLDS, 2)))


def each_game(strategy: Strategy, work: Callable[[Situation], str]) -> str:
    """Do a check in every game, with every pure strategy of a mixture."""
    said = ""
    for name, problem, mechanism, terms in games():
        for pure, _ in strategy.mixture():
            view = View(0, terms, terms.counts)
            try:
                said = work(Situation(pure, view, problem, mechanism, terms))
            except BrokenError as error:
                raise BrokenError(f"{error} (under {name})") from None
    return said


def small_terms(mechanism: Mechanism) -> Terms:
    """Terms for equal agents, of whom CBL asks for data."""
    costs = [[0.05, 0.05]] * AGENTS
    problem = from_mapping({"game": "estimation", "sigma": 10.0, "costs": costs})
    return mechanism.terms(problem, np.full((AGENTS, 2), 6.0))


def submissions_of(terms: Terms, offset: float = 0.0) -> list[Dataset]:
    """What agents hand in who follow the terms, moved by `offset`."""
    rng = np.random.default_rng(17)
    result = []
    for row in terms.counts:
        points = [rng.normal(0.0, 10.0, size=(WORLDS, int(n))) + offset for n in row]
        result.append(Dataset(points, np.broadcast_to(row.astype(np.int64), (WORLDS, row.size))))
    return result


def ask(mechanism: Mechanism, terms: Terms, submissions: list[Dataset], seed: int = 5) -> list[Any]:
    """What the mechanism answers."""
    return list(mechanism.mediate(submissions, terms, np.random.default_rng(seed)))


def same_points(before: Dataset, after: Dataset, what: str) -> None:
    """Refuse any change of the points; `what` says who made it."""
    for k in range(before.counts.shape[1]):
        if not np.array_equal(before.points(k), after.points(k), equal_nan=True):
            raise BrokenError(f"{what}; copy before changing")


def gap_between(expected: Array, found: Array) -> float:
    """Largest difference; inf where only one of the two is NaN."""
    if (np.isnan(expected) != np.isnan(found)).any():
        return float("inf")
    return float(np.nanmax(np.abs(expected - found), initial=0.0))
