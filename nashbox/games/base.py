"""What a game is: who plays, what everybody plays, what it pays, and what one might do instead.

The engines (run, audit, adapt, compare, ...) ask nothing else, so that a game of one's own is as
good as a built-in one. Every array carries the replication axis first where it has one; payments of
all players are (m, R).
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Container, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from nashbox.games.answered import formula_held, numbers_held
from nashbox.games.declared import Declared
from nashbox.games.joint import Menus, Priced, priced_by_profile
from nashbox.games.rounds import Rounds
from nashbox.problem.errors import (
    MOST_PAID,
    ContractError,
    InputError,
    brief,
    finite,
    require,
    too_much,
)
from nashbox.problem.ownership import changed_below
from nashbox.problem.parameters import same
from nashbox.problem.spec import Spec, build, find_class

Array = NDArray[np.float64]
PAYS = ("payoff", "penalty")  # what games pay
ROUNDING = 1e-10  # of what strategies pay: formulas that leave less may leave nothing


@dataclass(frozen=True)
class Pay:
    """What players are paid: its name, and +1 if more is better, -1 if less is."""

    name: str = "payoff"
    sign: int = 1

    def __post_init__(self) -> None:
        """Refuse pay that nothing could tell of."""
        if (self.name, self.sign) not in zip(PAYS, (1, -1), strict=True):
            raise InputError(
                'Pay must be Pay("payoff", 1) or Pay("penalty", -1), got '
                f"Pay({self.name!r}, {self.sign!r})"
            )


def keys_of(pays: str) -> tuple[str, str, str]:
    """What results call what all players are paid: the numbers, their errors, and the sum.

    >>> keys_of("penalty")
    ('penalties', 'penalties_se', 'social_penalty')
    """
    many = f"{pays[:-1]}ies" if pays.endswith("y") else f"{pays}s"
    return many, f"{many}_se", f"social_{pays}"


def told_pay(row: Container[str]) -> str:
    """What a game pays whose sum over all players is among the keys of a row of a result.

    >>> told_pay({"round": 0, "social_penalty": 3.0})
    'penalty'
    """
    return next((pay for pay in PAYS if keys_of(pay)[2] in row), PAYS[0])


@dataclass(frozen=True)
class Deviation:
    """A strategy, and how problem files write it."""

    spec: Spec
    strategy: Any

    @property
    def label(self) -> str:
        """Name with parameters, as tables print it."""
        return self.spec.label


@dataclass(frozen=True)
class Family:
    """Strategies of one class whose parameters lie within ranges; a search looks for the best.

    ranges: by parameter, (low, high) for a number that may be anything between, or a list of all
    values it may take. fixed: parameters that are the same for all. coarse: how many values of each
    number an audit always looks at, ends included. written: how the values are written as
    parameters of `make`, where a list of them is one parameter.
    """

    name: str
    make: Callable[..., Any]
    ranges: Mapping[str, tuple[float, float] | list[Any]]
    fixed: Mapping[str, Any] = field(default_factory=dict)
    coarse: int = 11
    written: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict

    def __post_init__(self) -> None:
        """Refuse a family that has no members. Raises InputError naming it."""
        require(f"the family {self.name}: coarse", self.coarse, low=1, integer=True)
        for key, r in self.ranges.items():
            if isinstance(r, list):
                good = bool(r)
            else:
                good = len(r) == 2 and all(finite(end) for end in r) and r[0] <= r[1]
            if not good:
                raise InputError(
                    f"the family {self.name}: {key} must be (low, high), or a list of all its "
                    f"values, got {brief(r)}"
                )

    def member(self, values: Mapping[str, Any]) -> Deviation:
        """The strategy with these values of the parameters in `ranges`."""
        parameters = {**self.fixed, **self.written(values)}
        return Deviation(Spec(self.name, parameters), self.make(**parameters))

    def values(self) -> list[dict[str, Any]]:
        """All listed values with `coarse` values of each number, by parameter."""
        found = [
            r if isinstance(r, list) else np.linspace(*r, self.coarse).tolist()
            for r in self.ranges.values()
        ]
        return [dict(zip(self.ranges, row, strict=True)) for row in product(*found)]

    @property
    def size(self) -> int:
        """How many `values` there are."""
        return math.prod(
            len(r) if isinstance(r, list) else self.coarse for r in self.ranges.values()
        )

    def drawn(self, rng: np.random.Generator) -> dict[str, Any]:
        """Values drawn at random: uniform between the ends, any one of a list."""
        return {
            key: r[int(rng.integers(len(r)))] if isinstance(r, list) else float(rng.uniform(*r))
            for key, r in self.ranges.items()
        }

    @property
    def label(self) -> str:
        """The family in words: ``price(p in [0, 1]; a grid of 11, finer near the best)``."""
        inside = [
            f"{key} in {{{', '.join(map(str, r))}}}"
            if isinstance(r, list)
            else f"{key} in [{r[0]:g}, {r[1]:g}]"
            for key, r in self.ranges.items()
        ]
        inside += [f"{key}={value}" for key, value in self.fixed.items()]
        numbers = not all(isinstance(r, list) for r in self.ranges.values())
        tried = f"; a grid of {self.coarse}, finer near the best" if numbers else ""
        return f"{self.name}({', '.join(inside)}{tried})"


@dataclass(frozen=True)
class Exact:
    """A best response by formula: what she is paid now, at best, and what brings it.

    best: what `deviation` pays. bound: what no deviation is above, `best` unless given (where none
    is best). error: bound of the numerical error of each number, in units of the payment. covers:
    the class of deviations, in words. reached: what other deviations pay, which says on what scale
    a gain is large. recommended: what the recommendation pays, None where she plays it. extra: what
    only this game has to say, by key of the answer. gain: how much better `deviation` is, where
    that is known without error; only so is it certain that a player is indifferent.
    """

    paid: float
    best: float
    deviation: Deviation
    bound: float | None = None
    error: float = 0.0
    covers: str = "all strategies of one player, against the others' (exact formulas)"
    reached: Sequence[float] = ()
    recommended: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    gain: float | None = None

    def settled(self) -> Exact:
        """The same, with 0 for payments that cancel: what is left of them is numerical error.

        They are within `error` of 0, and rounding beside the largest that she reaches.
        """
        told = (self.paid, self.best, self.recommended, *self.reached)
        size = max((abs(x) for x in told if x is not None and math.isfinite(x)), default=0.0)
        least = min(self.error, ROUNDING * size)
        bound, other = self.bound, self.recommended
        return replace(
            self,
            paid=_beyond(self.paid, least),
            best=_beyond(self.best, least),
            bound=None if bound is None else _beyond(bound, least),
            recommended=None if other is None else _beyond(other, least),
        )


def _beyond(value: float, least: float) -> float:
    """A number, 0 if it is `least` at most."""
    return 0.0 if abs(value) <= least else value


@dataclass(frozen=True)
class Played:
    """One strategy's payments in R worlds, (R,), and functions of those worlds to compare with.

    controls: (R, q), each with mean exactly 0. usual: (q,) how much of each theory would take off
    the payments. shared: (R, p), controls that are the same for all strategies. plays: how many
    times a world was played for it.
    """

    paid: Array
    controls: Array
    usual: Array
    shared: Array
    plays: int = 1


def payoff_range(payoffs: Sequence[float]) -> float:
    """Scale of payoffs, which may be near 0 or shifted: the range of the finite ones."""
    finite = [value for value in payoffs if math.isfinite(value)]
    return max(finite) - min(finite) if finite else math.inf


class Game(Declared, Rounds):
    """A game made ready to play.

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

    @property
    def drawn(self) -> float:
        """How many random numbers a world takes in a round, about."""
        return float(self.m)

    @abstractmethod
    def recommended(self, i: int) -> Any:
        """What player i is asked to play."""

    def strategy(self, i: int) -> Any:
        """What player i plays."""
        return self.strategies.get(self.players[i], self.recommended(i))

    @abstractmethod
    def with_strategies(
        self, strategies: Mapping[str, Any], *, specs: Mapping[str, Spec] | None = None
    ) -> Self:
        """Return the game with the named players' strategies replaced.

        specs: how a problem file names them, where it does.
        """

    def trials(
        self, i: int, strategies: Sequence[Any], worlds: int, seed: int, at: Any = None
    ) -> Iterator[Array]:
        """Payments (m, R) with each of `strategies` for player i, in the same worlds."""
        for strategy in strategies:
            model = self.with_strategies({self.players[i]: strategy}).model(worlds, seed, at)
            model.step()
            yield np.array([player.paid for player in model.players])

    @property
    def room(self) -> int:
        """Worlds of `own_trials` that are played at once at most."""
        return 1 << 15

    def own_trials(
        self, i: int, strategies: Sequence[Any], worlds: int, seed: int, at: Any = None
    ) -> Iterator[Played]:
        """What player i alone is paid with each of `strategies`, in the same worlds: for audits.

        Override where a game knows controls, or has less to play than for everybody's payments.
        """
        nothing = np.empty((worlds, 0))
        for paid in self.own_paid(i, strategies, worlds, seed, at):
            yield Played(paid, nothing, np.empty(0), nothing)

    def own_paid(
        self, i: int, strategies: Sequence[Any], worlds: int, seed: int, at: Any = None
    ) -> Iterator[Array]:
        """Payments (R,) of player i alone with each of `strategies`, in the same worlds."""
        return (paid[i] for paid in self.trials(i, strategies, worlds, seed, at))

    def alike(self, i: int, strategy: Any) -> Hashable:
        """What strategies of player i have in common that are paid the same in every world.

        So they are whatever dice others throw. Audits play one of them for all. Here each stands
        for itself.
        """
        return id(strategy)

    @abstractmethod
    def deviations(self, i: int) -> Sequence[Deviation | Family]:
        """What an audit searches for player i, beside everything that problem files name."""

    def compared(self, i: int) -> Sequence[Deviation | Family]:
        """What player i chooses from where mechanisms are compared at their equilibria."""
        return self.deviations(i)

    def states(self, i: int, strategy: Any) -> Sequence[Hashable]:
        """States of nature over which the worst counts; one where chance decides them all."""
        return (None,)

    def other_states(
        self, i: int, strategy: Any, count: int, seed: int, near: Any = None, step: float = 0.0
    ) -> Sequence[Hashable]:
        """Up to `count` more states, drawn at random, where a search looks for a worse one.

        near: a state that they are close to, `step` octaves at most; else all over. None of them
        where `states` are all there are.
        """
        return ()

    def mixed(
        self, i: int, parts: Sequence[Deviation], weights: Sequence[float]
    ) -> Deviation | None:
        """One of several strategies by lot, None where no file could say so."""
        return None

    @property
    def shown(self) -> str:
        """How errors name this game."""
        return type(self).__name__

    def parts(self) -> list[Any]:
        """What it is made of that may be a user's own, strategies apart."""
        return [self.mechanism]

    def portable(self, problem: Any) -> Any:
        """The problem as other processes get it, with what it took long to find."""
        return problem

    def no_box(self) -> str | None:
        """Why no exhaustive audit applies, or None."""
        return (
            "it searches counts, submissions and shifts of estimation games; for other games use "
            "exact or black_box"
        )

    def searched_box(self, i: int) -> Exact | None:
        """What the exhaustive search of a box finds by formulas, None where it must simulate."""
        return None

    def box(self, i: int, worlds: int, seed: int) -> tuple[Sequence[Deviation], int, float]:
        """Deviations that stand for a box, worlds played to choose them, and a payment.

        Nothing outside of the box is paid better than that.
        """
        raise NotImplementedError

    def described_box(self) -> str:
        """The class that a simulated box covers, in words."""
        raise NotImplementedError

    def how(self, i: int, strategy: Any) -> str | None:
        """How a deviation differs from what player i is asked to play, where a game can tell."""
        return None

    def row(self, i: int) -> Mapping[str, Any]:
        """What only this game has to say of player i in an audit, by key of the answer."""
        return {}

    def outside(self, i: int) -> float | None:
        """What player i is paid if she stays away (for individual rationality), None if unknown."""
        return None

    def searched(self, i: int, worlds: int, seed: int) -> tuple[Sequence[Deviation], int]:
        """Deviations that a search of the game's own finds, and how many worlds it played."""
        return (), 0

    def stake(self, i: int, payoffs: Sequence[float]) -> float:
        """On what scale a gain of player i is large: here the range of payoffs she reaches.

        payoffs: what she reaches with the audited strategy (first) and with others.
        """
        return payoff_range(payoffs)

    def exact(self, i: int) -> Exact | str:
        """The best response by formula, or why there is none."""
        return "no formula is known"

    def formula(self, i: int) -> Exact | str:
        """`exact`, where it is about the rules that are played: what engines ask.

        Payments that cancel are 0 (`Exact.settled`). Raises InputError where payments are too large
        to be computed with.
        """
        beyond = self.beyond_formulas()
        if beyond is not None:
            return beyond
        with np.errstate(over="ignore"):
            answer = self.exact(i)
        self._hold_formula(answer)
        numbers = [answer.paid, answer.best] if isinstance(answer, Exact) else []
        if any(abs(x) > MOST_PAID and self.pays.sign * x > -np.inf for x in numbers):
            raise InputError(too_much(f"{self.shown}: what {self.players[i]} is paid"))
        return answer.settled() if isinstance(answer, Exact) else answer

    def _hold_formula(self, answer: Any) -> None:
        """Refuse what is neither an `Exact` nor a sentence, and numbers that are none."""
        where = f"{type(self).__name__}.exact"
        if isinstance(answer, str):
            return
        if not isinstance(answer, Exact) or not isinstance(answer.deviation, Deviation):
            raise ContractError(
                f"{where} must return an Exact with a deviation(...), or a sentence why there is "
                f"none, got {brief(answer)}"
            )
        formula_held(where, answer, self.pays.sign)

    def alternative(self, i: int) -> float | None:
        """`outside`, held to be a number or None: what engines ask."""
        found = self.outside(i)
        numbers_held(f"{type(self).__name__}.outside", {self.players[i]: found})
        return found

    def all_formulas(self) -> Iterator[Exact | str]:
        """`formula` for every player, in order."""
        return map(self.formula, range(self.m))

    def beyond_formulas(self) -> str | None:
        """Why formulas say nothing of this game, or None.

        They count for the class that has them, not for one that derives from it and changes what
        is played or paid.
        """
        if type(self).exact is Game.exact:
            return None  # it has none
        return changed_below(type(self), "exact", ("pay", "nature", "view", "model", "trials"))

    def paid(self, i: int) -> float | str:
        """What player i is paid by formula, or why there is none."""
        answer = self.formula(i)
        return answer if isinstance(answer, str) else answer.paid

    def priced(self, menus: Menus[Any]) -> Priced | str:
        """What menus of this game's players pay by formula, or why there is none.

        A function of the kind of a player (`Menus.kinds`) and of how many of each kind of the
        others play what, (kinds, K); it gives her payoffs for the whole menu, (K,), more is better.
        """
        return priced_by_profile(menus)

    def kind(self, i: int) -> Hashable:
        """Players of one kind are interchangeable; by default each is her own."""
        return i

    def collected(self, i: int, strategy: Any) -> float | None:
        """How many points player i collects on average, None in games without."""
        return None

    def is_honest(self, i: int, strategy: Any) -> bool:
        """Whether a strategy counts as honest: the recommendation does."""
        return same(strategy, self.recommended(i))

    def described(self) -> str:
        """The class that a black-box audit searches, in words."""
        parts = dict.fromkeys(d.label for i in range(self.m) for d in self.deviations(i))
        shown = list(parts)[:12] + (["..."] if len(parts) > 12 else [])
        return f"{'; '.join(shown)}; the recommendation and what the other players play"

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
