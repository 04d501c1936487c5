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

import numpy as np
from numpy.typing import NDArray

from nashbox.games.estimation.beyond import beyond, without_channel
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.problem.channel import Channel, Joint, Play
from nashbox.problem.terms import View
from nashbox.strategies.best_count import Found, Pair, best_counts
from nashbox.strategies.response import best_response, known_channels, price
from nashbox.strategies.response import price_of as price_of

if TYPE_CHECKING:
    from nashbox.games.estimation.game import EstimationGame

Array = NDArray[np.float64]

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
    """Say why no exact answer exists for this game, or None if one does."""
    return game.without_formula


def why_none(game: EstimationGame) -> str | None:
    """Work out what `unavailable` says."""
    problem, reason = game.problem, beyond(game)
    if reason is not None:
        return reason
    for i, name in enumerate(problem.names):
        view = game.view(i)
        if any(channel is None for channel in view.channels()):
            return without_channel(game.mechanism)
        plays = game.strategy(i).plays(view)
        if plays is None:
            return f"strategy {game.strategy(i).label} of {name} has no exact formula"
        if problem.m > 1 and not all(play.honest for play in plays):
            return (
                f"{name} ({game.strategy(i).label}) hands in points she did not measure, and the "
                "formulas of the others are for honest points"
            )
    return None


def channels_of(game: EstimationGame, i: int, counts: Array) -> list[Channel]:
    """What agent i faces, one distribution apart from the other, when everybody hands in `counts`.

    Where distributions are tied together (`View.tied`), channels do not tell everything.
    """
    return known_channels(View(i, game.terms, counts))


def exact_answer(game: EstimationGame, i: int) -> ExactPenalty:
    """Penalty and exact best response of agent i in the game's profile."""
    view = game.view(i)
    plays, ledger = game.strategy(i).plays(view) or [], game.exact_ledger
    key = (tuple(known_channels(view)), view.tied(), tuple(plays), tuple(view.costs.tolist()))
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
    penalty, error = (best.penalty, best.error) if same else price(view, plays)
    slack = best.penalty - best.bound if math.isfinite(best.penalty) else 0.0
    return ExactPenalty(penalty, error, best.plays, best.penalty, slack)


def look_ahead(game: EstimationGame) -> None:
    """Work out the best counts of all agents together, before they are asked for one by one."""
    with suppress(TypeError):  # of channels that cannot be looked up
        game.exact_ledger.counts.update(best_counts(_pairs(game), integer=game.problem.integer))


def _pairs(game: EstimationGame) -> Iterator[Pair]:
    for i in range(game.m):
        view = game.view(i)
        joint = view.tied()
        members = () if joint is None else joint.members
        for k, (channel, cost) in enumerate(zip(known_channels(view), view.costs, strict=True)):
            if k not in members:
                yield channel, float(cost)


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
        before, after = View(j, game.terms, counts), View(j, game.terms, changed)
        theirs = game.strategy(j).plays(before)
        if theirs is None:
            return None
        joint = after.tied()
        if joint is not None and all(play.honest for play in plays):
            new, old = price(after, theirs)[0], price(before, theirs)[0]
            loss += new - old if old != new else 0.0
            continue
        if joint is not None:
            return None
        channels = zip(known_channels(before), known_channels(after), strict=True)
        for k, (old_channel, new_channel) in enumerate(channels):
            play = plays[k]
            old = old_channel.risk(theirs[k])[0]
            if play.honest:
                new = new_channel.risk(theirs[k])[0]
            else:
                found = _polluted(new_channel, theirs[k], play)
                if found is None:
                    return None
                new = found
            if old != new:  # inf - inf where nothing changes
                loss += new - old
    return loss


def _polluted(channel: Channel, theirs: Play, made_up: Play) -> float | None:
    """Risk of accepting a mean in which made_up.s points carry the mean of made_up.q + Delta."""
    if not isinstance(channel, MeanChannel) or theirs.weight != 1.0 or not theirs.honest:
        return None
    if channel.others == 0 or made_up.s == 0 or theirs.s < channel.required:
        return channel.risk(theirs)[0]
    if made_up.n == 0:
        return float("inf")
    own = theirs.s if channel.pooled else 0.0
    total, v = channel.others + own, channel.sigma**2
    honest = (total - made_up.s) * v
    polluted = made_up.s**2 * v / made_up.q
    return (honest + polluted + (made_up.s * made_up.shift) ** 2) / total**2
