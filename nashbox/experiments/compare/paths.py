"""All paths of one mechanism: from honesty, from free riding, from random starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.compare.leading import apart
from nashbox.experiments.compare.settling import (
    ONE,
    Outcome,
    Responder,
    Settled,
    distinct,
    random_start,
    settle,
)
from nashbox.experiments.compare.simulated_game import Exhausted
from nashbox.measure.seeds import Stage, child
from nashbox.problem.terms import Terms

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Path:
    """Where one start leads: what the last profile brings, and what the cycle brings, if any."""

    settled: Settled
    end: Outcome
    cycle: tuple[float, ...]  # social penalties, sweep by sweep

    @property
    def cycle_json(self) -> dict[str, object] | None:
        """Length in sweeps and range of the social penalty."""
        if not self.cycle:
            return None
        return {"length": len(self.cycle), "social_penalty": [min(self.cycle), max(self.cycle)]}


def _apart(one: Path, other: Path) -> bool:
    """Whether two social penalties differ beyond their errors."""
    low, high = sorted((one.end, other.end), key=lambda end: end.social)
    return apart(low.social, high.social, low.social_error, high.social_error)


@dataclass(frozen=True, eq=False)
class Paths:
    """Paths by start, in this order: honest, free riding, random ones; fewer if budget ended."""

    walked: list[Path]
    planned: int

    def path(self, place: int) -> Path | None:
        """0: from honesty, 1: from free riding; None if it was not walked to its end."""
        return self.walked[place] if place < len(self.walked) else None

    @property
    def ended(self) -> list[Path]:
        """Paths that reached an equilibrium."""
        return [path for path in self.walked if path.settled.converged]

    def extreme(self, *, worst: bool) -> Path | None:
        """The equilibrium of largest or least social penalty found; of equal ones the first.

        Simulated ones that are not apart beyond their errors are equal.
        """
        if not self.ended:
            return None
        sign = -1 if worst else 1
        first = min(self.ended, key=lambda path: sign * path.end.social)
        return next(path for path in self.ended if not _apart(path, first))

    @property
    def equilibria(self) -> list[Array]:
        """Distinct equilibria found, (m, d) each."""
        return distinct([path.end.counts for path in self.ended])

    @property
    def social_penalties(self) -> list[float]:
        """Social penalties of the equilibria found, ascending, equal ones once."""
        kept: list[Path] = []
        for path in sorted(self.ended, key=lambda path: path.end.social):
            value = path.end.social
            if not kept:
                kept.append(path)
                continue
            last = kept[-1].end.social
            if value > last + ONE * abs(last) and _apart(path, kept[-1]):
                kept.append(path)
        return [path.end.social for path in kept]

    @property
    def cycles(self) -> list[dict[str, object]]:
        """Cycles found, each once."""
        kept: list[tuple[list[Array], dict[str, object]]] = []
        for path in self.walked:
            states, shown = list(path.settled.cycle), path.cycle_json
            if shown is None:
                continue
            if not any(len(distinct([*old, states[0]])) == len(old) for old, _ in kept):
                kept.append((states, shown))
        return [shown for _, shown in kept]

    @property
    def unfinished(self) -> int:
        """Paths that neither ended nor repeated themselves."""
        return sum(not path.settled.converged and not path.cycle for path in self.walked)


def walk(
    responder: Responder,
    terms: Terms,
    starts: int,
    seed: int,
    tick: Callable[[], None],
) -> Paths:
    """Walk from honesty, from nobody collecting anything, and from `starts` random profiles."""
    owed = terms.counts.astype(float)
    begins: list[tuple[Array, list[int] | None]] = [(owed, None), (np.zeros_like(owed), None)]
    for number in range(starts):
        rng = np.random.default_rng(child(seed, Stage.COMPARE, 3, number))
        begins.append(random_start(terms, rng))
    walked: list[Path] = []
    for start, order in begins:
        try:
            settled = settle(responder, start, order)
            cycle = tuple(responder.outcome(state).social for state in settled.cycle)
            walked.append(Path(settled, responder.outcome(settled.counts), cycle))
        except Exhausted:
            break
        tick()
    return Paths(walked, len(begins))
