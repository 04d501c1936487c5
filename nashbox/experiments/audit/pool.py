"""The candidates of a black-box audit: what the game names, members of its families, a search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nashbox.games.base import Deviation, Family, Game
from nashbox.measure.seeds import Stage, child
from nashbox.problem.spec import Spec

HALVINGS = 6  # of the step of a search within a family
GRID = 5000  # members of a family up to which they stand on a grid
DRAWN = 64  # members drawn at random of a larger one


@dataclass(eq=False)
class Pool:
    """Candidates in the order of the strategies, which begin with the audited one.

    origins: family and values behind a candidate that is one of a family. recommended: place among
    the strategies of the recommendation, None where it is what is audited.
    """

    strategies: list[Any]
    deviations: list[Deviation]
    origins: list[tuple[Family, dict[str, Any]] | None]
    recommended: int | None = None

    @classmethod
    def of(
        cls, game: Game, player: int, most: int, seed: int = 0, *, compared: bool = False
    ) -> Pool:
        """Everything a game names for a player, at most about `most` of its families.

        compared: only what comparisons of mechanisms choose from.
        """
        pool = cls([game.strategy(player)], [], [])
        named = game.compared(player) if compared else game.deviations(player)
        families = [d for d in named if isinstance(d, Family)]
        for found in named:
            if isinstance(found, Deviation):
                pool.add(found)
        for f, family in enumerate(families):
            number = child(seed, Stage.SEARCH, player, f)
            for row in _members(family, max(1, most // len(families)), number):
                pool.add(family.member(row), (family, row))
        for j, name in enumerate(game.players):
            if name in game.strategies and j != player:
                other = game.strategies[name]
                spec = game.specs.get(name)
                if spec is not None and game.playable(player, other):
                    pool.add(Deviation(spec, other))
        pool.add_recommended(game, player)
        return pool

    def add_recommended(self, game: Game, player: int) -> None:
        """Let the recommendation in, for a player with a strategy of her own."""
        own = game.recommended(player)
        if same(own, self.strategies[0]):
            return
        known = (k for k, s in enumerate(self.strategies) if k and same(s, own))
        self.recommended = next(known, len(self.strategies))
        self.add(Deviation(Spec("recommended"), own))

    def add(
        self, deviation: Deviation, origin: tuple[Family, dict[str, Any]] | None = None
    ) -> None:
        """Add a candidate, unless it is there or what is audited."""
        if any(same(deviation.strategy, known) for known in self.strategies):
            return
        self.strategies.append(deviation.strategy)
        self.deviations.append(deviation)
        self.origins.append(origin)


def _members(family: Family, most: int, seed: int) -> list[dict[str, Any]]:
    """The family's grid, every so many of it; members drawn at random where it is too large."""
    if family.size > GRID:
        rng = np.random.default_rng(seed)
        return [family.drawn(rng) for _ in range(min(most, DRAWN))]
    values = family.values()
    return values[:: -(-len(values) // most)]


def same(first: Any, second: Any) -> bool:
    """Whether two strategies are equal, as far as their classes can tell."""
    try:
        return first is second or bool(first == second)
    except Exception:  # arrays among the parameters of a plug-in
        return False


def refined(
    game: Game, player: int, pool: Pool, best: int, worlds: int, seed: tuple[int, Stage]
) -> tuple[Deviation | None, int]:
    """Look for better parameters around the best of a family; and how many games that took.

    best: its place among the strategies. Steps start at half the grid's, and are halved.
    """
    origin = pool.origins[best - 1]
    if origin is None or worlds < 1:
        return None, 0
    family, values = origin
    numbers = {k: r for k, r in family.ranges.items() if not isinstance(r, list)}
    if not numbers:
        return None, 0
    number, games = child(*seed, player), 0
    sign = game.pays.sign
    here, start = dict(values), dict(values)
    for halving in range(HALVINGS):
        scale = 0.5 ** (halving + 1) / max(family.coarse - 1, 1)
        tried = [here, *_around(here, numbers, scale)]
        strategies = [family.member(row).strategy for row in tried]
        state = game.states(player, strategies[0])[0]
        paid = [
            sign * float(np.mean(found.paid))
            for found in game.own_trials(player, strategies, worlds, number, state)
        ]
        games += worlds * len(tried)
        here = tried[int(np.argmax(paid))]
    return (family.member(here) if here != start else None), games


def _around(
    here: dict[str, Any], numbers: dict[str, Any], scale: float
) -> Iterator[dict[str, Any]]:
    for key, (low, high) in numbers.items():
        for sign in (-1, 1):
            value = min(max(here[key] + sign * scale * (high - low), low), high)
            if value != here[key]:
                yield {**here, key: value}
