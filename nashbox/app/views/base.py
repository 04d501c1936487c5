"""What every picture of a game has, and what most games show."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from nashbox.app.messages import PlayedSoFar
from nashbox.app.story import Lines, Story

if TYPE_CHECKING:
    from nashbox.app.desk import Desk


class GamePictures(ABC):
    """The pictures of the game on a desk. title: of the card that holds them."""

    title: ClassVar[str] = ""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.game: Any = desk.game  # of whichever class declares this view

    @abstractmethod
    def chart(self) -> Story | Lines:
        """The large one, which is seen first."""

    @abstractmethod
    def rest(self) -> Iterator[Any]:
        """Everything else there is to see: tables, lines, sketches."""

    def played(self) -> PlayedSoFar:
        """How far the game is."""
        return PlayedSoFar(0 if self.desk.model is None else self.desk.model.round)

    def plays(self) -> Sequence[str]:
        """What everybody has played last, or is about to play."""
        last = self.desk.last()
        strategies = [self.game.strategy(i).label for i in range(self.game.m)]
        return [row["strategy"] for row in last] or strategies
