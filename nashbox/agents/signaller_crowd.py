"""Signallers of one kind who rely on themselves alone, played as one array (agents, games).

They observe alike, play equal strategies with w = 1 and without feedback, and look at nothing but
whether a neighbour has crossed. Every agent draws from her own streams what she would draw by
herself, so that it makes no difference to anything but time who plays in a crowd.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.draw import Observer
from nashbox.problem.errors import InputError
from nashbox.problem.signal import OwnSignal, Signal
from nashbox.problem.walk import Mask, Part, make_walk
from nashbox.strategies.testing.signaller import Inverter, Signaller, Silent, Truthful

if TYPE_CHECKING:
    from nashbox.agents.testing import RaceAgent
    from nashbox.model.testing import RaceModel

Pairs = NDArray[np.intp]

LEAST = 8  # agents worth an array of their own
MOST = 1 << 13  # games beyond which an agent's own arrays cost no more
ROOM = 1 << 22  # who hears whom in which game, worked out at once
OWN = (Signaller, Truthful, Inverter, Silent)  # classes of which all is known


def kind_of(agent: RaceAgent) -> Hashable | None:
    """What agents of one crowd have in common, None for who cannot be in one."""
    strategy = agent.strategy
    if type(strategy) not in OWN or not isinstance(strategy, Signaller):
        return None
    if not strategy.relies_on_itself or strategy.feedback or strategy.later:
        return None
    return type(strategy), strategy, agent.view.model


class Crowd:
    """k agents in L live games: `playing` (k, L); results (k, R) as of an agent by herself.

    Pairs of an agent and a live game are numbers agent * L + game, in order.
    """

    def __init__(self, model: RaceModel, agents: Sequence[RaceAgent]) -> None:
        self.model, self.agents = model, agents
        self.indices = np.array([agent.index for agent in agents])
        first = agents[0]
        assert isinstance(first.strategy, Signaller)  # noqa: S101 - see kind_of
        self.strategy, self.view = first.strategy, first.view
        self.speaks = not isinstance(self.strategy, Silent)
        self.bound = self.strategy.bound(self.view.beta)
        self.observer = Observer.of(self.view.model)
        self.streams = [agent.observing for agent in agents]
        self.known = [agent.strategy for agent in agents]
        k, games = len(agents), model.replications
        self.walk = make_walk(self.view.model, self.view.prior, k * games)
        self.playing = np.ones((k, games), dtype=np.bool_)
        self.on = np.full(games, k)  # agents who still play, by game
        self.results = {
            name: np.array([getattr(agent, name) for agent in agents])
            for name in ("tau", "declared", "reason", "qualified")
        }
        for row, agent in enumerate(agents):
            agent.mind.walk = Part(self.walk, k, row)
            for name, table in self.results.items():
                setattr(agent, name, table[row])
        self._share()

    def check_strategies(self) -> None:
        """Refuse a strategy that came after the first step, which the crowd would not play.

        Raises InputError.
        """
        for agent, known in zip(self.agents, self.known, strict=True):
            if agent.strategy is not known and agent.strategy != known:
                raise InputError(
                    f"agent {agent.name}: a strategy can be replaced before the first step, "
                    f"got {agent.strategy.label} after {self.strategy.label} has begun"
                )

    def act(self) -> None:
        """Observe one symbol a game."""
        model = self.model
        if model.well is None:
            symbols = self.observer.draw_many(self.streams, model.live.size, model.split)
        else:
            symbols = np.array(
                [model.well.symbols(i, model.iteration, model.live) for i in self.indices.tolist()]
            )
        self.walk.move(symbols.ravel())
        for agent in self.agents:
            agent.signal = None

    def signal(self, row: int) -> Signal | None:
        """What an agent reveals, for those who look at more than whether she has crossed.

        To be asked before anybody decides.
        """
        agent = self.agents[row]
        if self.speaks and agent.signal is None:
            agent.signal = OwnSignal(agent.mind.walk, self.strategy.coin, agent.stream)
            agent.signal.present = None if self.model.all_playing else self.playing[row].copy()
        return agent.signal

    def crossed(self, bound: Fraction) -> Pairs:
        """Pairs that still play and have crossed."""
        return np.flatnonzero(self.walk.crossed(bound) & self.playing.ravel())

    def receive(self, rows: slice, warned: Mask | None) -> None:
        """Decide where to stop. rows: agents whose turn it is; warned: (k * L,), or nobody."""
        L = self.playing.shape[1]
        if warned is None:
            stop = self.crossed(self.bound)
        else:
            stop = np.flatnonzero((self.walk.crossed(self.bound) | warned) & self.playing.ravel())
        first, last = np.searchsorted(stop, (rows.start * L, rows.stop * L))
        if first < last:
            self._stop(stop[first:last])

    def _stop(self, pairs: Pairs) -> None:
        """Record that games end for agents."""
        rows, live = np.divmod(pairs, self.playing.shape[1])
        games = self.model.live[live]
        side = self.walk.sides(pairs)
        declared = side > 0
        even = np.flatnonzero(side == 0)
        if even.size:
            declared[even] = self._coins(rows[even], games[even])
        sure = self.walk.crossed(self.view.beta)[pairs]
        by_threshold = self.walk.crossed(self.bound)[pairs]
        self.results["qualified"][rows, games] = sure & ((side > 0) == declared)
        self.results["declared"][rows, games] = declared
        self.results["reason"][rows, games] = np.where(by_threshold, 0, 1)
        self.results["tau"][rows, games] = self.model.iteration
        self.playing[rows, live] = False
        self.on -= np.bincount(live, minlength=self.on.size)

    def _coins(self, rows: Pairs, games: Pairs) -> Mask:
        """Fair coins of agents in games, in order, from every agent's own stream."""
        starts = np.flatnonzero(np.diff(rows, prepend=-1))
        ends = [*starts[1:].tolist(), rows.size]
        agents = [self.agents[row] for row in rows[starts].tolist()]
        if self.model.well is None:
            sizes = np.diff(starts, append=rows.size).tolist()
            drawn = [agent.stream.random(n) for agent, n in zip(agents, sizes, strict=True)]
            return np.asarray(np.concatenate(drawn) < 0.5)
        parts = zip(agents, starts.tolist(), ends, strict=True)
        return np.concatenate([agent.coins(games[a:b]) for agent, a, b in parts])

    def keep(self, rows: NDArray[np.intp]) -> None:
        """Drop all live games but these."""
        self.walk.keep_of_each(len(self.agents), rows)
        self.playing, self.on = self.playing.take(rows, axis=1), self.on[rows]
        self._share()

    def _share(self) -> None:
        for agent, playing in zip(self.agents, self.playing, strict=True):
            agent.playing = playing


