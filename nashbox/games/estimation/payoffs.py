"""Payoffs of estimation games: minus the penalty, by formula or through the Mesa model.

Exact: every strategy of the menu says what it plays, every mechanism involved has a channel, and
either all points of the menu are honest or all agents face plain means. Simulated: a stated number
of worlds, in which one agent plays the whole menu against what the others drew once; where
something is not translation-equivariant, at the mu where her penalty is largest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nashbox.games.estimation import EstimationGame, prepare
from nashbox.games.estimation.nature import BLOCK, mu_grid
from nashbox.games.joint import JointMoments
from nashbox.measure.looks import resolution
from nashbox.measure.seeds import Stage, child
from nashbox.mechanisms import MECHANISMS
from nashbox.problem.channel import Play
from nashbox.problem.errors import InputError
from nashbox.problem.estimation import check_can_draw
from nashbox.problem.payoff_oracle import Answer, PayoffOracle, Profile
from nashbox.problem.pollution import Pools
from nashbox.problem.terms import View
from nashbox.strategies import Strategy

if TYPE_CHECKING:
    from nashbox.experiments.dynamics.menu import Menu

Array = NDArray[np.float64]


def kinds_of(game: EstimationGame, menu: Sequence[Strategy]) -> Profile:
    """Number agents so that those who are alike share a number.

    Agents are alike if costs and all their rows of the published terms are. That is known of
    built-in mechanisms and strategies; with plug-ins every agent is her own kind.
    """
    m = game.problem.m
    pure = [part for s in menu for part, _ in s.mixture()]
    if type(game.mechanism) not in MECHANISMS.values() or any(
        not type(s).__module__.startswith("nashbox.") for s in (*menu, *pure)
    ):
        return np.arange(m)
    stated = {f.name: np.asarray(getattr(game.terms, f.name)) for f in fields(game.terms)[2:]}
    rows = [t for name, t in stated.items() if t.shape[:1] == (m,) and name != "sigma"]
    keys = [b"".join(t[i].tobytes() for t in rows) for i in range(m)]
    order = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([order[key] for key in keys])


class EstimationOracle(PayoffOracle):
    """What exact and simulated oracles share."""

    def __init__(
        self, game: EstimationGame, menu: Sequence[Strategy], labels: Sequence[str]
    ) -> None:
        super().__init__(tuple(labels), kinds_of(game, menu))
        self.game, self.strategies = game, tuple(menu)
        self._data: dict[tuple[int, int], float] = {}  # points collected, by kind and choice

    def view(self, i: int) -> View:
        """What agent i sees before anything is played."""
        return View(i, self.game.terms, self.game.terms.counts)

    def data(self, i: int, choice: int) -> float | None:
        """Points collected, all distributions together, on average over a mixture."""
        key = (int(self.kinds[i]), choice)
        if key not in self._data:
            self._data[key] = self._collected(i, choice)
        return self._data[key]

    def _collected(self, i: int, choice: int) -> float:
        total = 0.0
        for pure, weight in self.strategies[choice].mixture():
            plays = pure.plays(self.view(i))
            if plays is not None:
                total += weight * sum(play.n for play in plays)
            else:
                counts = pure.gather(self.view(i), np.random.default_rng(0))
                total += weight * float(np.sum(counts))
        return total


class ExactEstimation(EstimationOracle):
    """Penalties by closed form and quadrature."""

    method = "exact: closed forms and quadrature"

    def __init__(
        self, game: EstimationGame, menu: Sequence[Strategy], labels: Sequence[str]
    ) -> None:
        super().__init__(game, menu, labels)
        _, self._askers = np.unique(self.kinds, return_index=True)  # the first of each kind
        self._plays = [[s.plays(self.view(i)) or [] for s in menu] for i in self._askers.tolist()]
        self._pools = Pools.of(self._plays, game.problem.sigma)

    def _ask(self, i: int, profile: Profile, path: tuple[int, ...]) -> Answer:
        others = self.composition(profile)
        others[self.kinds[i], profile[i]] -= 1
        return self._counted(int(self.kinds[i]), others)

    def _counted(self, kind: int, others: Profile) -> Answer:
        i, terms = int(self._askers[kind]), self.game.terms
        problem, pools = self.game.problem, self._pools.among(others)
        view = View(i, terms, terms.counts, np.array([pool.N for pool in pools]))
        risks = view.risks()
        if risks.joint is not None:  # distributions cannot be added up one by one
            return Answer.exactly(np.array([-risks.price(p)[0] for p in self._plays[kind]]))
        values = np.zeros(self.K)
        for k, (channel, pool) in enumerate(zip(risks.known(), pools, strict=True)):
            for choice, plays in enumerate(self._plays[kind]):
                play: Play = plays[k]
                risk = channel.risk_among(play, pool)
                assert risk is not None  # noqa: S101 - `no_formula` has seen to it
                cost = float(problem.costs[i, k])
                values[choice] -= risk + (cost * play.n if play.n else 0.0)
        return Answer.exactly(values)


def no_formula(game: EstimationGame, menu: Sequence[Strategy], labels: Sequence[str]) -> str | None:
    """Say why payoffs of this menu have no exact formula, or None if they have."""
    if not game.problem.source.normal:
        return "the measurements are real ones (source csv), and exact formulas are for normal data"
    honest, plain = True, True
    for i, name in enumerate(game.problem.names):
        view = View(i, game.terms, game.terms.counts)
        if not view.risks().complete:
            return f"mechanism {type(game.mechanism).__name__} has no exact formula"
        plain &= all(channel.linear for channel in view.risks().known())
        for strategy, label in zip(menu, labels, strict=True):
            plays = strategy.plays(view)
            if plays is None:
                return f"strategy {label} of {name} has no exact formula"
            honest &= all(play.honest for play in plays)
    if not honest and not plain and game.problem.m > 1:
        return (
            "the menu hands in points that were not measured, and the formulas of "
            f"{type(game.mechanism).__name__} are for honest points"
        )
    return None


class SimulatedEstimation(EstimationOracle):
    """Penalties measured in the Mesa model, `worlds` at every value of mu that is tried."""

    exact = False

    def __init__(
        self,
        game: EstimationGame,
        menu: Sequence[Strategy],
        labels: Sequence[str],
        worlds: int,
        seed: int,
    ) -> None:
        super().__init__(game, menu, labels)
        self.worlds, self.seed = worlds, seed
        invariant = game.mechanism.equivariant and all(
            pure.invariant(self.view(i))
            for i in range(self.m)
            for s in menu
            for pure, _ in s.mixture()
        )
        self.grid = [np.zeros(game.problem.d)] if invariant else mu_grid(game.terms, 0)
        where = "" if invariant else f", the worst of {len(self.grid)} values of mu"
        self.method = f"simulated in {worlds} worlds{where}; {resolution(worlds)}"

    def _ask(self, i: int, profile: Profile, path: tuple[int, ...]) -> Answer:
        answers = [self._at(offset, i, profile, path) for offset in self.grid]
        values = np.array([answer.values for answer in answers])
        worst = values.argmin(axis=0)
        if (worst == worst[0]).all():
            return answers[int(worst[0])]
        covariance = np.diag([answers[g].covariance[k, k] for k, g in enumerate(worst)])
        return Answer(values.min(axis=0), covariance)

    def _at(self, offset: Array, i: int, profile: Profile, path: tuple[int, ...]) -> Answer:
        names = self.game.problem.names
        strategies = {n: self.strategies[int(c)] for n, c in zip(names, profile, strict=True)}
        game = replace(self.game, strategies=strategies)
        joint = JointMoments(self.K)
        for block, start in enumerate(range(0, self.worlds, BLOCK)):
            size = min(BLOCK, self.worlds - start)
            seed = child(self.seed, Stage.ADAPT_PAYOFF, *path, block)
            model = game.model(size, seed, offset=offset, what_if=True)
            joint.add(np.array([-a.penalty for a in model.trials(i, self.strategies)]))
        return joint.answer()


def oracle(problem: Any, menu: Menu, method: str, worlds: int, seed: int) -> PayoffOracle:
    """Who knows what the menu pays in an estimation game. Raises InputError: see `oracle_for`."""
    game = prepare(problem)
    reason = no_formula(game, menu.strategies, menu.labels)
    if reason is None and method != "simulated":
        return ExactEstimation(game, menu.strategies, menu.labels)
    if method == "exact":
        raise InputError(f"{problem.shown}: method 'exact' does not apply: {reason}")
    check_can_draw(problem, reason or "")
    return SimulatedEstimation(game, menu.strategies, menu.labels, worlds, seed)
