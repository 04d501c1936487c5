"""All agents under fixed rules over an interval of costs and sigmas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.audit.epsilon import Epsilon, epsilon_of
from nashbox.games.estimation import EstimationGame
from nashbox.mechanisms.rounding import alone_penalties
from nashbox.problem.channel import Channel, Joint
from nashbox.problem.errors import InputError
from nashbox.problem.terms import Terms, View
from nashbox.rules.robust.pair import (
    Against,
    Doubt,
    DoubtfulPair,
    Worst,
    honest,
    least,
    worst,
)
from nashbox.strategies import Truthful
from nashbox.strategies.response import best_response

Array = NDArray[np.float64]

VERTICES = 64  # of the box of costs of distributions tied together
SIGMAS = 9  # values of sigma looked at where distributions are tied together
ROUNDING = 1e-9  # relative, of what counts as no gain


@dataclass(frozen=True)
class AgentRow:
    """One agent under fixed rules.

    penalty: honest, as the rules were made. epsilon: hers. gain: what she gains at most over the
    interval, found and bound, at cost_factor and sigma_factor (of the pair that adds most). margin:
    her penalty less what she has outside, at worst. certified: whether gain.bound is proven.
    """

    name: str
    penalty: float
    penalty_alone: float
    epsilon: float
    gain: Worst
    margin: float
    certified: bool

    @property
    def excess(self) -> float:
        """Gain relative to epsilon, which is 0 where the penalty is inf; any gain is inf there."""
        return self._in_epsilons(self.gain.bound)

    @property
    def shortfall(self) -> float:
        """What she is worse off than outside at most, relative to epsilon, likewise."""
        return self._in_epsilons(self.margin)

    def _in_epsilons(self, value: float) -> float:
        if self.epsilon > 0:
            return value / self.epsilon
        return float("inf") if value > 0 else 0.0

    @property
    def honest(self) -> bool:
        """Whether she gains no more than epsilon anywhere in the interval."""
        return self.gain.bound <= self.epsilon + ROUNDING * abs(self.penalty)

    @property
    def rational(self) -> bool:
        """Whether she is nowhere worse off than outside by more than epsilon."""
        return self.margin <= self.epsilon + ROUNDING * abs(self.penalty)


def refuse(game: EstimationGame) -> str | None:
    """Say why there is no exact answer, or None."""
    for i in range(game.problem.m):
        missing = game.view(i).risks().missing
        if missing is not None:
            return missing
    return None


def moved(terms: Terms, costs: Array | float, sigma: Array | float) -> Terms:
    """The same rules in a world where costs and sigmas are other multiples of what was said."""
    return replace(terms, costs=terms.costs * costs, sigma=terms.sigma * sigma)


def agent_gain(terms: Terms, i: int, counts: Array) -> tuple[float, float]:
    """Honest penalty of agent i, and what her best response saves, when all hand in `counts`."""
    view = View(i, terms, counts)
    risks = view.risks()
    if risks.joint is not None:
        here, best = risks.price(Truthful().plays(view))[0], best_response(view).penalty
        return here, here - best if np.isfinite(best) else 0.0
    here = best = 0.0
    for n, c, channel in zip(terms.counts[i], view.costs, risks.known(), strict=True):
        here += honest(channel, float(n), float(c))
        best += least(channel, float(c), terms.integer)
    return here, here - best if np.isfinite(best) else 0.0


def rows(game: EstimationGame, doubt: Doubt, epsilon: Epsilon) -> list[AgentRow]:
    """Every agent's worst gain over the interval; all others are honest."""
    reason = refuse(game)
    if reason is not None:
        raise InputError(f"{game.problem.shown}: robust needs exact formulas, and {reason}")
    found = []
    for i in range(game.problem.m):
        penalty, _ = agent_gain(game.terms, i, game.terms.counts)
        own = epsilon_of(epsilon, penalty)
        result, certified = _gain(game, i, doubt)
        found.append(
            AgentRow(
                name=game.problem.names[i],
                penalty=penalty,
                penalty_alone=float(game.penalties_alone[i]),
                epsilon=own,
                gain=result,
                margin=_margin(game, i, doubt),
                certified=certified,
            )
        )
    return found


def _gain(game: EstimationGame, i: int, doubt: Doubt) -> tuple[Worst, bool]:
    """Sum over distributions of the worst gain of each, and over those tied together as one."""
    risks, whole = game.view(i).risks(), game.problem.integer
    joint, apart = risks.joint, risks.apart()
    had = [least(channel, float(risks.costs[k]), whole) for k, channel in apart]
    if joint is not None:
        had.append(joint.best(risks.costs[list(joint.members)], integer=whole).penalty)
    if not np.isfinite(had).all():  # whatever she does, she pays inf
        return Worst(0.0, 0.0), True
    parts = [_apart(game, i, k, doubt, "best") for k, _ in apart]
    certified = all(part.certain for part in parts)
    if joint is not None:
        together, every = _tied_gain(game, i, doubt, joint)
        certified = certified and every
        parts.append(together)
    top = max(parts, key=lambda w: w.bound)
    return (
        Worst(
            sum(p.found for p in parts),
            sum(p.bound for p in parts),
            top.cost_factor,
            top.sigma_factor,
        ),
        certified,
    )


