"""Worlds in which some agents play together: their schemes tried on the same data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nashbox.games.estimation import EstimationGame
from nashbox.model.estimation import mediated
from nashbox.problem.data import Collected, Dataset
from nashbox.problem.errors import ContractError
from nashbox.problem.source import check_block
from nashbox.rules.coalitions.schemes import Scheme
from nashbox.strategies.base import accept

Array = NDArray[np.float64]

POINTS = 3_000_000  # held at a time
FEWEST = 20  # worlds of a block, whatever that holds


@dataclass(frozen=True, eq=False)
class Seen:
    """What a coalition knows after one scheme in R worlds, and the truth.

    own: (R, d) joint means, NaN where nothing was collected. answers: (members, R, d). sums,
    submitted: (R, members, d) sums and (members, d) numbers handed in. truth: (d,).
    """

    collected: tuple[int, ...]
    own: Array
    answers: Array
    sums: Array
    submitted: NDArray[np.int64]
    outside: NDArray[np.int64]
    truth: Array


def worlds_at_once(game: EstimationGame, collected: int) -> int:
    """How many worlds fit. Raises InputError where too few do: schemes need several copies."""
    points = float(game.terms.counts.sum()) + collected
    check_block(FEWEST, int(points), FEWEST * POINTS)
    return int(np.clip(POINTS / max(points, 1.0), FEWEST, 1000))


@dataclass(frozen=True, eq=False)
class CoalitionWorlds:
    """R worlds: what everybody outside hands in, and points for the coalition to measure."""

    game: EstimationGame
    members: tuple[int, ...]
    handed: list[Dataset]
    well: list[Array]  # (R, most) points of each distribution
    seed: int

    @classmethod
    def drawn(
        cls,
        game: EstimationGame,
        members: tuple[int, ...],
        most: Sequence[int],
        worlds: int,
        seed: int,
    ) -> CoalitionWorlds:
        """Draw the data. most: (d,) points the coalition collects at most."""
        problem, counts = game.problem, game.terms.counts.astype(np.int64)
        streams = [
            np.random.Generator(np.random.SFC64(child))
            for child in np.random.SeedSequence(seed).spawn(problem.m + 1)
        ]
        nowhere = np.zeros(problem.d)

        def measure(n: NDArray[np.int64], rng: np.random.Generator) -> Collected:
            return Collected(problem.source, problem.sigma, nowhere, n, worlds, rng)

        handed: list[Dataset] = [measure(counts[i], streams[i]) for i in range(problem.m)]
        shared = measure(np.maximum(most, counts[list(members)].sum(axis=0)), streams[-1])
        return cls(game, members, handed, [shared.points(k) for k in range(problem.d)], seed)

    def _dice(self) -> np.random.Generator:
        return np.random.Generator(np.random.SFC64([self.seed, 1]))

    def honest(self) -> Array:
        """Penalties of the members if they are honest, (members, R); the same points are theirs."""
        game, members = self.game, list(self.members)
        owed = game.terms.counts[members].astype(np.int64)
        ends = np.cumsum(owed, axis=0)
        submissions = list(self.handed)
        for place, i in enumerate(members):
            mine = [
                self.well[k][:, ends[place, k] - owed[place, k] : ends[place, k]]
                for k in range(game.problem.d)
            ]
            shape = (mine[0].shape[0], game.problem.d)
            submissions[i] = Dataset(mine, np.broadcast_to(owed[place], shape))
        answers = self._ask(submissions)
        penalties = []
        for place, i in enumerate(members):
            estimate = accept(submissions[i], answers[place])
            error = np.square(estimate - game.problem.source.means)
            error = np.where(np.isnan(error), np.inf, error).sum(axis=1)
            costs = np.where(owed[place] > 0, game.problem.costs[i], 0.0) @ owed[place]
            penalties.append(error + costs)
        return np.array(penalties)

    def play(self, scheme: Scheme) -> Seen:
        """Collect, hand in, and read everybody's answer."""
        game, members = self.game, list(self.members)
        d = game.problem.d
        owed = game.terms.counts[members].astype(np.int64)
        joint = [self.well[k][:, : scheme.collected[k]] for k in range(d)]
        parts = [scheme.points(k, owed[:, k], joint[k]) for k in range(d)]
        worlds = self.well[0].shape[0]
        submissions = list(self.handed)
        for place, i in enumerate(members):
            blocks = [parts[k][place] for k in range(d)]
            sizes = np.array([b.shape[1] for b in blocks])
            submissions[i] = Dataset(blocks, np.broadcast_to(sizes, (worlds, d)))
        own = np.full((worlds, d), np.nan)
        for k in range(d):
            if scheme.collected[k]:
                own[:, k] = joint[k].mean(axis=1)
        return Seen(
            collected=scheme.collected,
            own=own,
            answers=np.array(self._ask(submissions)),
            sums=np.stack([submissions[i].sum for i in members], axis=1),
            submitted=np.stack([submissions[i].counts[0] for i in members]),
            outside=(game.terms.counts.sum(axis=0) - owed.sum(axis=0)).astype(np.int64),
            truth=game.problem.source.means,
        )

    def _ask(self, submissions: list[Dataset]) -> list[Array]:
        game = self.game
        answers = mediated(
            game.mechanism, submissions, game.terms, self._dice(), list(self.members)
        )
        shape = (submissions[0].worlds, game.problem.d)
        for answer in answers:
            if np.shape(answer) != shape:
                raise ContractError(
                    f"{type(game.mechanism).__name__}: coalitions need estimates as information, "
                    f"shape {shape}, got {np.shape(answer)}"
                )
        return [np.asarray(a, dtype=float) for a in answers]


def blocks(
    game: EstimationGame,
    members: tuple[int, ...],
    tried: Sequence[Scheme],
    worlds: int,
    seeds: Iterator[int],
) -> Iterator[CoalitionWorlds]:
    """`worlds` worlds in blocks that fit, a seed each."""
    most = np.max([s.collected for s in tried], axis=0)
    owed = game.terms.counts[list(members)].astype(np.int64)
    handed = max(
        sum(int(s.handed_in(k, owed[:, k]).sum()) for k in range(most.size)) for s in tried
    )
    size = min(worlds, worlds_at_once(game, int(most.sum()) + handed))
    done = 0
    while done < worlds:
        now = min(size, worlds - done)
        yield CoalitionWorlds.drawn(game, members, most.tolist(), now, next(seeds))
        done += now
