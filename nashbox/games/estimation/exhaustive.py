"""The exhaustive audit: the box (n, s, Delta) with Pitman's estimator, closed by a bound.

For normal data and a mechanism that sees a submission only through its count and mean, the best
response can be sought among translation-equivariant strategies, and these are (n, s, Delta):
collect n, submit s points with mean X-bar + Delta. The box closes because n points cost c n.

The risks here are computed on another way than the exact audit's: Pitman's risk from the joint law
of (X-bar, I - X-bar) under the means, quadrature under CBL, thresholds and decoys; the lower
bound that closes the box is the full-information risk (E[Var(mu | X, Z, Z', eta)] under CBL) by
quadrature.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nashbox.games.estimation.boxes import Box
from nashbox.games.estimation.tied import tied_box
from nashbox.mechanisms.cbl.channel import CorruptChannel, quadrature_risk
from nashbox.mechanisms.decoy.channel import DecoyChannel
from nashbox.mechanisms.decoy.estimated_channel import EstimatedChannel
from nashbox.mechanisms.decoy.moments import accepted_risk
from nashbox.mechanisms.mean_channel import MeanChannel
from nashbox.mechanisms.threshold.channel import ThresholdChannel
from nashbox.mechanisms.threshold.moments import pitman_curve
from nashbox.problem.channel import Channel, Play
from nashbox.problem.errors import InputError
from nashbox.problem.remembering import remembered
from nashbox.strategies.response import known_channels, price

if TYPE_CHECKING:
    from nashbox.games.estimation.game import EstimationGame

Array = NDArray[np.float64]

SHIFTS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)  # Delta in units of sigma/sqrt(n)
CLASS = (
    "all strategies of one agent against the others' honest points, which by invariance are to "
    "collect n points, to hand in s points moved by Delta, and to make the best of the answer "
    "(Pitman's estimator); n and s beyond those searched are covered by what all points of "
    "everybody would bring"
)


def refuse(game: EstimationGame) -> str | None:
    """Say why the box does not apply, or None if it does."""
    if not game.problem.source.normal:
        return "it is for normal data, and the measurements are real ones (source csv)"
    if game.mechanism.sees != "count_and_mean":
        return (
            f"mechanism {type(game.mechanism).__name__} sees single points (sees = "
            f"{game.mechanism.sees!r}), and the box needs sees = 'count_and_mean'"
        )
    return None


def search_box(channel: Channel, cost: float, owed: float) -> Box:
    """Search one distribution. cost: per sample; owed: recommended count n*."""
    if np.isinf(cost):
        return _price(channel, cost, [Play.truthful(0.0), Play(0.0, owed, 0.0, 0.0, None)], [0.0])
    start = min(_pitman_risk(channel, p)[0] + cost * p.n for p in _small(owed))
    for n in (owed, 2 * owed, 1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, 16384.0, 65536.0):
        if n > 0:
            start = min(start, _pitman_risk(channel, Play(n, n, n, 0.0, None))[0] + cost * n)
    if not np.isfinite(start):
        return _price(channel, cost, _small(owed), [0.0, 1.0])
    top = int(start / cost) + 1
    counts = [float(n) for n in (range(top + 1) if top <= 4000 else _spread(top))]
    plays = [
        Play(n, s, n, 0.0, None) for n in counts if n > 0 for s in dict.fromkeys((n, owed))
    ] + _small(owed)
    for n in {1.0, *(float(round(owed * f)) for f in (0.25, 0.5, 0.75, 1.0, 1.5))} - {0.0}:
        for s in {0.0, 1.0, n, owed, 2 * owed}:
            for shift in SHIFTS if s else (0.0,):
                plays.append(
                    Play(n, s, n, float(shift * channel_sigma(channel) / np.sqrt(n)), None)
                )
    return _price(channel, cost, list(dict.fromkeys(plays)), counts)


def channel_sigma(channel: Channel) -> float:
    """Standard deviation of a point."""
    return float(getattr(channel, "sigma", 1.0))


def _spread(top: int) -> list[int]:
    """Whole numbers that are dense near 0 and spread out to `top`; risks are smooth in n."""
    return sorted({0, *np.rint(np.geomspace(1, top, 4000)).astype(int).tolist()})


def _small(owed: float) -> list[Play]:
    """Plays of who collects nothing: hand in nothing, one point, or what is owed."""
    return [Play(0.0, s, 0.0, 0.0, None) for s in sorted({0.0, 1.0, owed})]


def _price(channel: Channel, cost: float, plays: list[Play], counts: list[float]) -> Box:
    priced = []
    for play in plays:
        risk, error = _pitman_risk(channel, play)
        priced.append((play, risk + (cost * play.n if play.n else 0.0), error))
    best, price, error = min(priced, key=lambda row: row[1] + row[2])
    for play, other, doubt in priced:  # among equals, the plain one
        if play.s == play.n and not play.shift and other + doubt <= (price + error) * (1 + 1e-9):
            best, price, error = play, other, doubt
            break
    bound = min(_full_information(channel, n) + (cost * n if n else 0.0) for n in counts)
    shown = tuple((play, value) for play, value, _ in priced)
    return Box((), (best,), price, error, min(bound, price), len(plays), shown)


@remembered(65536)
def _pitman_risk(channel: Channel, play: Play) -> tuple[float, float]:
    if isinstance(channel, CorruptChannel) and play.n > 0 and play.s > 0 and channel.clean > 0:
        if play.s == play.n and play.shift == 0.0:  # accepting is a valid use: one dimension
            return quadrature_risk(channel, replace(play, weight=1.0))
        return quadrature_risk(channel, play)
    if isinstance(channel, MeanChannel) and play.n > 0:
        return _gaussian_pitman(channel, play)
    if isinstance(channel, ThresholdChannel) and play.n > 0 and play.s > 0 and channel.clean > 0:
        if play.s == play.n and play.shift == 0.0:  # accepting is a valid use
            verdict = channel.verdict(play)
            return verdict.passed + verdict.failed - verdict.failed_if_passed, verdict.error
        return pitman_curve(channel, play.n, play.s, play.shift).risk()
    if isinstance(channel, DecoyChannel) and channel.others > 0:
        owed = play.s == play.n == channel.owed and play.n > 0
        if owed and play.shift == 0.0:  # accepting is the best use
            return accepted_risk(channel, replace(play, weight=1.0))
    if isinstance(channel, EstimatedChannel) and play.n > 0 and play.s > 0:
        return channel.accepted(replace(play, weight=1.0))
    return channel.risk(play)


def _gaussian_pitman(channel: MeanChannel, play: Play) -> tuple[float, float]:
    """Var(X-bar | I - X-bar) from covariances, where I is a mean of Y-bar and the others'."""
    v = channel.sigma**2
    points = channel.others + (play.s if channel.pooled else 0.0)
    if play.s < channel.required or points == 0:
        return v / play.n, 1e-12 * v / play.n
    share = play.s / points if channel.pooled else 0.0
    others = v / channel.others if channel.others else 0.0
    var_x = v / play.n
    # U = share (X-bar + Delta) + (1 - share) O - X-bar, mu = 0
    var_u = (1 - share) ** 2 * (var_x + others)
    cov = -(1 - share) * var_x
    risk = var_x - (cov**2 / var_u if var_u > 0 else 0.0)
    return risk, 1e-12 * var_x


