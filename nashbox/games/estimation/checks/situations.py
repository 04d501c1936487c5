"""Small games in which checks put a strategy or a mechanism."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nashbox.games.checking import BrokenError, SkippedError
from nashbox.games.estimation.named import solved_plan
from nashbox.mechanisms import CountedMean, Mechanism, SampleMean
from nashbox.problem.arrays import Array
from nashbox.problem.data import Collected, Dataset
from nashbox.problem.errors import ContractError, InputError
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.files import from_mapping
from nashbox.problem.terms import Terms, View
from nashbox.strategies import Strategy

WORLDS = 7
NEEDED = ("leaves_inputs_alone", "uses_only_its_generator")  # by the checks that follow
PARTS = (1, 10)  # of each decade of mu
POINTS = 500  # in a world that a mechanism is asked about


def four_agents() -> tuple[EstimationProblem, Array]:
    """A problem with its plan, (4, 2), of which one agent cannot sample the second distribution."""
    costs = [[0.05, 0.1], [0.04, 0.2], [0.08, "inf"], [0.05, 0.1]]
    problem = from_mapping({"game": "estimation", "sigma": 10.0, "costs": costs})
    return problem, np.array([[6.0, 4.0], [7.0, 3.0], [5.0, 0.0], [6.0, 4.0]])


SIZES = (  # agents, distributions, points owed
    (16, 2, 6),
    (2, 1, 1),
    (3, 1, 10_000),
    (5, 1, 100),
    (40, 3, 2),
)
Setting = tuple[str, EstimationProblem, Mechanism, Terms]


def equal_agents(agents: int, distributions: int, owed: int) -> tuple[EstimationProblem, Array]:
    """A problem of agents who are all alike, with a plan in which all owe the same."""
    costs = [[0.05] * distributions] * agents
    problem = from_mapping({"game": "estimation", "sigma": 10.0, "costs": costs})
    return problem, np.full((agents, distributions), float(owed))


def games(own: Setting | None = None) -> Iterator[Setting]:
    """The games every strategy is put into; `own` is the user's."""
    problem, plan = four_agents()
    for mechanism in (SampleMean(), CountedMean()):
        yield type(mechanism).__name__, problem, mechanism, mechanism.terms(problem, plan)
    for size in SIZES:
        problem, plan = equal_agents(*size)
        label = "{} agents, {} distributions, {} points owed".format(*size)
        yield label, problem, SampleMean(), SampleMean().terms(problem, plan)
    if own is not None:
        yield own


@dataclass
class Situation:
    """A pure strategy in one agent's place, with data and information ready."""

    strategy: Strategy
    view: View
    problem: EstimationProblem
    mechanism: Mechanism
    terms: Terms

    @property
    def d(self) -> int:
        """Number of distributions."""
        return self.problem.d

    def data(self, offset: float = 0.0, worlds: int = WORLDS) -> Dataset:
        """The same points whenever it is asked, moved by `offset`."""
        rng = np.random.default_rng(11)
        counts = np.asarray(self.strategy.gather(self.view, np.random.default_rng(5)))
        drawn = Collected(
            self.problem.source,
            self.problem.sigma,
            np.zeros(self.d),
            counts.astype(np.int64),
            worlds,
            rng,
        )
        return Dataset([drawn.points(k) + offset for k in range(self.d)], drawn.counts)

    def play(self, offset: float = 0.0, seed: int = 3) -> tuple[Dataset, Array, Array]:
        """Submission, information and estimate, the others honest, everything moved by `offset`."""
        rng, i = np.random.default_rng(seed), self.view.agent
        data = self.data(offset)
        handed = self.strategy.report(data, self.view, rng)
        everybody = [handed if j == i else self._other(j, offset) for j in range(self.problem.m)]
        dice = np.random.default_rng(2)
        (received,) = self.mechanism.inform(everybody, self.terms, dice, [i])
        estimate = self.strategy.estimate(data, handed, received, self.view, rng)
        return handed, np.asarray(received), np.asarray(estimate)

    def _other(self, i: int, offset: float) -> Dataset:
        rng = np.random.default_rng(100 + i)
        counts = self.terms.counts[i].astype(np.int64)
        sigma = self.terms.sigma
        pairs = zip(counts, sigma, strict=True)
        points = [rng.normal(offset, s, size=(WORLDS, n)) for n, s in pairs]
        return Dataset(points, np.broadcast_to(counts, (WORLDS, self.d)))


def each_game(strategy: Strategy, own: Setting | None, work: Callable[[Situation], str]) -> str:
    """Do a check in every game, with every pure strategy of a mixture.

    Raises SkippedError where there was nothing to test in any of them, BrokenError for a strategy
    that refuses them all.
    """
    said, skipped, refused = "", "", ""
    for name, problem, mechanism, terms in games(own):
        for pure, _ in strategy.mixture():
            view = View(0, terms, terms.counts)
            try:
                said = work(Situation(pure, view, problem, mechanism, terms))
            except SkippedError as reason:
                skipped = str(reason)
            except ContractError:
                raise
            except InputError as error:  # parameters that are made for other games
                if own is not None and name == own[0]:
                    raise
                refused = str(error)
            except BrokenError as error:
                raise BrokenError(f"{error} (in the game: {name})") from None
    if said:
        return said
    if refused and not skipped:
        hint = "" if own is not None else "; --problem FILE checks in a game that it is for"
        raise BrokenError(f"it refuses every game that it was tried in: {refused}{hint}")
    raise SkippedError(skipped)


def settings(mechanism: Mechanism, own: EstimationProblem | None) -> Iterator[tuple[str, Terms]]:
    """Terms of a mechanism for games of several sizes, and for the user's problem.

    Games that the rules are not for, as their InputError says, are left out. Raises it if there are
    no others, and for the user's problem.
    """
    refused, taken = None, False
    problems = [("four agents", *four_agents())]
    problems += [
        ("{} agents, {} distributions, {} points owed".format(*size), *equal_agents(*size))
        for size in SIZES
    ]
    for label, problem, plan in problems:
        try:
            terms = mechanism.terms(problem, plan)
        except ContractError:
            raise
        except InputError as error:
            refused = refused or error
            continue
        yield label, terms
        taken = True
    if own is not None:
        yield own.shown, mechanism.terms(own, solved_plan(own)[0])
        taken = True
    if not taken and refused is not None:
        raise refused


def submissions_of(terms: Terms, offset: float = 0.0, least: int = 0) -> list[Dataset]:
    """What agents hand in who follow the terms, moved by `offset`; `least` points or more."""
    rng = np.random.default_rng(17)
    result = []
    for row in np.maximum(terms.counts, least):
        points = [
            rng.normal(0.0, s, size=(WORLDS, int(n))) + offset
            for n, s in zip(row, terms.sigma, strict=True)
        ]
        result.append(Dataset(points, np.broadcast_to(row.astype(np.int64), (WORLDS, row.size))))
    return result


def ask(mechanism: Mechanism, terms: Terms, submissions: list[Dataset], seed: int = 5) -> list[Any]:
    """What the mechanism answers."""
    return list(mechanism.mediate(submissions, terms, np.random.default_rng(seed)))


def points(data: Dataset) -> list[Array]:
    """The points of every distribution."""
    return [data.points(k) for k in range(data.counts.shape[1])]


def gap_between(expected: Array, found: Array) -> float:
    """Largest difference; inf where only one of the two is NaN."""
    if (np.isnan(expected) != np.isnan(found)).any():
        return float("inf")
    return float(np.nanmax(np.abs(expected - found), initial=0.0))
