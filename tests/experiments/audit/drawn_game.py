"""A game whose payments are drawn as a test says: what an engine ought to find is known exactly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from nashbox.games.base import Game
from nashbox.games.deviations import Deviation
from nashbox.problem.spec import Spec


@dataclass(frozen=True)
class Way:
    """Something to play. paid: payments (R,) of common draws (R,) and a generator of its own."""

    name: str
    paid: Callable

    @property
    def label(self):
        return self.name


HONEST = Way("honest", lambda common, rng: common)


@dataclass(frozen=True, eq=False)
class DrawnGame(Game):
    """Two players who do not touch each other; `ways` is what either may do instead."""

    ways: tuple = ()
    audited: Way = HONEST
    common: Callable = lambda rng, worlds: rng.standard_normal(worlds)
    strategies: Mapping = field(default_factory=dict)

    @property
    def players(self):
        return ("a", "b")

    def recommended(self, i):
        return self.audited

    def with_strategies(self, strategies, *, specs=None):
        return self

    def model(self, worlds, seed, at=None):
        raise AssertionError("trials draw everything")

    def trials(self, i, strategies, worlds, seed, at=None):
        for strategy in strategies:
            common = self.common(np.random.default_rng(seed), worlds)
            paid = strategy.paid(common, np.random.default_rng([seed, len(strategy.name)]))
            yield np.stack([paid, paid])

    def deviations(self, i):
        return [Deviation(Spec(way.name), way) for way in self.ways]


def better_by(gain, spread=0.0, name="other"):
    """A way that is paid `gain` more on average, with a spread of its own."""
    return Way(name, lambda common, rng: common + gain + spread * rng.standard_normal(len(common)))
