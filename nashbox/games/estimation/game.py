"""Collaborative mean estimation as a game: how it is played, and what audits ask of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from nashbox.games.deviations import Deviation, Family
from nashbox.games.estimation.profile import EstimationProfile
from nashbox.games.formulas import Exact
from nashbox.games.joint import Menus, Priced
from nashbox.games.rounds import Columns
from nashbox.games.trials import Played
from nashbox.problem.arrays import Array
from nashbox.problem.estimation import check_can_draw
from nashbox.problem.source import MOST_POINTS
from nashbox.problem.spec import Spec
from nashbox.strategies import Mixed

if TYPE_CHECKING:
    from nashbox.games.estimation.exact import Memo
    from nashbox.model import EstimationSandbox


@dataclass(frozen=True, eq=False)
class EstimationGame(EstimationProfile):
    """Collaborative mean estimation: who pays unequal costs for points shares them."""

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

    def collected(self, i: int, strategy: Any) -> float:
        """Points collected, all distributions together, on average over a mixture."""
        from nashbox.games.estimation.payoffs import points

        return points(self.view(i), strategy)

    def stake(self, i: int, payoffs: Sequence[float]) -> float:
        """Her penalty in the audited profile."""
        return abs(payoffs[0])

    @cached_property
    def without_formula(self) -> str | None:
        """Why there is no exact answer for anybody, None if there is one."""
        from nashbox.games.estimation.exact import unavailable

        return unavailable(self)

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
