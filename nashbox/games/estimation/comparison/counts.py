"""The game of counts: profiles (m, d) of how many points everybody collects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nashbox.games.estimation.game import EstimationGame
from nashbox.games.paths import ONE
from nashbox.measure.seeds import Stage, child
from nashbox.mechanisms.rounding import alone_counts
from nashbox.problem.arrays import Array
from nashbox.problem.plays import Play
from nashbox.problem.terms import Terms

STEP = 1e-9  # relative: steps that differ by less are one


@dataclass(frozen=True, eq=False)
class ProfileOutcome:
    """A profile and what it brings: counts and submitted (m, d), penalties (m,), their errors.

    unsuspecting: penalties of who takes made-up points for measured ones, None without any. plays:
    what everybody does, by agent and distribution. social_error: standard error of the sum.
    """

    counts: Array
    submitted: Array
    penalties: Array
    se: Array | None
    unsuspecting: Array | None
    plays: list[list[Play]]
    social_error: float = 0.0

    @property
    def social(self) -> float:
        """Sum of the penalties."""
        return float(self.penalties.sum())


class CountGame:
    """What all games of counts share, whoever answers."""

    sign = -1  # penalties

    def __init__(self, game: EstimationGame, seed: int) -> None:
        self.game, self.seed = game, seed
        self.binding = not game.mechanism.enforced

    def starts(self, number: int) -> Iterator[tuple[Array, list[int] | None]]:
        """The recommended counts, nobody collecting anything, and random profiles and orders."""
        terms = self.game.terms
        owed = terms.counts.astype(float)
        yield owed, None
        yield np.zeros_like(owed), None
        for place in range(number):
            yield random_start(
                terms, np.random.default_rng(child(self.seed, Stage.COMPARE, 3, place))
            )

    def leapt(self, path: Sequence[Array]) -> Array:
        """Take a step that was taken twice as often as it can be before a count falls below 0.

        Where two agents want almost the same total, each sweep moves a sliver of work from one to
        the other, thousands of times; whole sweeps of the same step are skipped.
        """
        last = path[-1].copy()
        if len(path) < 3:
            return last
        step, before = last - path[-2], path[-2] - path[-3]
        falls = step < 0
        if not falls.any() or not np.allclose(step, before, rtol=STEP, atol=1e-12 * last.max()):
            return last
        times = float(np.floor((last[falls] / -step[falls]).min()))
        return np.asarray(np.maximum(0.0, last + times * step))

    def alike(self, one: Array, other: Array) -> bool:
        """Whether two profiles are one up to what real counts are found to."""
        return bool(np.allclose(one, other, rtol=ONE, atol=ONE))

    def keeps(self, profile: Array) -> bool:
        """A rest point is an equilibrium, up to the errors of the answers."""
        return True


def truthful(counts: Array) -> list[list[Play]]:
    """Honest plays of a profile (m, d)."""
    return [[Play.truthful(float(n)) for n in row] for row in counts]


def random_start(terms: Terms, rng: np.random.Generator) -> tuple[Array, list[int]]:
    """Draw a profile (m, d) and the order in which agents answer.

    Counts are uniform up to twice the larger of what is owed and what is best alone; whether many
    or few collect at all is drawn first. Who cannot sample has 0.
    """
    alone = alone_counts(terms.costs, terms.sigma, integer=terms.integer)
    reach = np.where(np.isinf(terms.costs), 0.0, 2 * np.maximum(alone, terms.counts))
    collects = rng.random(reach.shape) < rng.random()
    counts = np.where(collects, rng.random(reach.shape) * reach, 0.0)
    order = rng.permutation(len(counts)).tolist()
    return np.rint(counts) if terms.integer else counts, order
