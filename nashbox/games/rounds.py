"""What a run asks of a game: how it is played round by round, and what is kept of a round."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Protocol, Self

import numpy as np

from nashbox.problem.arrays import Array
from nashbox.problem.errors import InputError

Columns = Mapping[str, "Array | Columns"]  # (R,) or (R, k) by name, names within names


class Ledger(Protocol):
    """What only one game keeps of a round, beside means: taken in block by block."""

    def add(self, model: Any) -> None:
        """Take a model that has played the round in."""

    def summary(self) -> Mapping[str, Any]:
        """What an answer says, by key."""


class Rounds(ABC):
    """How a game is played round by round; all but `model` have a default that most games keep.

    block: worlds played at once. lasting: whether a model plays all rounds; else a round is a model
    of its own.
    """

    block: ClassVar[int] = 1 << 15
    lasting: ClassVar[bool] = True

    def check_playable(self) -> None:  # noqa: B027 - most games can be played
        """Raise InputError where formulas know the game and a simulation cannot play it."""

    def check_simulated(self, reason: str | None) -> None:
        """Refuse to simulate what cannot be played. Raises InputError.

        reason: why it is not left to formulas, None where they would do.
        """
        try:
            self.check_playable()
        except InputError as error:
            raise InputError(f"{error}; {reason or 'method exact plays nothing'}") from error

    @abstractmethod
    def model(self, worlds: int, seed: int, at: Any = None) -> Any:
        """Return the Mesa model: R = worlds independent games; each player has `paid` (R,).

        at: a state of nature (see `states`).
        """

    def unknowns(self) -> tuple[Sequence[Any], Mapping[str, Any]]:
        """States of nature that a run has to try, and what its answer says of them, by key."""
        return (None,), {}

    def opened(self, worlds: int, seed: int, at: Any, shown: int, **own: Any) -> Any:
        """The model of a run. shown: worlds to be kept in every detail; own: its own options."""
        return self.model(worlds, seed, at)

    def labels(self, model: Any) -> Sequence[str]:
        """What everybody is about to play, in words."""
        return [player.strategy.label for player in model.players]

    def payments(self, model: Any) -> Array:
        """What everybody was paid in the round just played, (m, R)."""
        return np.array([player.paid for player in model.players])

    def columns(self, model: Any) -> Sequence[Columns]:
        """By player, what else is worth the mean over worlds, (R,) ones with standard errors."""
        return [{} for _ in model.players]

    def overall(self, model: Any) -> Mapping[str, Array]:
        """What is about all players together, (R,) by name; means with standard errors are kept."""
        return {}

    def ledger(self) -> Ledger | None:
        """A new ledger for a round, None where means say all."""
        return None

    def revised(self, rows: Sequence[Mapping[str, Any]]) -> Self:
        """The game of the next round, after one with these means by player."""
        return self
