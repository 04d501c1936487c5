"""A profile of mean estimation: terms, who plays what, and what everybody would reach alone."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from nashbox.games.estimation import named
from nashbox.games.estimation.contract import published
from nashbox.games.estimation.declared import EstimationDeclared
from nashbox.mechanisms import MECHANISMS, Mechanism
from nashbox.mechanisms.cbl.enforceable import condition_8
from nashbox.mechanisms.rounding import alone_penalties
from nashbox.problem.arrays import Array
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.spec import Spec
from nashbox.problem.terms import Terms, View, sums_of_others
from nashbox.strategies import Strategy, Truthful, make_strategy


@dataclass(frozen=True, eq=False)
class EstimationProfile(EstimationDeclared):
    """A problem with plan, mechanism, terms and strategies.

    plan: (m, d) real-valued counts, before any rounding. certified_gap: of the plan, None if the
    plan was given. strategies: by agent name, for agents who do not play the recommendation.
    """

    problem: EstimationProblem
    mechanism: Mechanism
    plan: Array
    certified_gap: float | None
    terms: Terms
    strategies: Mapping[str, Strategy] = field(default_factory=dict)

    @classmethod
    def prepared(cls, problem: Any, *, recommended: bool = False, **own: Any) -> Self:
        """Solve the plan, publish the terms, and find the strategies."""
        mechanism = named.make_mechanism(problem)
        plan, gap = named.solved_plan(problem)
        terms = published(mechanism, problem, plan)
        strategies = {} if recommended else named.made_strategies(problem, terms)
        return cls(problem, mechanism, plan, gap, terms, strategies)

    @property
    def shown(self) -> str:
        """The problem's file."""
        return self.problem.shown

    @property
    def specs(self) -> Mapping[str, Spec]:  # type: ignore[override]
        """How the problem names what agents play."""
        return {n: s for n, s in self.problem.strategies.items() if isinstance(s, Spec)}

    @property
    def players(self) -> Sequence[str]:
        """Names of the agents."""
        return self.problem.names

    def recommended(self, i: int) -> Strategy:
        """What every mechanism recommends: the truth."""
        return Truthful()

    def is_honest(self, i: int, strategy: Any) -> bool:
        """The truth is, whatever else a class of one's own does."""
        return isinstance(strategy, Truthful)

    def read_strategy(self, i: int, spec: Spec, folder: Path, where: str) -> Strategy:
        """Make the strategy that a problem file or option names."""
        return make_strategy(spec, where, folder)

    def kind(self, i: int) -> Hashable:
        """Agents are alike if costs and all their rows of the published terms are.

        That is known of built-in mechanisms; with one's own every agent is her own kind.
        """
        return b"".join(row[i].tobytes() for row in self._stated) if self._stated else i

    @cached_property
    def _stated(self) -> list[NDArray[Any]]:
        """What the terms of built-in mechanisms say agent by agent, (m, ...) each."""
        if type(self.mechanism) not in MECHANISMS.values():
            return []
        said = {f.name: np.asarray(getattr(self.terms, f.name)) for f in fields(self.terms)[2:]}
        return [t for name, t in said.items() if t.shape[:1] == (self.m,) and name != "sigma"]

    def profile_counts(self) -> Array:
        """Points every agent hands in, (m, d), as far as strategies say; else the recommended."""
        return self._profile[0]

    @cached_property
    def _profile(self) -> tuple[Array, Array]:
        """The same, and what all others hand in, (m, d); neither is to be changed."""
        counts = self.terms.counts.astype(float).copy()
        for i, name in enumerate(self.problem.names):
            if name in self.strategies:
                plays = self.strategies[name].plays(View(i, self.terms, self.terms.counts))
                if plays is not None:
                    counts[i] = [play.s for play in plays]
        pooled = sums_of_others(counts)
        for table in (counts, pooled):
            table.setflags(write=False)
        return counts, pooled

    def view(self, i: int) -> View:
        """What agent i knows: the terms, and how many points the others hand in."""
        return self._views[i]

    @cached_property
    def _views(self) -> list[View]:
        counts, pooled = self._profile
        return [View(i, self.terms, counts, others) for i, others in enumerate(pooled)]

    @cached_property
    def variant(self) -> frozenset[int]:
        """Agents who play what is not translation-equivariant."""
        return frozenset(
            i
            for i in range(self.m)
            if not all(pure.invariant(self.view(i)) for pure, _ in self.strategy(i).mixture())
        )

    @property
    def equivariant(self) -> bool:
        """Whether rules and all strategies promise translation equivariance."""
        return self.mechanism.equivariant and not self.variant

    @property
    def condition_8(self) -> bool:
        """Eq. 8 for the problem's plan."""
        return condition_8(self.plan, self.problem.costs, self.problem.sigma)

    @cached_property
    def penalties_alone(self) -> Array:
        """What each agent reaches alone with the counts of this problem, (m,)."""
        p = self.problem
        return alone_penalties(p.costs, p.sigma, integer=p.integer)

    @cached_property
    def options(self) -> Array:
        """What counts for individual rationality: the outside option, else working alone, (m,)."""
        given = self.problem.outside
        return np.where(np.isnan(given), self.penalties_alone, given)

    def outside(self, i: int) -> float:
        """Agent i's penalty if she stays away."""
        return float(self.options[i])
