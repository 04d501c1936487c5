"""What a game is: who plays, what everybody plays, what it pays, and what one might do instead.

The engines (run, audit, adapt, compare, ...) ask nothing else, so that a game of one's own is as
good as a built-in one. Every array carries the replication axis first where it has one; payments of
all players are (m, R).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nashbox.games.answered import numbers_held
from nashbox.games.deviations import Deviation, Family
from nashbox.games.formulas import Exact as Exact
from nashbox.games.formulas import Formulas
from nashbox.games.pay import Pay as Pay
from nashbox.games.pay import payoff_range
from nashbox.games.trials import Trials
from nashbox.problem.errors import InputError
from nashbox.problem.spec import Spec, build, find_class


class Game(Formulas, Trials):
    """A game made ready to play."""

    def parts(self) -> list[Any]:
        """What it is made of that may be a user's own, strategies apart."""
        return [self.mechanism]

    def portable(self, problem: Any) -> Any:
        """The problem as other processes get it, with what it took long to find."""
        return problem

    def how(self, i: int, strategy: Any) -> str | None:
        """How a deviation differs from what player i is asked to play, where a game can tell."""
        return None

    def row(self, i: int) -> Mapping[str, Any]:
        """What only this game has to say of player i in an audit, by key of the answer."""
        return {}

    def outside(self, i: int) -> float | None:
        """What player i is paid if she stays away (for individual rationality), None if unknown."""
        return None

    def stake(self, i: int, payoffs: Sequence[float]) -> float:
        """On what scale a gain of player i is large: here the range of payoffs she reaches.

        payoffs: what she reaches with the audited strategy (first) and with others.
        """
        return payoff_range(payoffs)

    def alternative(self, i: int) -> float | None:
        """`outside`, held to be a number or None: what engines ask."""
        found = self.outside(i)
        numbers_held(f"{type(self).__name__}.outside", {self.players[i]: found})
        return found

    def collected(self, i: int, strategy: Any) -> float | None:
        """How many points player i collects on average, None in games without."""
        return None

    def notes(self, method: str) -> Sequence[str]:
        """What a reader of an audit by this method should know."""
        return ()

    def extras(self) -> Mapping[str, Any]:
        """What only this game has to say of its audit, by key of the answer."""
        return {}

    def playable(self, i: int, strategy: Any) -> bool:
        """Whether player i could play a strategy that others play.

        Where not, it is refused wherever a file or an option names it for her.
        """
        return True

    def spec_of(self, i: int, value: object, where: str) -> Spec:
        """Read how a problem file or option names a strategy of player i. Raises InputError."""
        return Spec.parse(value, where)

    def read_strategy(self, i: int, spec: Spec, folder: Path, where: str) -> Any:
        """Make the strategy that a problem file or option names for player i.

        A name of the menu, of an entry point, or ``file.py:Class``. Raises InputError naming
        `where`, what is allowed and what came.
        """
        made = self.named_strategy(spec, folder, where)
        if not self.playable(i, made):
            raise InputError(f"{where}: {self.players[i]} cannot play {spec.label}")
        return made

    def named_strategy(self, spec: Spec, folder: Path, where: str) -> Any:
        """Make a strategy that somebody may play, as `read_strategy` does."""
        found: type[Any] = find_class(
            spec.name, self.menu, object, "nashbox.strategies", folder, where
        )
        made = build(found, spec.parameters, where)
        if not hasattr(made, "label"):
            raise InputError(
                f"{where}: must be a strategy of the game, with a label as nashbox.games.Action "
                f"gives it, got {spec.name}, a {found.__name__}"
            )
        return made

    def deviation(self, name: str, **parameters: Any) -> Deviation:
        """A strategy of the menu as a deviation.

        >>> from nashbox.games.public_goods import PublicGoods
        >>> PublicGoods().deviation("contribute", share=0.5).label
        'contribute(share=0.5)'
        """
        return Deviation(Spec(name, parameters), self.menu[name](**parameters))

    def family(
        self, name: str, *, coarse: int = 11, **ranges: tuple[float, float] | list[Any] | Any
    ) -> Family:
        """Strategies of the menu with parameters in ranges (low, high) or lists; others fixed."""
        moving = {k: r for k, r in ranges.items() if isinstance(r, (tuple, list))}
        fixed = {k: r for k, r in ranges.items() if k not in moving}
        return Family(name, self.menu[name], moving, fixed, coarse)
