"""Paths of best responses where mechanisms are compared: who answers, and where that leads.

A profile is an array whose row i is what player i plays: counts (m, d), or places in menus (m,).
What profiles are, who answers how and what that brings, a game says by a `Responder`; the engine
walks, and collects what is found.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from numpy.typing import NDArray

from nashbox.measure.leading import apart

Array = NDArray[Any]

ONE = 1e-5  # relative: sums closer than this are one, found from two starts


class Exhausted(Exception):  # noqa: N818 - the end of a budget is no error
    """The budget of worlds is used up."""


class Brought(Protocol):
    """What a profile brings: the sum over all players, and its standard error at most."""

    @property
    def social(self) -> float:
        """Sum of penalties or payoffs."""

    @property
    def social_error(self) -> float:
        """Standard error of the sum, 0 of exact numbers."""


class Responder(Protocol):
    """One mechanism's profiles, answers, and what they bring.

    sign: +1 if more of what is compared is better, -1 if less is. binding: whether compliance is
    taken for granted, so that every path stays where everybody is honest.
    """

    sign: int
    binding: bool

    def answer(self, i: int, profile: Array) -> Any:
        """Return what player i plays best, what she plays now if that is as good as any."""

    def leapt(self, path: Sequence[Array]) -> Array:
        """Where a path goes on: its last profile, or further where all steps to come are known."""

    def honest(self) -> Any:
        """What it brings if everybody does as recommended, a `Brought`. Raises Exhausted."""

    def outcome(self, profile: Array) -> Any:
        """What a profile brings, a `Brought`. Raises Exhausted."""

    def starts(self, number: int) -> Iterator[tuple[Array, Sequence[int] | None]]:
        """Profiles that paths start from, and the order of answers, by index if None.

        Honest play, free riding, then `number` random ones.
        """

    def alike(self, one: Array, other: Array) -> bool:
        """Whether two rest points are one."""

    def keeps(self, profile: Array) -> bool | None:
        """Whether nobody gains by leaving a rest point alone, None where that is left open."""


@dataclass(frozen=True, eq=False)
class Settled:
    """Where a path of best responses ended.

    profile: the last one. converged: nobody moved in the last sweep. sweeps: rounds of answers
    until then. cycle: the profiles that repeat, sweep by sweep; empty if none do.
    """

    profile: Array
    converged: bool
    sweeps: int
    cycle: tuple[Array, ...] = ()


@dataclass(frozen=True, eq=False)
class Path:
    """Where one start leads: what the last profile brings, and what the cycle brings, if any."""

    settled: Settled
    end: Any  # a `Brought`
    cycle: tuple[float, ...] = ()  # sums, sweep by sweep

    @property
    def note(self) -> str | None:
        """Why this is no equilibrium, None if it is one."""
        if self.cycle:
            return "no equilibrium: best responses repeat themselves; this is one profile of them"
        if not self.settled.converged:
            return f"no end within {self.settled.sweeps} sweeps; this is the last profile"
        return None


@dataclass(frozen=True, eq=False)
class Paths:
    """Paths by start, in this order: honest, free riding, random ones; fewer if budget ended."""

    responder: Responder
    walked: Sequence[Path]
    planned: int

    def path(self, place: int) -> Path | None:
        """0: from honesty, 1: from free riding; None if it was not walked to its end."""
        return self.walked[place] if place < len(self.walked) else None

    @property
    def ended(self) -> list[Path]:
        """Paths that reached a rest point."""
        return [path for path in self.walked if path.settled.converged]

    @cached_property
    def resting(self) -> list[Path]:
        """A path to each distinct rest point, the first of those that lead there."""
        kept: list[Path] = []
        for path in self.ended:
            if not any(self._alike(path, other) for other in kept):
                kept.append(path)
        return kept

    def _alike(self, one: Path, other: Path) -> bool:
        return self.responder.alike(one.settled.profile, other.settled.profile)

    def extreme(self, *, worst: bool) -> Path | None:
        """The rest point with the worst or best sum that is not refuted as an equilibrium.

        Of equal ones the first; those that are not apart beyond their errors are equal.
        """
        sign = self.responder.sign if worst else -self.responder.sign
        left = list(self.resting)
        while left:
            end = min(left, key=lambda path: float(sign * path.end.social))
            first = next(path for path in left if not _apart(path.end, end.end))
            if self.responder.keeps(first.settled.profile) is not False:
                return first
            left.remove(first)
        return None

    @property
    def sums(self) -> list[float]:
        """Sums at the rest points, ascending, equal ones once."""
        kept: list[Brought] = []
        for end in sorted((path.end for path in self.ended), key=lambda end: float(end.social)):
            if not kept:
                kept.append(end)
                continue
            last = kept[-1].social
            if end.social > last + ONE * abs(last) and _apart(end, kept[-1]):
                kept.append(end)
        return [end.social for end in kept]

    @property
    def cycles(self) -> list[Path]:
        """A path to each cycle found."""
        kept: list[Path] = []
        for path in self.walked:
            states = path.settled.cycle
            if states and not any(
                self.responder.alike(state, states[0])
                for other in kept
                for state in other.settled.cycle
            ):
                kept.append(path)
        return kept

    @property
    def unfinished(self) -> int:
        """Paths that neither ended nor repeated themselves."""
        return sum(not path.settled.converged and not path.cycle for path in self.walked)


def _apart(one: Brought, other: Brought) -> bool:
    """Whether two sums differ beyond their errors."""
    low, high = sorted((one, other), key=lambda end: end.social)
    return apart(low.social, high.social, low.social_error, high.social_error)
