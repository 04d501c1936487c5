"""Collaborative mean estimation as a game: a problem with plan, mechanism, terms and strategies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray

from nashbox.games.base import Deviation, Family, Game, Pay
from nashbox.games.rounds import Columns
from nashbox.mechanisms import MECHANISMS, Mechanism
from nashbox.mechanisms.cbl.enforceable import condition_8
from nashbox.mechanisms.rounding import alone_penalties
from nashbox.problem.estimation import EstimationProblem, check_can_draw
from nashbox.problem.spec import Spec
from nashbox.problem.terms import Terms, View
from nashbox.strategies import STRATEGIES, Strategy, Truthful, make_strategy

if TYPE_CHECKING:
    from nashbox.model import EstimationModel

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class EstimationGame(Game):
    """Everything an experiment needs.

    plan: (m, d) real-valued counts, before any rounding. certified_gap: of the plan, None if the
    plan was given. strategies: by agent name, for agents who do not play the recommendation.
    """

    pays: ClassVar[Pay] = Pay("penalty", -1)
    menu: ClassVar[Mapping[str, type]] = STRATEGIES
    mechanisms: ClassVar[Mapping[str, type]] = MECHANISMS
    strategy_base: ClassVar[type] = Strategy
    mechanism_base: ClassVar[type] = Mechanism
    has_plan: ClassVar[bool] = True
    engines: ClassVar[Mapping[str, str]] = {
        "plan": "nashbox.rules.planning:plan_report",
        "design": "nashbox.rules.design:design",
        "robust": "nashbox.rules.robust:robust",
        "coalitions": "nashbox.rules.coalitions:coalitions",
        "compare": "nashbox.experiments.compare:compare",
    }
    lone_table: ClassVar[str | None] = "costs"
    verdicts: ClassVar[Mapping[str, str]] = {
        "profitable": "honesty does not pay: at least one agent gains by leaving her strategy",
        "none_above_epsilon": "honesty pays: no deviation of the class gains more than epsilon",
        "undecided": "honesty is undecided: the budget leaves room for a gain above epsilon",
    }
    own_options: ClassVar[Mapping[str, Sequence[str]]] = {
        "run": ("revision",),
        "compare": ("goals", "rules"),
    }
    block: ClassVar[int] = 1000

    problem: EstimationProblem
    mechanism: Mechanism
    plan: Array
    certified_gap: float | None
    terms: Terms
    strategies: Mapping[str, Strategy] = field(default_factory=dict)

    @classmethod
    def prepared(cls, problem: Any, *, recommended: bool = False, **own: Any) -> EstimationGame:
        """Solve the plan, publish the terms, and find the strategies."""
        from nashbox.games.estimation.ready import prepare  # which builds on this module

        return prepare(problem, recommended=recommended)

    @classmethod
    def check_names(cls, problem: Any) -> None:
        """Find mechanism and strategies of a problem, the plan unsolved. Raises InputError."""
        from nashbox.games.estimation.ready import check_names

        check_names(problem)

    @classmethod
    def check_everyone(cls, problem: Any, spec: Spec, where: str) -> None:
        """Find a strategy, the plan unsolved. Raises InputError."""
        make_strategy(spec, where)

    @property
    def players(self) -> Sequence[str]:
        """Names of the agents."""
        return self.problem.names

    def recommended(self, i: int) -> Strategy:
        """What every mechanism recommends: the truth."""
        return Truthful()

    def strategy(self, i: int) -> Strategy:
        """What agent i plays."""
        return self.strategies.get(self.problem.names[i], Truthful())

    def with_strategies(
        self, strategies: Mapping[str, Any], *, specs: Mapping[str, Spec] | None = None
    ) -> Self:
        """Return the game with the named agents' strategies replaced."""
        return replace(self, strategies={**self.strategies, **strategies})

    def model(
        self,
        worlds: int,
        seed: int,
        at: Any = None,
        *,
        offset: Array | float = 0.0,
        revision: Literal["sequential", "simultaneous"] | None = None,
        what_if: bool = False,
    ) -> EstimationModel:
        """Build the Mesa model of this game; the parameters are those of `EstimationModel`.

        at: a state of nature (see `states`), which is the offset of mu; it asks what if, also where
        the rules take compliance for granted.
        """
        from nashbox.model import EstimationModel  # Mesa takes its time to load

        return EstimationModel(
            self.problem,
            self.mechanism,
            self.terms,
            self.strategies,
            replications=worlds,
            rng=seed,
            offset=offset if at is None else np.array(at),
            revision=revision,
            what_if=what_if or at is not None,
        )

    def check_playable(self) -> None:
        """Points are drawn in whole numbers. Raises InputError for counts that are not."""
        check_can_draw(self.problem)

    def unknowns(self) -> tuple[Sequence[Any], Mapping[str, Any]]:
        """Where mu lies: anywhere if nothing depends on it, else on a grid."""
        from nashbox.games.estimation import bench  # which builds on this module

        if all(bench.all_equivariant(self, i, self.strategy(i)) for i in range(self.m)):
            return (None,), {"mu": "any (all strategies are translation-equivariant)"}
        return bench.mu_grid(self.terms, 0), {"mu": bench.GRID_IN_WORDS}

    def opened(self, worlds: int, seed: int, at: Any, shown: int, **own: Any) -> EstimationModel:
        """A model that asks nobody what if, with strategies that revise in turn unless told."""
        revision = own.get("revision", "sequential")
        return self.model(worlds, seed, offset=0.0 if at is None else at, revision=revision)

    def columns(self, model: EstimationModel) -> Sequence[Columns]:
        """Points and what they cost, (R, d) and (R,), and squared errors."""
        keys = ("collected", "submitted", "error", "cost")
        return [{key: getattr(agent, key) for key in keys} for agent in model.players]

    def deviations(self, i: int) -> Sequence[Deviation | Family]:
        """The named strategies and all honest counts: see `catalogue`."""
        from nashbox.games.estimation.catalogue import catalogue

        return catalogue(self, i)

    def read_strategy(self, i: int, spec: Spec, folder: Path, where: str) -> Strategy:
        """Make the strategy that a problem file or option names."""
        return make_strategy(spec, where, folder)

    def is_honest(self, i: int, strategy: Any) -> bool:
        """The truth is, whatever else a class of one's own does."""
        return isinstance(strategy, Truthful)

    def profile_counts(self) -> Array:
        """Points every agent hands in, (m, d), as far as strategies say; else the recommended."""
        counts = self.terms.counts.astype(float).copy()
        for i, name in enumerate(self.problem.names):
            if name in self.strategies:
                plays = self.strategies[name].plays(View(i, self.terms, self.terms.counts))
                if plays is not None:
                    counts[i] = [play.s for play in plays]
        return counts

    def view(self, i: int) -> View:
        """What agent i knows: the terms, and how many points the others hand in."""
        return View(i, self.terms, self.profile_counts())

    @property
    def condition_8(self) -> bool:
        """Eq. 8 for the problem's plan."""
        return condition_8(self.plan, self.problem.costs, self.problem.sigma)

    @property
    def penalties_alone(self) -> Array:
        """What each agent reaches alone with the counts of this problem, (m,)."""
        p = self.problem
        return alone_penalties(p.costs, p.sigma, integer=p.integer)

    @property
    def options(self) -> Array:
        """What counts for individual rationality: the outside option, else working alone, (m,)."""
        given = self.problem.outside
        return np.where(np.isnan(given), self.penalties_alone, given)

    def outside(self, i: int) -> float:
        """Agent i's penalty if she stays away."""
        return float(self.options[i])
