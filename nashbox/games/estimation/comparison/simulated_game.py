"""The game of counts for mechanisms whose risks only a simulation knows.

Agents collect, hand in all of it and accept the answer; best responses are over these honest
counts alone. An agent's candidates are played on the same worlds (common random numbers) and every
answer of hers uses the same seed, so that the simulated game is a fixed one. She moves only if
the paired gain exceeds epsilon and two standard errors.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nashbox.games.contests import Judge
from nashbox.games.estimation.comparison.counts import CountGame, ProfileOutcome, truthful
from nashbox.games.estimation.game import EstimationGame
from nashbox.games.estimation.nature import Trial, play_block
from nashbox.games.estimation.search import around, best_apart, possible
from nashbox.games.paths import Exhausted
from nashbox.measure.moments import Moments, difference
from nashbox.measure.seeds import Stage, child
from nashbox.mechanisms.rounding import alone_counts, finite_product
from nashbox.problem.arrays import Array
from nashbox.problem.plays import Play
from nashbox.strategies import Strategy
from nashbox.strategies.best_responder import FoundPlays

FACTORS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0)  # of what is owed, and of what is best alone
WORLDS = 500  # in which an answer is sought
DECISIVE = 4000  # in which it is held against the present counts
MEASURED = 2000  # in which penalties are measured
REFINED = (0.12, 0.04)  # steps of the search, as parts of the best counts so far
NOISE = 2.0  # standard errors that a gain must exceed


@dataclass
class Budget:
    """Worlds that may still be simulated."""

    left: int

    def spend(self, worlds: int) -> None:
        """Take them. Raises Exhausted."""
        if worlds > self.left:
            raise Exhausted
        self.left -= worlds


def honest_strategy(counts: Array) -> Strategy:
    """Collect `counts` (d,), hand all of it in, accept the answer."""
    return FoundPlays(tuple(Play.truthful(float(n)) for n in counts))


def with_plays(game: EstimationGame, plays: Sequence[Sequence[Play]]) -> EstimationGame:
    """Return the game in which everybody plays these, agent by agent and distribution."""
    answers = {n: FoundPlays(tuple(row)) for n, row in zip(game.problem.names, plays, strict=True)}
    return replace(game, strategies=answers)


def measured(
    game: EstimationGame, seed: int, budget: Budget | None = None, worlds: int = MEASURED
) -> tuple[Array, Array, float]:
    """Penalties of the game's profile with their standard errors, (m,) each, and that of their sum.

    By simulation; the largest over the grid of mu where something is not translation-equivariant.
    """
    m, (states, _) = game.problem.m, game.unknowns()
    rows = [[Moments() for _ in range(m + 1)] for _ in states]  # of everybody, and of the sum
    for row, state in zip(rows, states, strict=True):
        for penalties in _played(game, state, seed, budget, worlds):
            for kept, values in zip(row, [*penalties, np.sum(penalties, axis=0)], strict=True):
                kept.add(values)
    at = [max(range(len(states)), key=lambda p: rows[p][i].mean) for i in range(m)]
    worst = [rows[p][i] for i, p in enumerate(at)]
    together = rows[at[0]][m]
    if len(set(at)) > 1:
        together = _sum_at(game, {p: states[p] for p in at}, at, seed, budget, worlds)
    return np.array([w.mean for w in worst]), np.array([w.se for w in worst]), together.se


def _played(
    game: EstimationGame, state: Any, seed: int, budget: Budget | None, worlds: int
) -> Iterator[Array]:
    """Everybody's penalties (m, R) in the same worlds at any mu, a block of them at a time."""
    if budget is not None:
        budget.spend(worlds)
    for block in range(math.ceil(worlds / game.block)):
        number = child(seed, Stage.COMPARE, 0, block)
        model = game.model(min(game.block, worlds), number, state, what_if=True)
        model.step()
        yield np.array([agent.penalty for agent in model.players])


def _sum_at(
    game: EstimationGame,
    states: Mapping[int, Any],
    at: Sequence[int],
    seed: int,
    budget: Budget | None,
    worlds: int,
) -> Moments:
    """The sum of penalties where everybody's counts at a state of her own, in the same worlds."""
    found = Moments()
    played = (_played(game, state, seed, budget, worlds) for state in states.values())
    for blocks in zip(*played, strict=True):
        paid = dict(zip(states, blocks, strict=True))
        found.add(np.sum([paid[p][i] for i, p in enumerate(at)], axis=0))
    return found


