"""Exact gains: every risk in closed form or by quadrature, no noise and no seeds.

Against honest points of the others, an agent's problem separates over distributions, and the
mechanism's channel knows the least risk after collecting n points, whatever is submitted and
however it is used. The best response is the n that minimises best_risk(n) + c n.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from nashbox.games.estimation.beyond import beyond
from nashbox.problem.arrays import Array
from nashbox.problem.channel import Channel, Joint
from nashbox.problem.plays import Play
from nashbox.problem.pollution import PollutedPool
from nashbox.problem.risks import Risks
from nashbox.problem.terms import View
from nashbox.strategies.best_count import Found, Pair, best_counts
from nashbox.strategies.response import best_response

if TYPE_CHECKING:
    from nashbox.games.estimation.game import EstimationGame


PAIRS = 100_000  # of agents, times distributions, up to which damage is computed


@dataclass(frozen=True)
class ExactPenalty:
    """An agent's penalty, her best response, and bounds of the numerical error of both."""

    penalty: float
    penalty_error: float
    best: tuple[Play, ...]
    best_penalty: float
    best_error: float


Key = tuple[tuple[Channel, ...], Joint | None, tuple[Play, ...], tuple[float, ...]]


@dataclass(frozen=True)
class Memo:
    """What a game has worked out already.

    answers: by what decides them, which agents of one kind share. counts: best ones.
    """

    answers: dict[Key, ExactPenalty] = field(default_factory=dict)
    counts: dict[Pair, Found] = field(default_factory=dict)


def unavailable(game: EstimationGame) -> str | None:
    """Why no exact answer exists for this game, None if one does: `game.without_formula`."""
    problem, reason = game.problem, beyond(game)
    if reason is not None:
        return reason
    liars: dict[int, list[int]] = {}
    for i, name in enumerate(problem.names):
        view = game.view(i)
        missing = view.risks().missing
        if missing is not None:
            return missing
        plays = game.strategy(i).plays(view)
        if plays is None:
            return f"strategy {game.strategy(i).label} of {name} has no exact formula"
        made_up = [k for k, play in enumerate(plays) if not play.honest]
        if made_up:
            liars[i] = made_up
    for i, made_up in liars.items():
        if problem.m > 1 and any(_reached(game, i, j, made_up) for j in range(problem.m)):
            return (
                f"{problem.names[i]} ({game.strategy(i).label}) hands in points she did not "
                "measure, and the formulas of the others are for honest points"
            )
    return None


def _reached(game: EstimationGame, liar: int, j: int, made_up: Sequence[int]) -> bool:
    """Whether points made up in these distributions are beyond agent j's formulas.

    Those of the others are for honest points, but for who hears nobody; the liar's own are for
    points of hers that were measured, but for plain means.
    """
    risks = game.view(j).risks()
    tied, channels = risks.members, risks.known()
    return any(
        k in tied or not (channels[k].linear if j == liar else channels[k].deaf) for k in made_up
    )


def exact_answer(game: EstimationGame, i: int) -> ExactPenalty:
    """Penalty and exact best response of agent i in the game's profile."""
    view = game.view(i)
    plays, ledger = game.strategy(i).plays(view) or [], game.exact_ledger
    risks = view.risks()
    key = (tuple(risks.known()), risks.joint, tuple(plays), tuple(view.costs.tolist()))
    try:
        known = ledger.answers.get(key)
    except TypeError:  # a channel of a user's own that cannot be looked up
        return _answer(view, plays, ledger)
    if known is None:
        known = ledger.answers[key] = _answer(view, plays, ledger)
    return known


def _answer(view: View, plays: Sequence[Play], ledger: Memo) -> ExactPenalty:
    best = best_response(view, ledger.counts)
    same = best.plays == tuple(plays)
    penalty, error = (best.penalty, best.error) if same else view.risks().price(plays)
    slack = best.penalty - best.bound if math.isfinite(best.penalty) else 0.0
    return ExactPenalty(penalty, error, best.plays, best.penalty, slack)


def look_ahead(game: EstimationGame) -> None:
    """Work out the best counts of all agents together, before they are asked for one by one."""
    with suppress(TypeError):  # of channels that cannot be looked up
        game.exact_ledger.counts.update(best_counts(_pairs(game), integer=game.problem.integer))


def _pairs(game: EstimationGame) -> Iterator[Pair]:
    for i in range(game.m):
        risks = game.view(i).risks()
        for k, channel in risks.apart():
            yield channel, float(risks.costs[k])


def damage(game: EstimationGame, i: int, plays: tuple[Play, ...]) -> float | None:
    """What the others lose, in sum, if agent i plays `plays`; None where no formula is known.

    Points made up without any measurement can lie anywhere: the loss is inf where somebody
    accepts a mean that holds them. Not computed (None) for games with more than PAIRS pairs.
    """
    counts = game.profile_counts()
    mine = game.strategy(i).plays(game.view(i))
    if mine is not None and all(
        math.isclose(a.s, b.s, rel_tol=1e-9) and a.honest and b.honest
        for a, b in zip(mine, plays, strict=True)
    ):
        return 0.0
    if game.problem.m**2 * game.problem.d > PAIRS:
        return None
    changed = counts.copy()
    changed[i] = [play.s for play in plays]
    loss = 0.0
    for j in range(game.problem.m):
        if j == i:
            continue
        honest = View(j, game.terms, counts)
        theirs = game.strategy(j).plays(honest)
        if theirs is None:
            return None
        after = View(j, game.terms, changed)
        lost = _lost(honest.risks(), after.risks(), theirs, plays, game.problem.sigma)
        if lost is None:
            return None
        loss += lost
    return loss


def _lost(
    before: Risks, after: Risks, theirs: Sequence[Play], plays: Sequence[Play], sigma: Array
) -> float | None:
    """What one of the others loses who plays `theirs`, before and after `plays` are played."""
    if after.joint is not None:
        if not all(play.honest for play in plays):
            return None
        return _more(before.price(theirs)[0], after.price(theirs)[0])
    loss = 0.0
    for k, (old, new) in enumerate(zip(before.known(), after.known(), strict=True)):
        honest = Play.truthful(float(after.others[k]) - plays[k].s)
        pool = PollutedPool.of([honest, plays[k]], float(sigma[k]))
        risk = new.risk_among(theirs[k], pool)
        if risk is None:
            return None
        loss += _more(old.risk(theirs[k])[0], risk)
    return loss


def _more(old: float, new: float) -> float:
    return new - old if old != new else 0.0  # inf - inf where nothing changes
