"""What strategies of one player pay against the others', in the same worlds; higher is better.

By formula or measured, whatever the game; what a game knows better it says by `Game.priced`,
`Game.kind`, `Game.own_paid` and `Game.unknowns`.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import numpy as np

from nashbox.games.promises.shipped import pure, shipped
from nashbox.measure.looks import resolution
from nashbox.problem.arrays import Array
from nashbox.problem.payoff_oracle import Answer, Profile, seated

if TYPE_CHECKING:
    from nashbox.games.base import Game

Priced = Callable[[int, Profile], Array]  # see `Game.priced`
Played = TypeVar("Played", bound="Game")
PIECE = 1 << 15  # worlds played at once at most


@dataclass(frozen=True, eq=False)
class Menus(Generic[Played]):
    """What the players of a game choose from. entries: strategies, by player and place.

    labels: of the places, where menus are as long as each other.
    """

    game: Played
    entries: Sequence[Sequence[Any]]
    labels: Sequence[str] = ()

    def played(self, places: Iterable[int]) -> Played:
        """The game in which players play their places in the menus."""
        chosen = zip(self.game.players, self.entries, places, strict=True)
        return self.game.with_strategies({name: menu[k] for name, menu, k in chosen})

    def uniform(self) -> Iterator[Played]:
        """The games in which all play the same place, one after the other."""
        return (self.played([k] * self.game.m) for k in range(len(self.labels)))

    @cached_property
    def kinds(self) -> Profile:
        """Numbers (m,); players of one kind are interchangeable (`Game.kind`).

        With menus or strategies of one's own, which may tell players apart, all are different.
        """
        game, first = self.game, self.entries[0]
        ours = all(shipped(part) for entry in first for part in (entry, *pure(entry)))
        numbers = np.arange(game.m)
        if ours and all(menu is first for menu in self.entries):
            for number, players in enumerate(interchangeable(game)):
                numbers[players] = number
        return numbers


def interchangeable(game: Game) -> list[list[int]]:
    """The players by `Game.kind`, kinds in the order of their first players."""
    alike: dict[Hashable, list[int]] = {}
    for i in range(game.m):
        alike.setdefault(game.kind(i), []).append(i)
    return list(alike.values())


def why_unpriced(games: Iterable[Game], players: Sequence[int]) -> str | None:
    """The first reason why what one of `players` is paid has no formula, None if all have."""
    paid = (game.paid(i) for game in games for i in players)
    return next((reason for reason in paid if isinstance(reason, str)), None)


def priced_by_profile(menus: Menus[Any]) -> Priced | str:
    """What `Game.priced` says unless a game knows better: its formulas, profile by profile.

    They are taken to exist where they do while all play the same.
    """

    def priced(kind: int, others: Profile) -> Array:
        i, profile = seated(menus.kinds, kind, others)
        return paid_by_formula(menus.played(profile), i, menus.entries[i]).values

    return why_unpriced(menus.uniform(), range(menus.game.m)) or priced


def paid_by_formula(game: Game, i: int, strategies: Sequence[Any]) -> Answer:
    """By the game's formulas, where it has them for all of these."""
    name = game.players[i]
    paid = [game.with_strategies({name: strategy}).paid(i) for strategy in strategies]
    return Answer.exactly(game.pays.sign * np.array([float(value) for value in paid]))


def paid_in_worlds(
    game: Game,
    i: int,
    strategies: Sequence[Any],
    worlds: int,
    seed: Callable[[int], int],
    states: Sequence[Any] = (None,),
) -> Answer:
    """Measured, all in the same worlds, each at the one of `states` of nature that pays it least.

    seed: of a block of worlds, 0, 1, ...
    """
    size = min(game.block, PIECE)

    def at(state: Any) -> Answer:
        joint = JointMoments(len(strategies))
        for block, start in enumerate(range(0, worlds, size)):
            paid = game.own_paid(i, strategies, min(size, worlds - start), seed(block), state)
            joint.add(game.pays.sign * np.array(list(paid)))
        return joint.answer()

    return _worst([at(state) for state in states])


def _worst(answers: Sequence[Answer]) -> Answer:
    """Each payoff where it is least; those from different states are taken for independent."""
    values = np.array([answer.values for answer in answers])
    worst = values.argmin(axis=0)
    if (worst == worst[0]).all():
        return answers[int(worst[0])]
    covariance = np.diag([answers[s].covariance[k, k] for k, s in enumerate(worst)])
    return Answer(values.min(axis=0), covariance)


def simulated(game: Game, worlds: int, unknowns: tuple[Sequence[Any], Iterable[str]]) -> str:
    """What is said of such payoffs; unknowns: as `Game.unknowns` gives them."""
    states, names = unknowns
    tried = f", the worst of {len(states)} values of {', '.join(names)}" if len(states) > 1 else ""
    return f"simulated in {worlds} {game.worlds_called}{tried}; {resolution(worlds)}"


class JointMoments:
    """Means and covariances of K payoffs, from blocks (K, R) of worlds.

    A payoff that is -inf in some world is -inf on average.
    """

    def __init__(self, K: int) -> None:
        self.count, self.mean, self.scatter = 0, np.zeros(K), np.zeros((K, K))
        self.ruined = np.zeros(K, dtype=np.bool_)

    def add(self, values: Array) -> None:
        """Merge a block of worlds (Chan et al. 1979, for vectors)."""
        self.ruined |= np.isneginf(values).any(axis=1)
        values = np.where(self.ruined[:, None], 0.0, values)
        R = values.shape[1]
        mean = values.mean(axis=1)
        centred = values - mean[:, None]
        gap, total = mean - self.mean, self.count + R
        self.scatter += centred @ centred.T + np.outer(gap, gap) * self.count * R / total
        self.mean += gap * R / total
        self.count = total

    def answer(self) -> Answer:
        """Mean payoffs with the covariance of the means."""
        alive = ~self.ruined
        covariance = self.scatter / (self.count - 1) / self.count
        return Answer(np.where(alive, self.mean, -np.inf), covariance * np.outer(alive, alive))
