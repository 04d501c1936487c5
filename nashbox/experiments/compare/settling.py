"""Best responses, one agent at a time, until nobody moves, the path repeats itself, or time is up.

An equilibrium of the dynamics is a profile in which nobody moves: everybody's count is a best
response to the others'. Of equal counts an agent keeps the one she has, so plateaus of whole
numbers are rest points and no cycles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms.rounding import alone_counts
from nashbox.problem.channel import Play
from nashbox.problem.terms import Terms

Array = NDArray[np.float64]

SAME = 1e-9  # relative: counts that move by less have not moved
ONE = 1e-5  # relative: equilibria closer than this are one, found from two starts


@dataclass(frozen=True, eq=False)
class Outcome:
    """A profile and what it brings: counts and submitted (m, d), penalties (m,), their errors.

    unsuspecting: penalties of who takes made-up points for measured ones, None without any. plays:
    what everybody does, by agent and distribution.
    """

    counts: Array
    submitted: Array
    penalties: Array
    se: Array | None
    unsuspecting: Array | None
    plays: list[list[Play]]

    @property
    def social(self) -> float:
        """Sum of the penalties."""
        return float(self.penalties.sum())

    @property
    def social_error(self) -> float:
        """Standard error of the sum at most, whatever depends on what; 0 of exact numbers."""
        return 0.0 if self.se is None else float(self.se.sum())


class Responder(Protocol):
    """What the dynamics ask for."""

    def answer(self, i: int, counts: Array) -> Array:
        """Return agent i's best counts (d,), the present ones if they are as good as any."""

    def outcome(self, counts: Array, *, honest: bool = False) -> Outcome:
        """What a profile (m, d) brings; `honest`: everybody does as recommended."""


@dataclass(frozen=True, eq=False)
class Settled:
    """Where a path of best responses ended.

    counts: (m, d), the last profile. converged: nobody moved in the last sweep. sweeps: rounds of
    answers until then. cycle: the profiles (m, d) that repeat, sweep by sweep; empty if none do.
    """

    counts: Array
    converged: bool
    sweeps: int
    cycle: tuple[Array, ...] = ()


def settle(
    responder: Responder,
    start: Array,
    order: Sequence[int] | None = None,
    *,
    sweeps: int = 1000,
) -> Settled:
    """Let agents answer in `order` (by index if None), sweep after sweep, from `start` (m, d)."""
    counts = np.asarray(start, dtype=float).copy()
    agents = range(len(counts)) if order is None else order
    path = [counts.copy()]
    seen = {_rounded(counts): 0}
    for sweep in range(1, sweeps + 1):
        before = counts.copy()
        for i in agents:
            counts[i] = responder.answer(i, counts)
        if same(counts, before):
            return Settled(counts, True, sweep)
        earlier = seen.get(_rounded(counts))
        if earlier is not None and same(counts, path[earlier]):
            return Settled(counts, False, sweep, tuple(path[earlier:]))
        seen[_rounded(counts)] = sweep
        path.append(counts.copy())
        counts = _leapt(path)
    return Settled(counts, False, sweeps)


def _leapt(path: list[Array]) -> Array:
    """Take a step that was taken twice as often as it can be before a count would fall below 0.

    Where two agents want almost the same total, each sweep moves a sliver of work from one to the
    other, thousands of times; whole sweeps of the same step are skipped.
    """
    last = path[-1].copy()
    if len(path) < 3:
        return last
    step, before = last - path[-2], path[-2] - path[-3]
    falls = step < 0
    if not falls.any() or not np.allclose(step, before, rtol=SAME, atol=1e-12 * last.max()):
        return last
    times = float(np.floor((last[falls] / -step[falls]).min()))
    return np.asarray(np.maximum(0.0, last + times * step))


def _rounded(counts: Array) -> bytes:
    """A key that profiles share if they are one but for rounding, almost always."""
    return counts.astype(np.float32).tobytes()


def same(a: Array, b: Array) -> bool:
    """Whether two profiles (m, d) are one but for rounding."""
    return bool(np.allclose(a, b, rtol=SAME, atol=SAME))


def distinct(profiles: Sequence[Array]) -> list[Array]:
    """Leave out profiles that were there before, up to what real counts are found to."""
    kept: list[Array] = []
    for profile in profiles:
        if not any(np.allclose(profile, other, rtol=ONE, atol=ONE) for other in kept):
            kept.append(profile)
    return kept


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
