"""Who plays a game, and what everybody plays."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

from nashbox.games.declared import Declared
from nashbox.games.pay import Pay
from nashbox.games.rounds import Rounds
from nashbox.problem.parameters import same
from nashbox.problem.spec import Spec, check_known


class Players(Declared, Rounds):
    """The players of a game, and their strategies.

    pays: what players are paid. players: names. strategies: what players play who do not follow the
    recommendation, by name.
    """

    pays: ClassVar[Pay] = Pay()
    mechanism: Any
    strategies: Mapping[str, Any]
    specs: Mapping[str, Spec] = {}

    @property
    @abstractmethod
    def players(self) -> Sequence[str]:
        """Names of the players, in order."""

    @property
    def m(self) -> int:
        """Number of players."""
        return len(self.players)

    @abstractmethod
    def recommended(self, i: int) -> Any:
        """What player i is asked to play."""

    def strategy(self, i: int) -> Any:
        """What player i plays."""
        name = self.players[i]
        return self.strategies[name] if name in self.strategies else self.recommended(i)

    def with_strategies(
        self, strategies: Mapping[str, Any], *, specs: Mapping[str, Spec] | None = None
    ) -> Self:
        """Return the game with the named players' strategies replaced.

        specs: how a problem file names them, where it does. Raises InputError for unknown names.
        """
        check_known(strategies, dict.fromkeys(self.players), "agent", f"{self.shown}: strategies")
        played: Any = self  # a dataclass
        changed: Self = replace(played, strategies={**self.strategies, **strategies})
        return changed

    def is_honest(self, i: int, strategy: Any) -> bool:
        """Whether a strategy counts as honest: the recommendation does."""
        return same(strategy, self.recommended(i))

    def kind(self, i: int) -> Hashable:
        """Players of one kind are interchangeable; by default each is her own."""
        return i

    @property
    def shown(self) -> str:
        """How errors name this game."""
        return type(self).__name__
