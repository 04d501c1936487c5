"""The candidates of a black-box audit: what the game names, members of its families, a search."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nashbox.games.answered import kinds_held
from nashbox.games.base import Game
from nashbox.games.deviations import Deviation, Family
from nashbox.measure.seeds import Stage, child
from nashbox.problem.parameters import same
from nashbox.problem.spec import Spec

HALVINGS = 6  # of the step of a search within a family
GRID = 5000  # members of a family up to which they stand on a grid
DRAWN = 64  # members drawn at random of a larger one
FEW = 4  # members of a continuous family that are tried whatever the budget
GOLDEN = (5**0.5 - 1) / 2


@dataclass(eq=False)
class CandidatePool:
    """Candidates in the order of the strategies, which begin with the audited one.

    origins: family and values behind a candidate that is one of a family. recommended: place among
    the strategies of the recommendation, None where it is what is audited. thinned: families of
    which not all listed members are in, and how many of how many are.
    """

    strategies: list[Any]
    deviations: list[Deviation]
    origins: list[tuple[Family, dict[str, Any]] | None]
    recommended: int | None = None
    thinned: list[tuple[Family, int, int]] = field(default_factory=list)

    @classmethod
    def of(
        cls, game: Game, player: int, most: int, seed: int = 0, *, compared: bool = False
    ) -> CandidatePool:
        """Everything a game names for a player, at most about `most` of its families.

        compared: only what comparisons of mechanisms choose from.
        """
        pool = cls([game.strategy(player)], [], [])
        what = "compared" if compared else "deviations"
        named = kinds_held(
            f"{type(game).__name__}.{what}",
            getattr(game, what)(player),
            (Deviation, Family),
            "self.deviation(...) and self.family(...)",
        )
        families = [d for d in named if isinstance(d, Family)]
        for found in named:
            if isinstance(found, Deviation):
                pool.add(found)
        for f, (family, room) in enumerate(zip(families, _rooms(families, most), strict=True)):
            number = child(seed, Stage.SEARCH, player, f)
            for row in _members(family, room, number):
                pool.add(family.member(row), (family, row))
            if room < family.size <= GRID:
                pool.thinned.append((family, room, family.size))
        for j, name in enumerate(game.players):
            if name in game.strategies and j != player:
                other = game.strategies[name]
                spec = game.specs.get(name)
                if spec is not None and game.playable(player, other):
                    pool.add(Deviation(spec, other))
        pool.add_recommended(game, player)
        if named and not (pool.deviations or compared):  # a menu of one entry: she can but stay
            spec = game.specs.get(game.players[player], Spec("recommended"))
            pool._append(Deviation(spec, pool.strategies[0]), None)
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
        if not any(same(deviation.strategy, known) for known in self.strategies):
            self._append(deviation, origin)

    def _append(self, deviation: Deviation, origin: tuple[Family, dict[str, Any]] | None) -> None:
        self.strategies.append(deviation.strategy)
        self.deviations.append(deviation)
        self.origins.append(origin)


def _rooms(families: Sequence[Family], most: int) -> list[int]:
    """How many members of each are tried: all of a list if they fit, then of what is continuous.

    Beside a list's members there may be any others; between those of a grid a search looks on.
    """
    rooms = [
        FEW if any(not isinstance(r, list) for r in f.ranges.values()) else 0 for f in families
    ]
    left = most - sum(rooms)
    listed = [k for k, room in enumerate(rooms) if not room]
    for some in (listed, [k for k, room in enumerate(rooms) if room]):
        for place, k in enumerate(sorted(some, key=lambda k: families[k].size)):
            wanted = families[k].size if families[k].size <= GRID else DRAWN
            share = min(wanted - rooms[k], left // (len(some) - place))
            more = max(share, 0 if rooms[k] else 1)
            rooms[k], left = rooms[k] + more, left - more
    return rooms


def _members(family: Family, room: int, seed: int) -> list[dict[str, Any]]:
    """The family's members, or so many of them; drawn at random where they are too many to list.

    Chosen by the golden section: lists alternate (one side and the other, both signs), and every
    second member would be all of one kind.
    """
    if family.size > GRID:
        rng = np.random.default_rng(seed)
        return [family.drawn(rng) for _ in range(room)]
    values = family.values()
    if room >= len(values):
        return values
    turns = np.argsort(np.arange(len(values)) * GOLDEN % 1.0)
    return [values[place] for place in sorted(turns[:room].tolist())]


def refined(
    game: Game, player: int, pool: CandidatePool, best: int, worlds: int, seed: tuple[int, Stage]
) -> tuple[Deviation | None, int]:
    """Look for better parameters around the best of a family; and how many games that took.

    best: its place among the strategies. Steps start at half the grid's, and are halved.
    """
    origin = pool.origins[best - 1]
    if origin is None or worlds < 1:
        return None, 0
    family, values = origin
    thinned = any(family is known for known, *_ in pool.thinned)
    numbers = {k: r for k, r in family.ranges.items() if not isinstance(r, list) or thinned}
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
    for key, reach in numbers.items():
        for sign in (-1, 1):
            value = _beside(here[key], reach, sign * scale)
            if value != here[key]:
                yield {**here, key: value}


def _beside(value: Any, reach: tuple[float, float] | list[Any], step: float) -> Any:
    """What lies a share `step` of the reach away; of a list, at least the next in order."""
    if not isinstance(reach, list):
        low, high = reach
        return min(max(value + step * (high - low), low), high)
    if not all(isinstance(one, int | float) for one in reach):  # no order, no neighbours
        return value
    values = sorted(reach)
    places = math.ceil(abs(step) * (len(values) - 1))
    place = values.index(value) + int(math.copysign(places, step))
    return values[min(max(place, 0), len(values) - 1)]
