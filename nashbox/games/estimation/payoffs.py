"""Payoffs of estimation games by formula: minus the penalty, whatever the others choose.

Every strategy of the menu says what it plays, every mechanism involved has a channel, and either
all points of the menu are honest or all agents face plain means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nashbox.games.estimation.beyond import beyond
from nashbox.games.joint import Menus, Priced
from nashbox.problem.arrays import Array
from nashbox.problem.payoff_oracle import Profile
from nashbox.problem.plays import Play
from nashbox.problem.pollution import Pools
from nashbox.problem.terms import View
from nashbox.strategies import Strategy

if TYPE_CHECKING:
    from nashbox.games.estimation.game import EstimationGame


def points(view: View, strategy: Strategy) -> float:
    """Points that an agent collects, all distributions together, on average over a mixture."""
    total = 0.0
    for pure, weight in strategy.mixture():
        plays = pure.plays(view)
        if plays is not None:
            total += weight * sum(play.n for play in plays)
        else:
            counts = pure.gather(view, np.random.default_rng(0))
            total += weight * float(np.sum(counts))
    return total


def priced(menus: Menus[EstimationGame]) -> Priced | str:
    """See `Game.priced`."""
    return no_formula(menus.game, menus) or _Prices(menus.game, menus).counted


class _Prices:
    """Penalties by closed form and quadrature."""

    def __init__(self, game: EstimationGame, menus: Menus[EstimationGame]) -> None:
        self.game, self.K = game, len(menus.labels)
        _, asks = np.unique(menus.kinds, return_index=True)
        self._askers = asks.tolist()  # the first of each kind
        self._plays = [
            [s.plays(game.view(i)) or [] for s in menus.entries[i]] for i in self._askers
        ]
        self._pools = Pools.of(self._plays, game.problem.sigma)

    def counted(self, kind: int, others: Profile) -> Array:
        i, terms = self._askers[kind], self.game.terms
        problem, pools = self.game.problem, self._pools.among(others)
        view = View(i, terms, terms.counts, np.array([pool.N for pool in pools]))
        risks = view.risks()
        if risks.joint is not None:  # distributions cannot be added up one by one
            return np.array([-risks.price(plays)[0] for plays in self._plays[kind]])
        values = np.zeros(self.K)
        for k, (channel, pool) in enumerate(zip(risks.known(), pools, strict=True)):
            for choice, plays in enumerate(self._plays[kind]):
                play: Play = plays[k]
                risk = channel.risk_among(play, pool)
                assert risk is not None  # noqa: S101 - `no_formula` has seen to it
                cost = float(problem.costs[i, k])
                values[choice] -= risk + (cost * play.n if play.n else 0.0)
        return values


def no_formula(game: EstimationGame, menus: Menus[EstimationGame]) -> str | None:
    """Say why payoffs of these menus have no exact formula, or None if they have."""
    reason = next((why for same in menus.uniform() if (why := beyond(same)) is not None), None)
    if reason is not None:
        return reason
    honest, plain = True, True
    for i, name in enumerate(game.problem.names):
        view = game.view(i)
        missing = view.risks().missing
        if missing is not None:
            return missing
        plain &= all(channel.linear for channel in view.risks().known())
        for strategy, label in zip(menus.entries[i], menus.labels, strict=True):
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
