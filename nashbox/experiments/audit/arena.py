"""Where the strategies of one player meet the states of nature, all in the same worlds."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from nashbox.games.base import Game
from nashbox.games.trials import Played
from nashbox.measure.moments import difference
from nashbox.measure.seeds import Stage, child
from nashbox.problem.arrays import Array

Cell = tuple[int, int]  # (strategy, place among the states of nature)


@dataclass(eq=False)
class Arena:
    """Strategies of one player, the audited one first, and the states at which each is tried.

    places: by strategy, the states over which its worst payoff counts. kinds: by strategy, what it
    shares with those that are paid the same in every world. found: further states that a search
    found, for all strategies that have more than one. spent: worlds played.
    """

    game: Game
    player: int
    strategies: list[Any]
    seed: int
    states: list[Hashable] = field(default_factory=list)
    places: list[list[int]] = field(default_factory=list)
    kinds: list[Hashable] = field(default_factory=list)
    found: list[int] = field(default_factory=list)
    spent: int = 0

    def __post_init__(self) -> None:
        for strategy in self.strategies:
            self._place(strategy)

    def add(self, strategy: Any) -> None:
        """Let another strategy in."""
        self.strategies.append(strategy)
        self._place(strategy)

    def _place(self, strategy: Any) -> None:
        listed = [self.place_of(state) for state in self.game.states(self.player, strategy)]
        self.places.append(listed + self.found * (len(listed) > 1))
        self.kinds.append(self.game.alike(self.player, strategy))

    def drop(self, j: int) -> None:
        """Leave a strategy out."""
        for kept in (self.strategies, self.places, self.kinds):
            del kept[j]

    def place_of(self, state: Hashable) -> int:
        """Number of a state of nature, which is made known if it is not."""
        if state not in self.states:
            self.states.append(state)
        return self.states.index(state)

    def keep(self, place: int) -> None:
        """Let the worst payoff of all that have more than one state count there too."""
        if place not in self.found:
            self.found.append(place)
            for places in self.places:
                places += [place] * (len(places) > 1)

    def price(self, cells: Iterable[Cell]) -> int:
        """Plays of a world that cells take, controls apart: strategies of one kind share one."""
        return len({(self.kinds[j], place) for j, place in cells})

    def play(self, cells: Sequence[Cell], worlds: int, stage: Stage, block: int) -> dict[Cell, Any]:
        """Play cells in the same worlds; payoffs, higher is better, with their controls."""
        number = child(self.seed, stage, self.player, block)
        found: dict[Cell, Played] = {}
        for place in dict.fromkeys(place for _, place in cells):
            here = sorted(j for j, at in set(cells) if at == place)
            first: dict[Hashable, int] = {}
            for j in here:
                first.setdefault(self.kinds[j], j)
            tried = self._tried(list(first.values()), worlds, number, self.states[place])
            played = dict(zip(first, tried, strict=True))
            found.update(((j, place), played[self.kinds[j]]) for j in here)
        return found

    def _tried(self, js: list[int], worlds: int, number: int, state: Any) -> Iterator[Played]:
        """Strategies at one state; controls need the audited one to come first."""
        sign = self.game.pays.sign
        strategies = [self.strategies[j] for j in js]
        for played in self.game.own_trials(self.player, strategies, worlds, number, state):
            self.spent += worlds * played.plays
            yield replace(played, paid=sign * played.paid, usual=sign * played.usual)


def paired(mine: Played, audited: Played) -> tuple[Array, Array, Array]:
    """Gains (R,), the controls of both (R, q), and how much of each theory would take off (q,)."""
    controls = np.concatenate([audited.shared, audited.controls, mine.controls], axis=1)
    usual = np.concatenate([np.zeros(audited.shared.shape[1]), -audited.usual, mine.usual])
    return difference(mine.paid, audited.paid), controls, usual