class Hearing:
    """Who is warned by a neighbour that crosses; everybody hears whom she is heard by."""

    def __init__(self, heard: Sequence[Sequence[int]], crowds: Sequence[Crowd]) -> None:
        self.crowds = crowds
        self.counts = np.array([len(some) for some in heard])
        self.flat = np.array([j for some in heard for j in some], dtype=np.intp)
        self.starts = np.cumsum(self.counts) - self.counts
        self.crowd, self.row = np.full(len(heard), -1), np.zeros(len(heard), dtype=np.intp)
        for c, crowd in enumerate(crowds):
            if crowd.strategy.anticipate:
                self.crowd[crowd.indices] = c
                self.row[crowd.indices] = np.arange(crowd.indices.size)

    def warned(self, agents: NDArray[np.intp], games: NDArray[np.intp]) -> list[Mask | None]:
        """Pairs (k * L,) of every crowd that hear that one of `agents` has crossed in a game.

        agents, games: (N,) positions, and live games.
        """
        found: list[Mask | None] = [None] * len(self.crowds)
        for some, where in self._listeners(agents, games):
            for c, crowd in enumerate(self.crowds):
                mine = np.flatnonzero(self.crowd[some] == c)
                if not mine.size:
                    continue
                mask = found[c]
                if mask is None:
                    mask = found[c] = np.zeros(crowd.playing.size, dtype=np.bool_)
                mask[self.row[some[mine]] * crowd.playing.shape[1] + where[mine]] = True
        return found

    def _listeners(
        self, agents: NDArray[np.intp], games: NDArray[np.intp]
    ) -> Iterator[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Who hears whom in which game, so many pairs at once as there is room for."""
        ends = np.cumsum(self.counts[agents])
        start = 0
        while start < agents.size:
            before = ends[start - 1] if start else 0
            end = max(start + 1, int(np.searchsorted(ends, before + ROOM, side="right")))
            some, counts = agents[start:end], self.counts[agents[start:end]]
            firsts = ends[start:end] - counts - before
            places = np.arange(counts.sum()) + np.repeat(self.starts[some] - firsts, counts)
            yield self.flat[places], np.repeat(games[start:end], counts)
            start = end