class SimulatedGame(CountGame):
    """Answers by simulation. judge: says what gain is worth moving for."""

    def __init__(self, game: EstimationGame, seed: int, budget: Budget, judge: Judge) -> None:
        super().__init__(game, seed)
        self.budget, self.judge = budget, judge
        self._known: dict[tuple[int, bytes], Array] = {}
        self._room: dict[tuple[int, bytes], float] = {}

    def honest(self) -> ProfileOutcome:
        """What it brings if everybody does as recommended, measured."""
        return self._measured(self.game.terms.counts, replace(self.game, strategies={}))

    def outcome(self, profile: Array) -> ProfileOutcome:
        """What honest counts (m, d) bring, measured."""
        return self._measured(profile, with_plays(self.game, truthful(profile)))

    def _measured(self, counts: Array, game: EstimationGame) -> ProfileOutcome:
        penalties, se, together = measured(game, self.seed, self.budget)
        plays = truthful(counts)
        return ProfileOutcome(counts, counts, penalties, se, None, plays, social_error=together)

    def unresolved(self, counts: Array) -> float:
        """Most that a move in a profile (m, d) may gain, up to two standard errors, (m,) answers.

        Only of the moves that the search found; 0 where it found none.
        """
        keys = [(i, counts.tobytes()) for i in range(len(counts))]
        return max((self._room[key] for key in keys if key in self._room), default=0.0)

    def answer(self, i: int, profile: Array) -> Array:
        """Return agent i's best counts found, (d,); the present ones if nothing clearly gains."""
        key = (i, profile.tobytes())
        if key not in self._known:
            self._known[key] = self._searched(i, profile)
        found: Array = self._known[key]
        return found.copy()

    def _searched(self, i: int, counts: Array) -> Array:
        problem = self.game.problem
        now: Array = counts[i].copy()
        profile = {n: honest_strategy(row) for n, row in zip(problem.names, counts, strict=True)}
        game = replace(self.game, strategies=profile)
        table = self._priced(game, i, self._coarse(i, now))
        for part in REFINED:
            near = around(best_apart(table), part, (-2, -1, 1, 2))
            table += self._priced(game, i, possible(game, i, near))
        best = best_apart(table)
        if np.array_equal(best, now):
            return now
        gains, room = self._gains(game, i, now, best)
        self._room[i, counts.tobytes()] = room
        return best if gains else now

    def _coarse(self, i: int, now: Array) -> list[Array]:
        """Vectors of counts (d,): none, one of each, multiples of what is owed and best alone."""
        problem, owed = self.game.problem, self.game.terms.counts[i]
        alone = alone_counts(problem.costs[i : i + 1], problem.sigma, integer=True)[0]
        scales = (owed, np.maximum(alone, 1.0))
        multiples = [np.rint(f * s) for f in FACTORS for s in scales]
        return possible(self.game, i, [now, np.ones_like(now), *multiples])

    def _priced(self, game: EstimationGame, i: int, grid: list[Array]) -> list[tuple[Array, Array]]:
        """Counts (d,) with their penalties distribution by distribution (d,), at the worst mu."""
        trials, costs = self._trials(game, i, grid, 1, WORLDS), game.problem.costs[i]
        return [
            (n, np.max([errors for _, errors in found], axis=0) + finite_product(costs, n))
            for n, found in zip(grid, trials, strict=True)
        ]

    def _gains(self, game: EstimationGame, i: int, now: Array, best: Array) -> tuple[bool, float]:
        """Whether `best` clearly gains over `now`, and how much at most, on unseen worlds."""
        here, there = (
            max((penalty for penalty, _ in found), key=lambda penalty: float(penalty.mean()))
            for found in self._trials(game, i, [now, best], 2, DECISIVE)
        )
        level = float(here.mean())
        if math.isinf(level):
            return math.isfinite(float(there.mean())), 0.0
        moments = Moments()
        moments.add(difference(here, there))
        least = self.judge.least(level)
        noise = NOISE * moments.se
        return moments.mean > max(least, noise), moments.mean + noise

    def _trials(
        self, game: EstimationGame, i: int, grid: list[Array], use: int, worlds: int
    ) -> list[list[tuple[Array, Array]]]:
        """For every vector of counts and place of mu: penalties (R,), mean squared errors (d,)."""
        strategies = [honest_strategy(n) for n in grid]
        states = game.states(i, strategies[0])
        self.budget.spend(worlds * len(grid) * len(states))
        found: list[list[tuple[Array, Array]]] = [[] for _ in grid]
        for state in states:
            parts: list[list[Trial]] = [[] for _ in grid]
            for block in range(math.ceil(worlds / game.block)):
                seed = child(self.seed, Stage.COMPARE, use, i, block)
                played = play_block(game, i, strategies, seed, state, min(game.block, worlds))
                for part, trial in zip(parts, played, strict=True):
                    part.append(trial)
            for kept, part in zip(found, parts, strict=True):
                penalty = np.concatenate([trial.penalty for trial in part])
                kept.append((penalty, np.mean([t.errors.mean(axis=0) for t in part], axis=0)))
        return found
