"""Games of one step: everybody acts, the mechanism mediates, everybody is paid.

A game of one's own says what its parameters are (dataclass fields), what players may do, and what
it pays; see `public_goods` for an example.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, ClassVar, Self

import numpy as np

from nashbox.games.base import Game
from nashbox.games.formulas import Exact
from nashbox.games.promises.shipped import shipped
from nashbox.problem.arrays import Array
from nashbox.problem.errors import InputError, brief, require
from nashbox.problem.parameters import label_of
from nashbox.problem.spec import Spec
from nashbox.problem.tables import check_names


@dataclass(frozen=True)
class OneShotView:
    """What a player knows when she acts.

    game: its rules. index: her place among the players. worlds: R, how many games are played at
    once. private: what nature told her alone (`OneShot.nature`), or None.
    """

    game: Any
    index: int
    worlds: int
    private: Any = None


@dataclass(frozen=True)
class Action:
    """A strategy of a one-shot game. Subclass it; parameters are dataclass fields.

    Its label is made of its class's name, or of `called`, a class attribute, if the menu has it by
    another.
    """

    @property
    def label(self) -> str:
        """Name in the style of problem files, with the parameters that are not the defaults."""
        return label_of(self)

    def act(self, view: OneShotView, rng: np.random.Generator) -> Any:
        """What to do in each of `view.worlds` worlds: (R,), (R, k), or a number for all of them."""
        raise TypeError(f"{type(self).__name__} must define act")


@dataclass(frozen=True)
class Publish:
    """The plainest mechanism: everybody is told what everybody did."""

    def mediate(self, actions: Sequence[Array], rng: np.random.Generator) -> Sequence[Any]:
        """Tell all, (m, R) or (m, R, k)."""
        return [np.array(actions)] * len(actions)


@dataclass(frozen=True, kw_only=True)
class OneShot(Game):
    """A game of one step. Subclass it as a dataclass and write `recommended`, `pay`, `deviations`.

    agents: names, or a number of players a0, a1, ...
    """

    mechanisms: ClassVar[Mapping[str, type]] = {"publish": Publish}

    agents: Any = 2  # names, or how many
    mechanism: Any = field(default_factory=Publish)
    strategies: Mapping[str, Any] = field(default_factory=dict)
    specs: Mapping[str, Spec] = field(default_factory=dict)  # how a file names the strategies

    def __post_init__(self) -> None:
        """Hold the names to what every problem file is held to."""
        check_players(self.agents, type(self).__name__)

    @cached_property
    def _named(self) -> tuple[str, ...]:
        """Names of the players, made once: whoever asks for one by one asks very often."""
        number = self.agents
        return tuple(f"a{i}" for i in range(number)) if isinstance(number, int) else tuple(number)

    @property
    def players(self) -> Sequence[str]:
        """Names of the players."""
        return self._named

    @cached_property
    def plays(self) -> tuple[Any, ...]:
        """What every player plays, in order."""
        return tuple(self.strategy(i) for i in range(self.m))

    def all_formulas(self) -> Iterator[Exact | str]:
        """`formula` for every player, in order, asked once for all of a kind who play the same.

        What a game of one's own calls a kind is a promise that nobody has tested.
        """
        if not shipped(self):
            yield from super().all_formulas()
            return
        known: dict[Hashable, Exact | str] = {}
        for i, play in enumerate(self.plays):
            alike = (self.kind(i), type(play), play)
            try:
                hash(alike)
            except TypeError:  # a strategy of somebody's own
                yield self.formula(i)
                continue
            if alike not in known:
                known[alike] = self.formula(i)
            yield known[alike]

    def with_strategies(
        self, strategies: Mapping[str, Any], *, specs: Mapping[str, Spec] | None = None
    ) -> Self:
        """Return the game with the named players' strategies replaced."""
        known = {k: v for k, v in self.specs.items() if k not in strategies}
        return replace(super().with_strategies(strategies), specs={**known, **(specs or {})})

    def beyond_formulas(self) -> str | None:
        """Formulas are about the mechanisms that the game names, no others'."""
        rules = type(self.mechanism)
        if rules not in self.mechanisms.values():
            return f"the formulas do not know the mechanism {rules.__name__}"
        return super().beyond_formulas()

    def nature(self, worlds: int, rng: np.random.Generator) -> Sequence[Any]:
        """What nature tells each player alone, (R,) each: nothing here."""
        return [None] * self.m

    def view(self, i: int, worlds: int, private: Any) -> OneShotView:
        """What player i knows when she acts."""
        return OneShotView(self, i, worlds, private)

    def pay(self, view: OneShotView, action: Array, received: Any) -> Array:
        """What a player is paid, (R,), for what she did and what the mechanism gave her."""
        raise TypeError(f"{type(self).__name__} must define pay")

    def model(self, worlds: int, seed: int, at: Any = None) -> Any:
        """Return the Mesa model of R independent games."""
        from nashbox.model.one_shot import OneShotModel  # Mesa takes its time to load

        return OneShotModel(self, worlds, seed)


def check_players(agents: object, where: str) -> None:
    """Refuse players who are none: fewer than two, too many, or without names of their own."""
    if isinstance(agents, int) and not isinstance(agents, bool):
        if not 2 <= agents <= MOST_PLAYERS:
            raise InputError(f"{where}: agents must be from 2 to {MOST_PLAYERS}, got {agents}")
        return
    good = isinstance(agents, (list, tuple)) and all(isinstance(n, str) and n for n in agents)
    if not good or len(agents) < 2:  # type: ignore[arg-type]
        raise InputError(
            f"{where}: agents must be a number or a list of at least two names, got {brief(agents)}"
        )
    check_names(list(agents), where, "agent")  # type: ignore[call-overload]


MOST_PLAYERS = 100_000


def one_per_player(name: str, value: object, m: int, **bounds: Any) -> list[float]:
    """Read a parameter that is one number for all, or one per player. Raises InputError."""
    if not isinstance(value, (list, tuple)):
        require(name, value, **bounds)
        return [float(value)] * m  # type: ignore[arg-type]
    if len(value) != m:
        raise InputError(f"{name} must be one number or one per player ({m}), got {brief(value)}")
    for k, number in enumerate(value):
        require(f"{name}[{k}]", number, **bounds)
    return [float(number) for number in value]