@remembered(65536)
def _full_information(channel: Channel, n: float) -> float:
    """Lower bound of the risk after n points, whatever is submitted and however it is used."""
    if isinstance(channel, CorruptChannel) and n > 0 and channel.clean > 0:
        risk, error = quadrature_risk(channel, Play.truthful(n))
        return risk - error
    if isinstance(channel, ThresholdChannel) and n > 0 and channel.clean > 0:
        return full_information(channel, n)
    if isinstance(channel, DecoyChannel | EstimatedChannel) and n > 0 and channel.others > 0:
        return channel.risk_floor(n)
    return float(channel.best_risk(np.float64(n))) * (1 - 1e-12)


def full_information(channel: ThresholdChannel, n: float) -> float:
    """The chance to pass by quadrature, and the pooled means' variances with either answer."""
    verdict, v = channel.verdict(Play.truthful(n)), channel.sigma**2
    chance = min(1.0, verdict.chance + verdict.chance_error)
    return chance * v / (n + channel.others) + (1 - chance) * v / (n + channel.clean)


def exhaustive_answer(game: EstimationGame, i: int) -> tuple[float, float, list[Box]]:
    """Return the penalty of agent i, its numerical error, and a searched box per distribution.

    Distributions that a mechanism ties together make one box, which comes last.
    """
    view = game.view(i)
    if any(channel is None for channel in view.channels()):
        raise InputError(
            f"method 'exhaustive': mechanism {type(game.mechanism).__name__} publishes no channel, "
            "so nothing closes the box; use black_box"
        )
    penalty, error = price(view, game.strategy(i).plays(view) or [])
    joint = view.tied()
    tied = joint.members if joint is not None else ()
    boxes = [
        replace(search_box(channel, float(cost), float(owed)), members=(k,))
        for k, (channel, cost, owed) in enumerate(
            zip(known_channels(view), view.costs, view.counts, strict=True)
        )
        if k not in tied
    ]
    if joint is not None:
        boxes.append(tied_box(joint, view))
    return penalty, error, boxes
