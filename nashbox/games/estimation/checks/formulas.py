"""The check of a mechanism's formulas: risks as channels tell them, against the game as played."""

from __future__ import annotations

import numpy as np

from nashbox.games.checking import BrokenError, SkippedError
from nashbox.mechanisms import Mechanism
from nashbox.problem.arrays import Array
from nashbox.problem.channel import Channel
from nashbox.problem.data import Dataset
from nashbox.problem.plays import Play
from nashbox.problem.terms import Terms, View
from nashbox.strategies import Equivariant, Strategy, Truthful

WORLDS = 4000
AGAIN = 5  # times as many worlds in which who fails is played again
POINTS = 250  # of all agents, beyond which a game is too large to be played so often
FAR = 5.0  # standard errors
AGREE = 1e-6  # relative, of formulas with each other
BENT = 1e-3  # relative, of a slope with a difference


def formulas_hold(mechanism: Mechanism, terms: Terms) -> str:
    """Compare the first agent's formulas with each other and with simulation.

    Raises SkippedError where there are none or the game is large, BrokenError where they differ.
    """
    view = View(0, terms, terms.counts)
    risks = view.risks()
    if risks.missing is not None:
        raise SkippedError("no formulas (channel returns None)")
    if terms.counts.sum() > POINTS or (terms.counts != np.rint(terms.counts)).any():
        raise SkippedError("no game was small enough to be played")
    for k, channel in risks.apart():
        _consistent(channel, float(risks.counts[k]))
    for strategy in _strategies(view):
        _as_played(mechanism, view, strategy)
    return "risks are those of the game as it is played"


def _strategies(view: View) -> list[Strategy]:
    """Honesty, and the best use of all and of half of the points, where these are whole numbers."""
    found: list[Strategy] = [Truthful()]
    for share in (1.0, 0.5):
        counts = np.ceil(share * view.counts)
        risks = view.risks()
        plays = [Play(n, n, n, 0.0, None) for n in counts.tolist()]
        for k, channel in risks.apart():
            plays[k] = channel.best_play(float(counts[k]))
        if all(float(x).is_integer() for play in plays for x in (play.n, play.s)):
            found.append(
                Equivariant(
                    collect=[int(play.n) for play in plays],
                    submit=[int(play.s) for play in plays],
                    shift=[float(play.shift) for play in plays],
                )
            )
    return found


def _consistent(channel: Channel, owed: float) -> None:
    """Hold best plays, best risks and slopes to each other."""
    for n in {owed, np.ceil(owed / 2)} - {0.0}:
        least = float(channel.best_risk(np.float64(n)))
        risk, error = channel.risk(channel.best_play(n))
        if abs(risk - least) > error + AGREE * least:
            raise _differ(channel, f"best_risk({n:g}) is {least:.6g}, and best_play's", risk)
        for play in (Play.truthful(n), Play(n, 0.0, 0.0, 0.0, 0.0), Play(n, n, n, 0.0, None)):
            risk, error = channel.risk(play)
            if risk < least - error - AGREE * least:
                raise _differ(channel, f"best_risk({n:g}) is {least:.6g}, and {play} has", risk)
        step = 1e-3 * n
        low, high = (float(channel.best_risk(np.float64(n + x))) for x in (-step, step))
        slope, seen = channel.slope(n), (high - low) / (2 * step)
        if abs(slope - seen) > BENT * abs(seen) + AGREE * least / n:
            raise _differ(channel, f"slope({n:g}) is {slope:.6g}, and best_risk's", seen)


def _differ(channel: Channel, what: str, value: float) -> BrokenError:
    return BrokenError(f"{type(channel).__name__}: {what} {value:.6g}")


def _as_played(mechanism: Mechanism, view: View, strategy: Strategy) -> None:
    plays = strategy.plays(view)
    if plays is None:
        return
    spent = sum(float(c) * p.n for c, p in zip(view.costs, plays, strict=True) if p.n)
    penalty, error = view.risks().price(plays)
    risk = penalty - spent
    if not np.isfinite(risk):
        return
    for seed, worlds in ((1, WORLDS), (2, AGAIN * WORLDS)):
        seen = _squared_errors(mechanism, view, strategy, worlds, np.random.default_rng(seed))
        se = float(seen.std(ddof=1) / np.sqrt(worlds))
        if abs(seen.mean() - risk) <= FAR * se + error + AGREE * risk:
            return
    raise BrokenError(
        f"{strategy.label} has the risk {seen.mean():.6g} +- {se:.2g} in simulation, {risk:.6g} by "
        "formula; correct channel, or return None"
    )


def _squared_errors(
    mechanism: Mechanism, view: View, strategy: Strategy, worlds: int, rng: np.random.Generator
) -> Array:
    """Of the first agent, summed over distributions, (worlds,); the others are honest."""
    terms, own = view.terms, np.asarray(strategy.gather(view, rng))
    counts = np.vstack([own, terms.counts[1:]]).astype(np.int64)
    data = [_drawn(row, terms.sigma, worlds, rng) for row in counts]
    handed = [strategy.report(data[0], view, rng), *data[1:]]
    (received,) = mechanism.inform(handed, terms, rng, [0])
    estimate = strategy.estimate(data[0], handed[0], received, view, rng)
    return np.asarray((np.asarray(estimate) ** 2).sum(axis=1))


def _drawn(counts: Array, sigma: Array, worlds: int, rng: np.random.Generator) -> Dataset:
    points = [rng.normal(0.0, s, size=(worlds, n)) for n, s in zip(counts, sigma, strict=True)]
    return Dataset(points, np.broadcast_to(counts, (worlds, counts.size)))
