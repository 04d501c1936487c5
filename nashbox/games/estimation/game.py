"""Collaborative mean estimation as a game: a problem with plan, mechanism, terms and strategies."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from nashbox.games.base import Deviation, Exact, Family, Game, Pay, Played
from nashbox.games.declared import Control
from nashbox.games.estimation import named
from nashbox.games.estimation.contract import published
from nashbox.games.joint import Menus, Priced
from nashbox.games.rounds import Columns
from nashbox.mechanisms import MECHANISMS, Mechanism
from nashbox.mechanisms.cbl.enforceable import condition_8
from nashbox.mechanisms.rounding import alone_penalties
from nashbox.problem.estimation import KEYS, RULES, EstimationProblem, check_can_draw
from nashbox.problem.options import Option
from nashbox.problem.own import OWN
from nashbox.problem.parameters import Parameter
from nashbox.problem.source import MOST_POINTS
from nashbox.problem.spec import Spec
from nashbox.problem.terms import Terms, View, sums_of_others
from nashbox.strategies import STRATEGIES, Mixed, Strategy, Truthful, make_strategy
from nashbox.strategies.equivariant import in_short

if TYPE_CHECKING:
    from nashbox.games.estimation.exact import Memo
    from nashbox.model import EstimationSandbox

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class EstimationGame(Game):
    """Collaborative mean estimation: who pays unequal costs for points shares them.

    plan: (m, d) real-valued counts, before any rounding. certified_gap: of the plan, None if the
    plan was given. strategies: by agent name, for agents who do not play the recommendation.
    """

    pays: ClassVar[Pay] = Pay("penalty", -1)
    keys: ClassVar[Sequence[Parameter]] = tuple(KEYS.values())
    menu: ClassVar[Mapping[str, type]] = STRATEGIES
    mechanisms: ClassVar[Mapping[str, type]] = MECHANISMS
    strategy_base: ClassVar[type] = Strategy
    mechanism_base: ClassVar[type] = Mechanism
    has_plan: ClassVar[bool] = True
    formulas: ClassVar[str] = "closed forms and quadrature"
    worlds_called: ClassVar[str] = "worlds"
    engines: ClassVar[Mapping[str, str]] = {
        "plan": "nashbox.rules.planning:plan_report",
        "design": "nashbox.rules.design:design",
        "design_kinds": "nashbox.rules.design.best_rules:checked_kinds",
        "no_rule_below": "nashbox.rules.bound:no_rule_below",
        "robust": "nashbox.rules.robust:robust",
        "coalitions": "nashbox.rules.coalitions:coalitions",
        "exchange": "nashbox.rules.exchange:exchange",
        "audited": "nashbox.experiments.audit.rows:penalised",
        "comparison_told": "nashbox.experiments.report.plan_comparison:plan_comparison_page",
        "reported": "nashbox.experiments.report.problem:costs_and_rules",
        "deviation_told": "nashbox.experiments.report.words:by_counts",
        "best_counts": "nashbox.experiments.dynamics.best_counts:path_of",
        "contest": "nashbox.games.estimation.comparison:PlanContest",
        "compare_figure": "nashbox.experiments.figures.mechanisms:mechanism_bars",
        "published": "nashbox.games.estimation.promises.published:hold_terms",
        "promises": "nashbox.games.estimation.promises.estimating:hold_estimation",
        "claims": "nashbox.games.estimation.promises.claims:estimation_claims",
        "strategy_check": "nashbox.games.estimation.checks.strategies:check_strategy_on",
        "mechanism_check": "nashbox.games.estimation.checks.mechanisms:check_mechanism",
        "run_figure": "nashbox.experiments.figures.rounds:dynamics",
        "gains_figure": "nashbox.experiments.figures.gains:gain_landscape",
        "surface_figure": "nashbox.experiments.figures.surfaces:count_maps",
        "page": "nashbox.app.views.penalties:Penalties",
    }
    controls: ClassVar[Sequence[Control]] = (Control("plan", "plan", RULES),)
    lone_table: ClassVar[str | None] = "costs"
    verdicts: ClassVar[Mapping[str, str]] = {
        "profitable": "honesty does not pay: at least one agent gains by leaving her strategy",
        "none_above_epsilon": "honesty pays: no deviation of the class gains more than epsilon",
        "undecided": "honesty is undecided: the budget leaves room for a gain above epsilon",
        "misfit": "the plan does not fit the mechanism: what pays best is honest data, but other "
        "counts of it than are asked for",
        "use": "the rules do not fit: what pays best is honest data, but another use of what comes "
        "back, or other counts, than are asked for",
        "own": "no equilibrium: somebody gains by leaving a strategy of her own; of those who do "
        "as recommended nobody is known to gain",
    }
    words: ClassVar[Mapping[str, str]] = {
        "own": "ignores what she receives and estimates from the own points",
        "shift": "added to every point that she hands in",
        "weight": "of what she receives in what she estimates; her own mean has the rest",
        "pitman": "the best use of the data and of what is received that moves along with the data",
        "collected": "points of every distribution that she takes; submitted: hands in",
        "error": "squared error of what she estimates; penalty: error + cost",
        "mu": "the true means; where several are tried, every agent is shown at her worst",
        "equivariant": "moves by as much as the data do",
    }
    own_options: ClassVar[Mapping[str, Mapping[str, Option]]] = OWN["estimation"]
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
        mechanism = named.make_mechanism(problem)
        plan, gap = named.solved_plan(problem)
        terms = published(mechanism, problem, plan)
        strategies = {} if recommended else named.made_strategies(problem, terms)
        return cls(problem, mechanism, plan, gap, terms, strategies)

    @classmethod
    def check_names(cls, problem: Any) -> None:
        """Find mechanism and strategies of a problem, the plan unsolved. Raises InputError."""
        named.check_names(problem)

    @property
    def shown(self) -> str:
        """The problem's file."""
        return self.problem.shown

    @property
    def specs(self) -> Mapping[str, Spec]:  # type: ignore[override]
        """How the problem names what agents play."""
        return {n: s for n, s in self.problem.strategies.items() if isinstance(s, Spec)}

    @classmethod
    def check_everyone(cls, problem: Any, spec: Spec, where: str) -> None:
        """Find a strategy, the plan unsolved. Raises InputError."""
        make_strategy(spec, where)

    @classmethod
    def in_short(cls, spec: Spec) -> str:
        """Translation-equivariant strategies by their counts."""
        if spec.name == "equivariant":
            return in_short(spec.parameters)
        return super().in_short(spec)

    @classmethod
    def as_asked(cls, spec: Spec, owed: Sequence[float]) -> bool:
        """The truth, or honest data in the numbers owed."""
        told = spec.parameters
        if spec.name != "equivariant":
            return spec.name == "truthful"
        counts = (told.get(key) for key in ("collect", "submit"))
        honest = not np.any(told.get("shift", 0.0))
        return honest and all(n is not None and np.array_equal(n, owed) for n in counts)

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

    def model(
        self,
        worlds: int,
        seed: int,
        at: Any = None,
        *,
        offset: Array | float = 0.0,
        revision: Literal["sequential", "simultaneous"] | None = None,
        what_if: bool = False,
    ) -> EstimationSandbox:
        """Build the Mesa model of this game; the parameters are those of `EstimationSandbox`.

        at: a state of nature (see `states`), which is the offset of mu; it asks what if, also where
        the rules take compliance for granted.
        """
        from nashbox.model import EstimationSandbox  # Mesa takes its time to load

        return EstimationSandbox(
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
        from nashbox.games.estimation import nature  # which builds on this module

        if self.equivariant:
            return (None,), {"mu": "any (all strategies are translation-equivariant)"}
        return nature.mu_grid(self.terms, 0), {"mu": nature.GRID_IN_WORDS}

    def opened(self, worlds: int, seed: int, at: Any, shown: int, **own: Any) -> EstimationSandbox:
        """A model that asks nobody what if, with strategies that revise in turn unless told."""
        revision = own.get("revision", "sequential")
        return self.model(worlds, seed, offset=0.0 if at is None else at, revision=revision)

    def columns(self, model: EstimationSandbox) -> Sequence[Columns]:
        """Points and what they cost, (R, d) and (R,), and squared errors."""
        keys = ("collected", "submitted", "error", "cost")
        return [{key: getattr(agent, key) for key in keys} for agent in model.players]

    @property
    def drawn(self) -> float:
        """Points: what is owed, or what strategies say they hand in."""
        return float(np.maximum(self.terms.counts, self.profile_counts()).sum())

    def deviations(self, i: int) -> Sequence[Deviation | Family]:
        """The named strategies and all honest counts: see `catalogue`."""
        from nashbox.games.estimation.catalogue import catalogue

        return catalogue(self, i)

    def described(self) -> str:
        """The class that the black box searches, in words."""
        from nashbox.games.estimation import catalogue, nature

        words = catalogue.CLASS.format(most=catalogue.MOST)
        if self.equivariant:
            return f"{words}; what is not equivariant at the worst of {nature.SOUGHT_IN_WORDS}"
        return f"{words}; penalties at the worst of {nature.SOUGHT_IN_WORDS}"

    def states(self, i: int, strategy: Any) -> Sequence[Hashable]:
        """Where mu lies, as offsets (d,): one where everything is translation-equivariant."""
        from nashbox.games.estimation import nature

        if nature.all_equivariant(self, i, strategy):
            return ((0.0,) * self.problem.d,)
        return [tuple(offset.tolist()) for offset in nature.mu_grid(self.terms, i)]

    def other_states(
        self, i: int, strategy: Any, count: int, seed: int, near: Any = None, step: float = 0.0
    ) -> Sequence[Hashable]:
        """Offsets (d,) between and beyond those of the grid, log-uniform; or close to one."""
        from nashbox.games.estimation import nature

        if nature.all_equivariant(self, i, strategy):
            return ()
        rng = np.random.default_rng(seed)
        if near is None:
            drawn = nature.random_mu(self.terms, i, count, rng)
        else:
            drawn = np.array(near) * np.exp2(rng.uniform(-step, step, (count, self.problem.d)))
        return [tuple(offset) for offset in drawn.tolist()]

    def mixed(
        self, i: int, parts: Sequence[Deviation], weights: Sequence[float]
    ) -> Deviation | None:
        """The strategy `mixed`."""
        spec = Spec(
            "mixed",
            {"strategies": [part.spec.to_json() for part in parts], "weights": list(weights)},
        )
        return Deviation(spec, Mixed(tuple(part.strategy for part in parts), tuple(weights)))

    @property
    def room(self) -> int:
        """Worlds of `own_trials` played at once at most, fewer where many points are owed."""
        return max(1, min(4000, int(MOST_POINTS / 8 / max(1.0, float(self.terms.counts.sum())))))

    def own_trials(
        self, i: int, strategies: Sequence[Any], worlds: int, seed: int, at: Any = None
    ) -> Iterator[Played]:
        """Agent i's penalties, with controls: see `trials.own_trials`."""
        from nashbox.games.estimation.trials import own_trials

        return own_trials(self, i, strategies, worlds, seed, at or (0.0,) * self.problem.d)

    def own_paid(
        self, i: int, strategies: Sequence[Any], worlds: int, seed: int, at: Any = None
    ) -> Iterator[Array]:
        """Agent i's penalties; what the others hand in is drawn once."""
        model = self.model(worlds, seed, offset=0.0 if at is None else at, what_if=True)
        return (agent.penalty for agent in model.trials(i, strategies))

    def searched(self, i: int, worlds: int, seed: int) -> tuple[Sequence[Deviation], int]:
        """Counts and estimator weights, fitted."""
        from nashbox.games.estimation.search import searched

        return searched(self, i, seed, worlds)

    def priced(self, menus: Menus[Any]) -> Priced | str:
        """By the channels, also where some hand in made-up points, if all answers are plain means.

        See `payoffs`.
        """
        from nashbox.games.estimation.payoffs import priced

        return priced(menus)

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

    def collected(self, i: int, strategy: Any) -> float:
        """Points collected, all distributions together, on average over a mixture."""
        from nashbox.games.estimation.payoffs import points

        return points(self.view(i), strategy)

    def stake(self, i: int, payoffs: Sequence[float]) -> float:
        """Her penalty in the audited profile."""
        return abs(payoffs[0])

    def read_strategy(self, i: int, spec: Spec, folder: Path, where: str) -> Strategy:
        """Make the strategy that a problem file or option names."""
        return make_strategy(spec, where, folder)

    def is_honest(self, i: int, strategy: Any) -> bool:
        """The truth is, whatever else a class of one's own does."""
        return isinstance(strategy, Truthful)

    @cached_property
    def without_formula(self) -> str | None:
        """Why there is no exact answer for anybody, None if there is one."""
        from nashbox.games.estimation.exact import why_none

        return why_none(self)

    @cached_property
    def exact_ledger(self) -> Memo:
        """What exact answers have been worked out."""
        from nashbox.games.estimation.exact import Memo

        return Memo()

    def all_formulas(self) -> Iterator[Exact | str]:
        """The exact answers of all agents, with what they share worked out at once."""
        from nashbox.games.estimation.exact import look_ahead

        if self.beyond_formulas() is None and self.without_formula is None:
            look_ahead(self)
        return super().all_formulas()

    def exact(self, i: int) -> Exact | str:
        """The best response by the channels' formulas, or why there is none."""
        from nashbox.games.estimation.answers import by_formula

        return by_formula(self, i)

    def no_box(self) -> str | None:
        """Why the box (n, s, Delta) says nothing of this problem, or None."""
        from nashbox.games.estimation.exhaustive import refuse

        return refuse(self)

    def searched_box(self, i: int) -> Exact | None:
        """The box by quadrature, None where a mechanism has no formula and it is simulated."""
        from nashbox.games.estimation.answers import by_box

        return by_box(self, i)

    def box(self, i: int, worlds: int, seed: int) -> tuple[Sequence[Deviation], int, float]:
        """Points of the box, and the penalty that all data of everybody together would allow."""
        from nashbox.games.estimation import answers, search

        found, used = search.box(self, i, seed, worlds)
        return found, used, answers.least_penalty(self, i)

    def described_box(self) -> str:
        """The class that the simulated box covers, in words."""
        from nashbox.games.estimation.search import BOX_CLASS

        return BOX_CLASS

    def portable(self, problem: Any) -> Any:
        """The problem with its plan solved, and with the profile as this game has it."""
        plan = problem.plan if problem.plan_name == "alone" else self.plan
        played = {n: s for n, s in problem.strategies.items() if n in self.strategies}
        return replace(problem, plan=plan, strategies=played)

    def how(self, i: int, strategy: Any) -> str:
        """By another count, by reporting otherwise, by estimating otherwise, or several."""
        from nashbox.games.estimation.remarks import how

        return how(self, i, strategy)

    def extras(self) -> Mapping[str, Any]:
        """Plan, condition (8), and what the best rational plan would cost everybody."""
        from nashbox.games.estimation.remarks import about

        return about(self)

    @cached_property
    def least_social_penalty(self) -> float | None:
        """Of the real-valued ir_optimal plan under compliance; None without one."""
        from nashbox.games.estimation.remarks import best_social_penalty

        return best_social_penalty(self.problem, self)

    def row(self, i: int) -> Mapping[str, Any]:
        """What agent i is asked to collect, and what she reaches without the others."""
        from nashbox.games.estimation.remarks import about_agent

        return about_agent(self, i)

    def notes(self, method: str) -> Sequence[str]:
        """What a user should know before believing in the mechanism."""
        from nashbox.games.estimation.remarks import notes

        return notes(self)

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

    @cached_property
    def _views(self) -> list[View]:
        counts, pooled = self._profile
        return [View(i, self.terms, counts, others) for i, others in enumerate(pooled)]

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
