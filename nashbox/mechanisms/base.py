"""What every mechanism is: published terms, and one method that mediates a step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from numpy.random import Generator

from nashbox.mechanisms.rounding import whole_counts
from nashbox.problem.arrays import Array
from nashbox.problem.channel import Channel, Joint
from nashbox.problem.data import Dataset
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.terms import Terms


def problem_counts(problem: EstimationProblem, plan: Array) -> Array:
    """Counts of a plan as the problem counts: real ones, or whole numbers."""
    if not problem.integer:
        return plan
    return whole_counts(problem.plan_name, plan, problem.costs, problem.sigma)


@dataclass(frozen=True)
class Mechanism(ABC):
    """Rules that turn submissions into information. Subclass it and write `mediate`.

    Parameters are dataclass fields. Class attributes say what the rules promise:

    sees: "count_and_mean" if an agent's information depends on her own submission only through
        the number and the mean of her points, distribution by distribution; else "points".
    equivariant: adding a constant to every point of a distribution adds it to the information.
    enforced: False for rules that take compliance for granted.
    usual: False for rules that take part in a comparison only where they are named.
    no_formula: why there is no exact formula where there might be one, in words.
    """

    sees: ClassVar[Literal["count_and_mean", "points"]] = "points"
    equivariant: ClassVar[bool] = True
    enforced: ClassVar[bool] = True
    usual: ClassVar[bool] = True
    no_formula: ClassVar[str] = ""

    def terms(self, problem: EstimationProblem, plan: Array) -> Terms:
        """Publish terms for a plan of real-valued counts (m, d): here, to follow the plan."""
        return Terms.of(problem, problem_counts(problem, plan), self)

    @abstractmethod
    def mediate(
        self, submissions: Sequence[Dataset], terms: Terms, rng: Generator
    ) -> Sequence[Any]:
        """Turn what the m agents hand in into m pieces of information.

        A submission has `points(k)` of shape (R, w_k), NaN beyond a world's count, and `counts`,
        `sum` and `mean` of shape (R, d). Information is usually an estimate (R, d) of mu, NaN
        where nothing is returned; it may be any array whose first axis is R.
        """

    def inform(
        self, submissions: Sequence[Dataset], terms: Terms, rng: Generator, readers: Sequence[int]
    ) -> list[Any]:
        """Return the information of `readers` only; override where that saves work."""
        information = self.mediate(submissions, terms, rng)
        return [information[i] for i in readers]

    def channel(self, terms: Terms, agent: int, k: int, others: float) -> Channel | None:
        """Exact risks for one agent and distribution, or None where no formula is known."""
        return None

    def tied(self, terms: Terms, agent: int, others: Array) -> Joint | None:
        """Exact risks of all distributions together, `others` (d,) honest points given.

        Only for rules whose answer on one distribution depends on what is handed in of another;
        None says that the channels tell everything.
        """
        return None


@dataclass(frozen=True)
class PerReader(Mechanism):
    """Rules that answer each reader by herself. Subclass it and write `inform`."""

    def mediate(self, submissions: Sequence[Dataset], terms: Terms, rng: Generator) -> list[Any]:
        """Answer everybody."""
        return self.inform(submissions, terms, rng, range(len(submissions)))

    @abstractmethod
    def inform(
        self, submissions: Sequence[Dataset], terms: Terms, rng: Generator, readers: Sequence[int]
    ) -> list[Any]:
        """Return the information of `readers`; see `Mechanism.mediate`."""
