"""A problem made ready to play: plan solved, mechanism built, terms published, strategies found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms import MECHANISMS, Mechanism
from nashbox.mechanisms.cbl.enforceable import condition_8
from nashbox.mechanisms.plans import PlanError, solve_plan
from nashbox.mechanisms.rounding import alone_penalties
from nashbox.problem.errors import InputError
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.spec import build, find_class
from nashbox.problem.terms import Terms, View
from nashbox.strategies import Strategy, Truthful, make_strategy

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Game:
    """Everything an experiment needs.

    plan: (m, d) real-valued counts, before any rounding. certified_gap: of the plan, None if the
    plan was given. strategies: by agent name, for agents who do not play the recommendation.
    """

    problem: EstimationProblem
    mechanism: Mechanism
    plan: Array
    certified_gap: float | None
    terms: Terms
    strategies: Mapping[str, Strategy] = field(default_factory=dict)

    def strategy(self, i: int) -> Strategy:
        """What agent i plays."""
        return self.strategies.get(self.problem.names[i], Truthful())

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
    def outside(self) -> Array:
        """What counts for individual rationality: the outside option, else working alone, (m,)."""
        given = self.problem.outside
        return np.where(np.isnan(given), self.penalties_alone, given)


def make_mechanism(problem: EstimationProblem, folder: Path | None = None) -> Mechanism:
    """Build the problem's mechanism; relative plug-in files start at its folder."""
    where = f"{problem.shown}: mechanism"
    spec = problem.mechanism
    cls = find_class(
        spec.name,
        MECHANISMS,
        Mechanism,  # type: ignore[type-abstract]  # only subclasses come back
        "nashbox.mechanisms",
        folder or problem.folder,
        where,
    )
    return build(cls, spec.parameters, where)


def solved_plan(problem: EstimationProblem) -> tuple[Array, float | None]:
    """Return the plan's real-valued counts (m, d) and its certified gap (None if given).

    Raises InputError naming the agents without a finite outside option where a rule needs one.
    """
    if not isinstance(problem.plan, str):
        return problem.plan, None
    outside = problem.outside
    real = alone_penalties(problem.costs, problem.sigma, integer=False)
    options = np.where(np.isnan(outside), real, outside)
    if problem.plan in ("nash", "kalai_smorodinsky") and np.isinf(options).any():
        who = [problem.names[i] for i in np.nonzero(np.isinf(options))[0]]
        shown = ", ".join(who[:5]) + (f" and {len(who) - 5} more" if len(who) > 5 else "")
        raise InputError(
            f"{problem.shown}: outside_option: plan {problem.plan!r} needs a finite one for every "
            f"agent who cannot sample everything, got none for {shown}"
        )
    try:
        plan = solve_plan(problem.plan, problem.costs, problem.sigma, options)
    except PlanError as error:
        raise InputError(f"{problem.shown}: plan {problem.plan!r}: {error}") from error
    return plan.counts, plan.certified_gap


def prepare(problem: EstimationProblem, *, recommended: bool = False) -> Game:
    """Solve the plan, publish the terms, and find the strategies.

    `recommended` ignores the problem's strategies.
    """
    mechanism = make_mechanism(problem)
    plan, gap = solved_plan(problem)
    terms = mechanism.terms(problem, plan)
    strategies = {}
    if not recommended:
        for name, spec in problem.strategies.items():
            where = f"{problem.shown}: strategies.{name}"
            strategies[name] = make_strategy(spec, where, problem.folder)
    return Game(problem, mechanism, plan, gap, terms, strategies)


def with_strategy(game: Game, name: str, strategy: Strategy) -> Game:
    """Return the game with one agent's strategy replaced."""
    return replace(game, strategies={**game.strategies, name: strategy})
