"""Comparisons of mechanisms: what the engine asks of a game, and what a game may ask of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from nashbox.games.compared import Compared
from nashbox.games.paths import Path, Paths, Responder

PROFILES_ONLY = "the file's strategies are left out: profiles are honesty and best responses"


@dataclass(frozen=True)
class Honesty:
    """What an audit says of honest play: a gain per player (estimate, lower, upper), and a verdict.

    holds: whether honest play is an equilibrium, None where that is open.
    """

    gains: Sequence[Any]
    holds: bool | None


class Judge(Protocol):
    """What audits say where mechanisms are compared."""

    def least(self, scale: float) -> float:
        """Least gain that counts for a player who has `scale` at stake."""

    def by_numbers(self, found: Sequence[tuple[float, float, float, float]]) -> Honesty:
        """Judge exact penalties, by player: audited and best one, each before its error."""

    def by_simulation(self, problem: Any, worlds: int) -> Honesty:
        """Judge the recommendation by the black box."""


class Entrant(Protocol):
    """One mechanism that takes part."""

    @property
    def responder(self) -> Responder:
        """Who answers."""

    def row(self, profile: str, end: Any, path: Path | None, why: str | None) -> Any:
        """The row of a profile. end: what it brings, None if it was not found, `why` then.

        path: how it was reached, None for honest play.
        """


@dataclass(frozen=True, eq=False)
class Part:
    """A mechanism's part in a comparison. paths: None where nobody moves.

    honest: what honest play brings, None where the budget did not suffice to measure it.
    """

    entrant: Any
    honest: Any
    paths: Paths | None


class MechanismContest(Protocol):
    """A comparison of mechanisms in one game: who takes part, and the result."""

    def __len__(self) -> int:
        """How many take part."""

    def entrants(self) -> Iterator[Entrant]:
        """Make everybody ready who takes part, one after the other."""

    def result(self, rows: Sequence[Any], parts: Sequence[Part], **common: Any) -> Compared:
        """Put together what was found; common: fields that all comparisons have."""


@dataclass(frozen=True)
class Asked:
    """What a comparison was asked for, beside mechanisms."""

    epsilon: float | str | None
    seed: int
    budget: int
    judge: Judge
