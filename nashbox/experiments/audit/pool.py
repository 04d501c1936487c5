"""The candidates of a black-box audit: what the game names, grids of its families, and a search."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from nashbox.experiments.seeds import Stage, child
from nashbox.games.base import Deviation, Family, Game
from nashbox.problem.spec import Spec

HALVINGS = 6  # of the step of a search within a family


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
    def of(cls, game: Game, player: int, most: int) -> Pool:
        """Everything a game names for a player, at most about `most` of its families."""
        audited = game.strategy(player)
        pool = cls([audited], [], [])
        named = game.deviations(player)
        families = [d for d in named if isinstance(d, Family)]
        for found in named:
            if isinstance(found, Deviation):
                pool.add(found)
        for family in families:
            values = list(family.values())
            step = max(1, -(-len(values) * len(families) // max(most, 1)))
            for row in values[::step]:
                pool.add(family.member(row), (family, row))
        for j, name in enumerate(game.players):
            if name in game.strategies and j != player:
                other = game.strategies[name]
                spec = game.specs.get(name)
                if spec is not None and game.playable(player, other):
                    pool.add(Deviation(spec, other))
        own = game.recommended(player)
        if not same(own, audited):
            pool.recommended = next(
                (k for k, s in enumerate(pool.strategies) if k and same(s, own)),
                len(pool.strategies),
            )
            if pool.recommended == len(pool.strategies):
                pool.add(Deviation(Spec("recommended"), own))
        return pool

    def add(
        self, deviation: Deviation, origin: tuple[Family, dict[str, Any]] | None = None
    ) -> None:
        """Add a candidate, unless it is there or what is audited."""
        if any(same(deviation.strategy, known) for known in self.strategies):
            return
        self.strategies.append(deviation.strategy)
        self.deviations.append(deviation)
        self.origins.append(origin)


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
        paid = [
            sign * float(np.mean(pays[player]))
            for pays in game.trials(player, strategies, worlds, number)
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
