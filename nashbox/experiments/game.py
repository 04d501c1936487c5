"""A problem made ready to play: plan solved, mechanism built, terms published, strategies found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms import MECHANISMS, Mechanism
from nashbox.mechanisms.cbl.enforceable import condition_8
from nashbox.mechanisms.plans import PlanError, solve_plan
from nashbox.mechanisms.rounding import alone_penalties
from nashbox.problem.channel import Play
from nashbox.problem.errors import ContractError, InputError, brief, told
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.spec import build, find_class
from nashbox.problem.terms import Terms, View
from nashbox.strategies import Strategy, Truthful, make_strategy

if TYPE_CHECKING:
    from nashbox.model import EstimationModel

Array = NDArray[np.float64]
T = TypeVar("T")


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

    def model(
        self,
        worlds: int,
        seed: int,
        *,
        offset: Array | float = 0.0,
        revision: Literal["sequential", "simultaneous"] | None = None,
        what_if: bool = False,
    ) -> EstimationModel:
        """Build the Mesa model of this game; the parameters are those of `EstimationModel`."""
        from nashbox.model import EstimationModel  # Mesa takes its time to load

        return EstimationModel(
            self.problem,
            self.mechanism,
            self.terms,
            self.strategies,
            replications=worlds,
            rng=seed,
            offset=offset,
            revision=revision,
            what_if=what_if,
        )

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


def check_names_found(problem: Any) -> None:
    """Find mechanism and strategies of a problem. Raises InputError."""
    if isinstance(problem, EstimationProblem):
        make_mechanism(problem)
        for name, spec in problem.strategies.items():
            make_strategy(spec, f"{problem.shown}: strategies.{name}", problem.folder)
    else:
        from nashbox.games.registry import prepare_game

        prepare_game(problem)


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
    terms = _published(mechanism, problem, plan)
    strategies = {}
    if not recommended:
        for name, spec in problem.strategies.items():
            where = f"{problem.shown}: strategies.{name}"
            strategies[name] = make_strategy(spec, where, problem.folder)
            view = View(problem.names.index(name), terms, terms.counts)
            _hold_to_contract(strategies[name], view, where)
    return Game(problem, mechanism, plan, gap, terms, strategies)


def _ask(where: str, method: str, call: Callable[[], T]) -> T:
    """Call a method of a plug-in; whatever it raises is an error that names it."""
    try:
        return call()
    except InputError as error:
        raise type(error)(f"{where}: {error}") from error
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a plug-in may raise whatever it likes
        raise ContractError(f"{where}: {method} raised {told(error)}") from error


def _published(mechanism: Mechanism, problem: EstimationProblem, plan: Array) -> Terms:
    """Ask for the terms and hold them to the contract."""
    where, method = f"{problem.shown}: mechanism", f"{type(mechanism).__name__}.terms"
    terms = _ask(where, method, lambda: mechanism.terms(problem, plan))
    allowed = f"{where}: {method} must return Terms with counts of shape {plan.shape}, all >= 0"
    if not isinstance(terms, Terms) or np.shape(terms.counts) != plan.shape:
        raise ContractError(f"{allowed}, got {brief(getattr(terms, 'counts', terms))}")
    counts = terms.counts
    good = np.isfinite(counts) & (counts >= 0) & ((counts == 0) | np.isfinite(problem.costs))
    if problem.integer:
        good &= counts == np.rint(counts)
    for i, k in np.argwhere(~good).tolist():
        raise ContractError(
            f"{allowed}, 0 where the cost is inf{', whole' * problem.integer}, got "
            f"{counts[i, k]:g} for {problem.names[i]}, {problem.distributions[k]}"
        )
    return terms


def _hold_to_contract(strategy: Strategy, view: View, where: str) -> None:
    """Refuse what a strategy says of itself if it has the wrong shape."""
    name, d = type(strategy).__name__, view.costs.size
    label = _ask(where, f"{name}.label", lambda: strategy.label)
    if not isinstance(label, str) or not label.isprintable():
        raise ContractError(f"{where}: {name}.label must be a printable text, got {brief(label)}")
    mixture = _ask(where, f"{name}.mixture", lambda: tuple(strategy.mixture()))
    parts = [part for part in mixture if isinstance(part, tuple) and len(part) == 2]
    weights = [p for pure, p in parts if isinstance(pure, Strategy) and p >= 0]
    if not mixture or len(weights) < len(mixture) or abs(sum(weights) - 1) > 1e-9:
        raise ContractError(
            f"{where}: {name}.mixture must return pairs of a strategy and its probability, which "
            f"sum to 1, got {brief(mixture)}"
        )
    for pure, _ in mixture:
        _ask(where, f"{name}.invariant", lambda pure=pure: pure.invariant(view))  # type: ignore[misc]
        plays = _ask(where, f"{name}.plays", lambda pure=pure: pure.plays(view))  # type: ignore[misc]
        if plays is None:
            continue
        good = isinstance(plays, (list, tuple)) and len(plays) == d
        if not good or not all(isinstance(p, Play) and p.n >= 0 and p.s >= 0 for p in plays):
            raise ContractError(
                f"{where}: {name}.plays must return one Play (n, s >= 0) per distribution ({d}), "
                f"or None, got {brief(plays)}"
            )


def with_strategy(game: Game, name: str, strategy: Strategy) -> Game:
    """Return the game with one agent's strategy replaced."""
    return replace(game, strategies={**game.strategies, name: strategy})