def _apart(game: EstimationGame, i: int, k: int, doubt: Doubt, against: Against) -> Worst:
    """The largest gain on one distribution, or the largest excess over working alone."""
    risks, n = game.view(i).risks(), float(game.terms.counts[i, k])
    channel, cost, integer = risks.known()[k], float(risks.costs[k]), game.problem.integer
    if channel.scales:
        return worst(channel, n, cost, doubt, integer, against)

    def at(f: float) -> Channel:
        return View(i, moved(game.terms, 1.0, f), game.terms.counts).risks().known()[k]

    return DoubtfulPair(at, n, cost, float(game.terms.sigma[k]), integer).worst(doubt, against)


def _tied_gain(game: EstimationGame, i: int, doubt: Doubt, joint: Joint) -> tuple[Worst, bool]:
    """Gain on distributions tied together: convex in the costs, so largest at a vertex.

    sigmas share a factor here; where penalties rise with it, nothing exceeds A(upper) - B(lower)
    between two values. Also whether all of that is proven.
    """
    members, rises = list(joint.members), joint.rises or not doubt.sigma
    finite = [k for k in members if np.isfinite(game.problem.costs[i, k])]
    every = len(doubt.cost_ends) ** len(finite) <= VERTICES
    corners: Sequence[Sequence[float]] = (
        list(product(doubt.cost_ends, repeat=len(finite)))
        if every
        else [(e,) * len(finite) for e in doubt.cost_ends]
    )
    factors = np.linspace(1 - doubt.sigma, 1 + doubt.sigma, SIGMAS) if doubt.sigma else [1.0]
    best, bound = (-np.inf, 1.0, 1.0), -np.inf
    for corner in corners:
        costs = np.ones(game.problem.d)
        costs[finite] = corner
        previous = None
        for f in factors:
            view = View(i, moved(game.terms, costs, float(f)), game.terms.counts)
            tied = view.risks().joint
            assert tied is not None  # noqa: S101 - it is at the nominal costs
            plays = [Truthful().plays(view)[k] for k in members]
            spent = sum(
                float(view.costs[k]) * p.n for k, p in zip(members, plays, strict=True) if p.n
            )
            A = tied.risk(plays)[0] + spent
            found = tied.best(view.costs[members], integer=game.problem.integer)
            best = max(best, (A - found.penalty, float(np.mean(corner)), float(f)))
            bound = max(bound, A - (found.bound if previous is None else previous))
            previous = found.bound
    return Worst(best[0], max(bound, best[0]), best[1], best[2]), every and rises


def _margin(game: EstimationGame, i: int, doubt: Doubt) -> float:
    """Penalty less the outside option, at worst; -inf where there is none to be had."""
    given = float(game.problem.outside[i])
    corners = list(product(doubt.cost_ends, doubt.sigma_ends))
    if not np.isnan(given):  # penalties rise with costs and sigma
        e, f = corners[-1]
        return agent_gain(moved(game.terms, e, f), i, game.terms.counts)[0] - given
    if np.isinf(game.problem.costs[i]).any():
        return -np.inf
    view = game.view(i)
    if view.risks().joint is not None:
        values = []
        for e, f in corners:
            terms = moved(game.terms, e, f)
            outside = alone_penalties(terms.costs, terms.sigma, integer=terms.integer)[i]
            values.append(agent_gain(terms, i, game.terms.counts)[0] - float(outside))
        return max(values)
    return sum(_apart(game, i, k, doubt, "alone").bound for k in range(game.problem.d))


def curve(game: EstimationGame, factors: Array, of: str) -> Array:
    """Gains (factors, m) when all costs, or all sigmas, are a common multiple of what was said."""
    out = np.empty((factors.size, game.problem.m))
    for j, f in enumerate(factors):
        terms = moved(game.terms, *((float(f), 1.0) if of == "costs" else (1.0, float(f))))
        out[j] = [agent_gain(terms, i, game.terms.counts)[1] for i in range(game.problem.m)]
    return out


def widest(game: EstimationGame, epsilon: Epsilon, of: str, most: float = 0.9) -> float:
    """The widest interval (relative half-width) over which nobody gains more than epsilon.

    Worst gains rise with the width, so halving finds it; 0 where somebody gains at once.
    """

    def holds(width: float) -> bool:
        doubt = Doubt(costs=width) if of == "costs" else Doubt(sigma=width)
        return all(row.honest for row in rows(game, doubt, epsilon))

    if not holds(0.0):
        return 0.0
    if holds(most):
        return most
    low, high = 0.0, most
    for _ in range(12):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
