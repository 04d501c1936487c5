"""The exhaustive audit: the box (n, s, Delta) with Pitman's estimator, closed by a bound.

For normal data and a mechanism that sees a submission only through its count and mean, the best
response can be sought among translation-equivariant strategies, and these are (n, s, Delta):
collect n, submit s points with mean X-bar + Delta. The box closes because n points cost c n.

Channels compute the risks here by another way than for the exact audit (`Channel.examined_risk`):
Pitman's risk from the joint law of (X-bar, I - X-bar) under the means, quadrature under CBL,
thresholds and decoys; the lower bound that closes the box is `Channel.risk_floor`, which is the
full-information risk (E[Var(mu | X, Z, Z', eta)] under CBL) by quadrature.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from nashbox.games.estimation.boxes import Box
from nashbox.games.estimation.tied import tied_box
from nashbox.problem.channel import Channel, channel_sigma
from nashbox.problem.errors import ContractError, InputError
from nashbox.problem.plays import Play
from nashbox.problem.remembering import remembered

if TYPE_CHECKING:
    from nashbox.games.estimation.game import EstimationGame


AGREE = 1e-4  # relative, of two ways to compute a risk: well below what audits tell apart
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
    start = min(_examined(channel, p)[0] + cost * p.n for p in _small(owed))
    for n in (owed, 2 * owed, 1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, 16384.0, 65536.0):
        if n > 0:
            start = min(start, _examined(channel, Play(n, n, n, 0.0, None))[0] + cost * n)
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


def _spread(top: int) -> list[int]:
    """Whole numbers that are dense near 0 and spread out to `top`; risks are smooth in n."""
    return sorted({0, *np.rint(np.geomspace(1, top, 4000)).astype(int).tolist()})


def _small(owed: float) -> list[Play]:
    """Plays of who collects nothing: hand in nothing, one point, or what is owed."""
    return [Play(0.0, s, 0.0, 0.0, None) for s in sorted({0.0, 1.0, owed})]


def _price(channel: Channel, cost: float, plays: list[Play], counts: list[float]) -> Box:
    priced = []
    for play in plays:
        risk, error = _examined(channel, play)
        priced.append((play, risk + (cost * play.n if play.n else 0.0), error))
    best, price, error = min(priced, key=lambda row: row[1] + row[2])
    for play, other, doubt in priced:  # among equals, the plain one
        if play.s == play.n and not play.shift and other + doubt <= (price + error) * (1 + 1e-9):
            best, price, error = play, other, doubt
            break
    _hold(channel, best)
    bound = min(_floor(channel, n) + (cost * n if n else 0.0) for n in counts)
    shown = tuple((play, value) for play, value, _ in priced)
    return Box((), (best,), price, error, min(bound, price), len(plays), shown)


def _hold(channel: Channel, play: Play) -> None:
    """Compare both ways to compute a risk. Raises ContractError where they do not agree."""
    examined, doubt = _examined(channel, play)
    risk, error = channel.risk(play)
    if np.isfinite(examined) and abs(examined - risk) > doubt + error + AGREE * risk:
        raise ContractError(
            f"{type(channel).__name__}: examined_risk and risk disagree for {play}: "
            f"{examined:.6g} and {risk:.6g}"
        )


@remembered(65536)
def _examined(channel: Channel, play: Play) -> tuple[float, float]:
    return channel.examined_risk(play)


@remembered(65536)
def _floor(channel: Channel, n: float) -> float:
    return channel.risk_floor(n)


def exhaustive_answer(game: EstimationGame, i: int) -> tuple[float, float, list[Box]]:
    """Return the penalty of agent i, its numerical error, and a searched box per distribution.

    Distributions that a mechanism ties together make one box, which comes last.
    """
    risks = game.view(i).risks()
    if risks.missing is not None:
        raise InputError(
            f"method 'exhaustive': mechanism {type(game.mechanism).__name__} publishes no channel, "
            "so nothing closes the box; use black_box"
        )
    penalty, error = risks.price(game.strategy(i).plays(game.view(i)) or [])
    boxes = [
        replace(search_box(channel, float(risks.costs[k]), float(risks.counts[k])), members=(k,))
        for k, channel in risks.apart()
    ]
    if risks.joint is not None:
        boxes.append(tied_box(risks.joint, risks.costs, risks.counts))
    return penalty, error, boxes
