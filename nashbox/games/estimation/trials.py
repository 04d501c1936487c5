"""What one agent pays with many strategies in common worlds, and controls that reduce the noise.

All her strategies measure from one well of points. Of the M points that the audited play takes, any
n are as good as any other n: their mean differs from that of all M by a term of mean 0 times any
symmetric function of the M. What lies beyond the M is independent of it. The best such function is
the derivative of her squared error with respect to her own mean; probes, which hand in that mean
moved up and down, find it. The means are exactly 0 for every source of independent points, real
measurements included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nashbox.games.trials import Played
from nashbox.problem.arrays import Array
from nashbox.problem.data import Dataset
from nashbox.problem.terms import View
from nashbox.strategies import Strategy

if TYPE_CHECKING:
    from nashbox.agents import EstimationAgent
    from nashbox.games.estimation.game import EstimationGame


STEP = 0.5  # of a probe, in standard errors of the own mean
TAYLOR = np.array([1.0, 0.5])  # of the two controls, in an error like the probes'


@dataclass(frozen=True)
class Probe(Strategy):
    """Hand in `collect` points that all lie at their mean, moved; accept the answer."""

    collect: tuple[int, ...]
    move: tuple[float, ...]  # units of the measurements

    def gather(self, view: View, rng: np.random.Generator) -> NDArray[np.int64]:
        """Return the counts whose mean is taken."""
        return np.array(self.collect, dtype=np.int64)

    def report(self, data: Dataset, view: View, rng: np.random.Generator) -> Dataset:
        """Points at the moved mean."""
        mean = np.where(np.array(self.collect) > 0, data.mean, 0.0) + np.array(self.move)
        points = [np.repeat(mean[:, k, None], n, axis=1) for k, n in enumerate(self.collect)]
        return Dataset(points, np.broadcast_to(np.array(self.collect), mean.shape))

    def estimate(
        self,
        data: Dataset,
        submission: Dataset,
        information: Any,
        view: View,
        rng: np.random.Generator,
    ) -> Array:
        """Accept the information, the mean that was handed in where there is none."""
        received = np.asarray(information, dtype=float)
        return np.where(np.isnan(received), submission.mean, received)


def own_trials(
    game: EstimationGame,
    i: int,
    strategies: Sequence[Strategy],
    worlds: int,
    seed: int,
    at: tuple[float, ...],
) -> Iterator[Played]:
    """Penalties of agent i with each strategy, the audited one first. at: offset of mu, (d,)."""
    model = game.model(worlds, seed, at)
    agent = model.players[i]
    probes = _probes(game, agent, strategies[0])
    asked = probes if _counts_differ(agent, strategies, probes) else []
    played = model.trials(i, [*asked, *strategies])
    errors = [next(played).errors.copy() for _ in asked]
    nothing = np.empty((worlds, 0))
    controls = _Controls(game, agent, probes, errors) if probes else None
    shared = nothing
    for j, player in enumerate(played):
        if controls is not None and not j:  # the points are drawn now
            shared = controls.shared()
        known = nothing if controls is None else controls.of(player)
        usual = np.tile(TAYLOR, known.shape[1] // TAYLOR.size)
        yield Played(player.penalty, known, usual, shared, plays=1 if j else 1 + len(asked))


def _counts_differ(
    agent: EstimationAgent, strategies: Sequence[Strategy], probes: Sequence[Probe]
) -> bool:
    """Whether anything is played with other counts than the audited: else Taylor's terms are 0."""
    if not probes:
        return False
    before = agent.stream.bit_generator.state
    pure = [found for strategy in strategies for found, _ in strategy.mixture()]
    differ = any(tuple(agent.counts_of(one).tolist()) != probes[0].collect for one in pure)
    agent.stream.bit_generator.state = before
    return differ


