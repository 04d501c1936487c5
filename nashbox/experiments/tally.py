"""Means of one round of any game, taken in block by block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.games.base import Game
from nashbox.games.rounds import Columns
from nashbox.measure.moments import Moments
from nashbox.measure.sums import summed

Array = NDArray[np.float64]


class WorldMeans:
    """Means over worlds by name: of (R,) a number, of (R, k) a list, of names a mapping."""

    def __init__(self) -> None:
        self.parts: dict[str, Any] = {}

    def add(self, columns: Columns) -> None:
        """Take a block in."""
        for key, values in columns.items():
            if isinstance(values, Mapping):
                part: Any = WorldMeans()
            else:
                part = Moments() if values.ndim == 1 else Vector()
            self.parts.setdefault(key, part).add(values)

    def row(self) -> dict[str, Any]:
        """The means with their standard errors, of names NAME_se."""
        found: dict[str, Any] = {}
        for key, part in self.parts.items():
            if isinstance(part, WorldMeans):
                found[key] = part.row()
            else:
                found |= {key: part.mean, f"{key}_se": part.se}
        return found


class Vector:
    """Means of (R, k) numbers and their standard errors, lists of k."""

    def __init__(self) -> None:
        self.parts: list[Moments] = []

    def add(self, values: Array) -> None:
        """Take a block in."""
        self.parts = self.parts or [Moments() for _ in range(values.shape[1])]
        same = values.strides[0] == 0  # in all worlds
        for k, part in enumerate(self.parts):
            mine = values[:, k]
            part.merge(Moments(len(mine), float(mine[0])) if same else Moments.of(mine))

    @property
    def mean(self) -> list[float]:
        """The means so far."""
        return [part.mean for part in self.parts]

    @property
    def se(self) -> list[float]:
        """Their standard errors."""
        return [part.se for part in self.parts]


class RoundTally:
    """What a round brought every player, and what the game keeps beside it."""

    def __init__(self, game: Game, labels: Sequence[str]) -> None:
        self.game, self.labels = game, labels
        self.paid, self.social = [Moments() for _ in game.players], Moments()
        self.columns = [WorldMeans() for _ in game.players]
        self.overall, self.ledger = WorldMeans(), game.ledger()

    def add(self, model: Any) -> None:
        """Take a model in that has just played the round."""
        payments = self.game.payments(model)
        self.social.add(payments.sum(axis=0))
        for moments, paid in zip(self.paid, payments, strict=True):
            moments.add(paid)
        for means, columns in zip(self.columns, self.game.columns(model), strict=True):
            means.add(columns)
        self.overall.add(self.game.overall(model))
        if self.ledger is not None:
            self.ledger.add(model)

    def row(self, i: int, step: int) -> dict[str, Any]:
        """What player i played and got; se is None where one world says nothing of it."""
        paid = self.paid[i]
        return {
            "Step": step,
            "AgentID": self.game.players[i],
            "strategy": self.labels[i],
            self.game.pays.name: paid.mean,
            "se": paid.se if paid.count > 1 else None,
            **self.columns[i].row(),
        }

    def whole(self) -> dict[str, Any]:
        """What is said of all players together, by key of the answer."""
        system = self.overall.row()
        kept = {} if self.ledger is None else dict(self.ledger.summary())
        return ({"system": system} if system else {}) | kept


def rows_of(tallies: Sequence[RoundTally], step: int) -> list[dict[str, Any]]:
    """A row per player; she is shown at the state of nature that pays her worst."""
    game = tallies[0].game
    return [_worst(tallies, i).row(i, step) for i in range(game.m)]


def social_of(tallies: Sequence[RoundTally], step: int) -> dict[str, Any]:
    """The sum of what all players are paid in a round, each at her worst state, with its error.

    The error is that of the sums, world by world, or at most the sum of theirs where players are
    shown at different states.
    """
    game = tallies[0].game
    shown = [_worst(tallies, i) for i in range(game.m)]
    paid = [tally.paid[i] for i, tally in enumerate(shown)]
    one = all(tally is shown[0] for tally in shown)
    error = shown[0].social.se if one else sum(moments.se for moments in paid)
    known = paid[0].count > 1
    mean = summed(moments.mean for moments in paid)
    return {"Step": step, game.pays.name: mean, "se": error if known else None}


def _worst(tallies: Sequence[RoundTally], i: int) -> RoundTally:
    sign = tallies[0].game.pays.sign
    return min(tallies, key=lambda tally: sign * tally.paid[i].mean)