def _probes(game: EstimationGame, agent: EstimationAgent, audited: Strategy) -> list[Probe]:
    """Three probes around the audited counts; none where single points are looked at."""
    mixture = audited.mixture()
    if game.mechanism.sees != "count_and_mean" or len(mixture) > 1:
        return []
    counts = agent.counts_of(mixture[0][0])
    if not counts.any():
        return []
    unit = STEP * game.terms.sigma / np.sqrt(np.maximum(1, counts))
    return [
        Probe(
            tuple(counts.tolist()),
            tuple((sign * np.where(counts > 0, unit, 0.0)).tolist()),
        )
        for sign in (-1.0, 0.0, 1.0)
    ]


class _Controls:
    """Taylor's two terms per distribution and strategy; products of means, which all share."""

    def __init__(
        self,
        game: EstimationGame,
        agent: EstimationAgent,
        probes: Sequence[Probe],
        errors: Sequence[Array],
    ) -> None:
        self.agent, self.truth = agent, agent.model.truth
        self.variances = game.problem.source.variances
        self.audited = np.array(probes[0].collect)
        step = np.array(probes[2].move)
        self.slope = self.bend = np.zeros((agent.model.replications, step.size))
        if errors:
            low, middle, high = errors
            with np.errstate(all="ignore"):
                slope = (high - low) / (2 * step)
                bend = (high - 2 * middle + low) / step**2
            self.slope = np.where(np.isfinite(slope), slope, 0.0)
            self.bend = np.where(np.isfinite(bend), bend, 0.0)
        self._of: dict[tuple[int, int], Array] = {}
        self._spread: dict[int, Array] = {}

    def shared(self) -> Array:
        """Own mean, the others' mean, and their products less what these are worth, (R, 5 d)."""
        v, M = self.variances, np.maximum(self.audited, 1)
        own = np.stack([self._mean(k, 0, n) for k, n in enumerate(self.audited.tolist())], axis=1)
        count, total = np.zeros(own.shape), np.zeros(own.shape)
        for other in self.agent.model.players:
            if other is not self.agent:
                count += other.collected
                total += np.where(other.collected > 0, other.collected * other.own_means(), 0.0)
        there = np.maximum(count, 1)
        others = np.where(count > 0, total / there - self.truth, 0.0)
        squares = own**2 - np.where(self.audited > 0, v / M, 0.0)
        theirs = others**2 - np.where(count > 0, v / there, 0.0)
        return np.concatenate([own, others, squares, theirs, own * others], axis=1)

    def of(self, agent: EstimationAgent) -> Array:
        """Controls of what the agent just played, (R, 2 d); 0 where her counts are random."""
        worlds, d = len(agent.errors), self.truth.size
        counts = agent.collected
        if (counts != counts[:1]).any():
            return np.zeros((worlds, 2 * d))
        return np.concatenate([self._column(k, int(counts[0, k])) for k in range(d)], axis=1)

    def _column(self, k: int, n: int) -> Array:
        if (k, n) not in self._of:
            self._of[k, n] = self._made(k, n)
        return self._of[k, n]

    def _made(self, k: int, n: int) -> Array:
        M = int(self.audited[k])
        if 0 in (n, M) or n == M:
            return np.zeros((self.slope.shape[0], 2))
        if n < M:
            away = self._mean(k, 0, n) - self._mean(k, 0, M)
            spread = self._variance(k) * (1 / n - 1 / M)
        else:  # what lies beyond the M is independent of them
            away, spread = self._mean(k, M, n), self.variances[k] / (n - M)
        return np.stack([self.slope[:, k] * away, self.bend[:, k] * (away**2 - spread)], axis=1)

    def _points(self, k: int, start: int, stop: int) -> Array:
        assert self.agent.well is not None  # noqa: S101 - trials draw it
        return np.asarray(self.agent.well.points(k)[:, start:stop])

    def _variance(self, k: int) -> Array:
        """Of the points that she owes, (R,)."""
        if k not in self._spread:
            self._spread[k] = self._points(k, 0, int(self.audited[k])).var(axis=1, ddof=1)
        return self._spread[k]

    def _mean(self, k: int, start: int, stop: int) -> Array:
        """Mean of some of her points less mu, (R,); 0 without points."""
        if start == stop:
            return np.zeros(self.slope.shape[0])
        return np.asarray(self._points(k, start, stop).mean(axis=1) - self.truth[k])
