"""Signallers of one kind who rely on themselves alone, played as one array (agents, games).

They observe alike, play equal strategies with w = 1 and without feedback, and look at nothing but
whether a neighbour has crossed. Every agent draws from her own streams what she would draw by
herself, so that it makes no difference to anything but time who plays in a crowd.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from fractions import Fraction
from operator import attrgetter, is_not
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from nashbox.problem.arrays import Mask, Places
from nashbox.problem.draw import Observer, Streams, blocks
from nashbox.problem.errors import InputError
from nashbox.problem.lattice_walk import make_walk
from nashbox.problem.signal import OwnSignal, Signal
from nashbox.problem.walk import WalkShare
from nashbox.strategies.testing.signaller import Inverter, RaceTruthful, Signaller, Silent

if TYPE_CHECKING:
    from nashbox.agents.testing import RaceAgent
    from nashbox.model.testing import RaceModel

Pairs = Places

NOBODY: Pairs = np.zeros(0, dtype=np.intp)
LEAST = 8  # agents worth an array of their own
MOST = 1 << 13  # games beyond which an agent's own arrays cost no more
MANY = 200  # who hears whom in which game, per agent: more of them are quicker as bits
ROOM = 1 << 22  # who hears whom in which game, worked out at once
OWN = (Signaller, RaceTruthful, Inverter, Silent)  # classes of which all is known


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
        self.as_asked = self.bound == self.view.beta
        self.observer = Observer.of(self.view.model)
        self.streams = Streams([agent.observing for agent in agents])
        self.known = [agent.strategy for agent in agents]
        k, games = len(agents), model.replications
        self.walk = make_walk(self.view.model, self.view.prior, k * games)
        self.playing = np.ones((k, games), dtype=np.bool_)
        self.on = np.full(games, k)  # agents who still play, by game
        self.due = self.sure = NOBODY  # pairs that play and have met the threshold; and beta
        self._marks = np.zeros(k * games, dtype=np.bool_)  # False but where pairs are put in order
        self.results = {
            name: np.array([getattr(agent, name) for agent in agents])
            for name in ("tau", "declared", "reason", "qualified")
        }
        for row, agent in enumerate(agents):
            agent.mind.walk = WalkShare(self.walk, k, row)
            for name, table in self.results.items():
                setattr(agent, name, table[row])
        self._asked: list[RaceAgent] = []  # whose signal somebody looks at in this iteration
        self._share()

    def check_strategies(self) -> None:
        """Refuse a strategy that came after the first step, which the crowd would not play.

        Raises InputError.
        """
        now = map(attrgetter("strategy"), self.agents)
        if not any(map(is_not, now, self.known)):
            return  # as usual, and quicker to see than that they are equal
        for agent, known in zip(self.agents, self.known, strict=True):
            if agent.strategy != known:
                raise InputError(
                    f"agent {agent.name}: a strategy can be replaced before the first step, "
                    f"got {agent.strategy.label} after {self.strategy.label} has begun"
                )

    def act(self) -> None:
        """Observe one symbol a game."""
        due, sure, start = [NOBODY], [NOBODY], 0
        playing = self.playing.ravel()
        self.walk.begin()
        for symbols in self._symbols():
            block = slice(start, start + symbols.size)
            self.walk.move_in(block, symbols.ravel())
            due.append(start + self._crossed_in(block, self.bound, playing))
            if not self.as_asked:
                sure.append(start + self._crossed_in(block, self.view.beta, playing))
            start = block.stop
        self.due = np.concatenate(due)
        self.sure = self.due if self.as_asked else np.concatenate(sure)
        for agent in self._asked:
            agent.signal = None
        self._asked.clear()

    def _symbols(self) -> Iterator[NDArray[np.uint8]]:
        """Symbols of all agents in order, (agents, L) of some at a time."""
        model = self.model
        if model.well is None:
            yield from self.observer.draw_many(self.streams, model.live.size, model.split)
            return
        for rows in blocks(len(self.agents), model.live.size):
            mine = self.indices[rows].tolist()
            yield np.array([model.well.symbols(i, model.iteration, model.live) for i in mine])

    def _crossed_in(self, block: slice, bound: Fraction, playing: Mask) -> Pairs:
        """Pairs of a block, counted from its start, that play and have crossed."""
        return (self.walk.crossed_in(block, bound) & playing[block]).nonzero()[0]

    def signal(self, row: int) -> Signal | None:
        """What an agent reveals, for those who look at more than whether she has crossed.

        To be asked before anybody decides.
        """
        agent = self.agents[row]
        if self.speaks and agent.signal is None:
            agent.signal = OwnSignal(agent.mind.walk, self.strategy.coin, agent.stream)
            agent.signal.present = None if self.model.all_playing else self.playing[row].copy()
            self._asked.append(agent)
        return agent.signal

    def warn(self, pairs: Pairs) -> None:
        """Let pairs, in any order, be due that see a neighbour cross, if they still play."""
        playing = self.playing.ravel()
        marks = self._marks[: playing.size]
        marks[self.due] = True
        marks[pairs[playing[pairs]]] = True
        self.due = np.flatnonzero(marks)
        marks[self.due] = False

    def receive(self, rows: slice) -> None:
        """Stop where it is due. rows: agents whose turn it is."""
        L = self.playing.shape[1]
        first, last = np.searchsorted(self.due, (rows.start * L, rows.stop * L))
        if first < last:
            self._stop(self.due[first:last])

    def _stop(self, pairs: Pairs) -> None:
        """Record that games end for agents."""
        rows, live = row_and_game(pairs, self.playing.shape[1])
        games = self.model.live[live]
        side = self.walk.side_in(pairs)
        declared = side > 0
        even = np.flatnonzero(side == 0)
        if even.size:
            declared[even] = self._coins(rows[even], games[even])
        sure = self.walk.crossed_in(pairs, self.view.beta)
        by_threshold = self.walk.crossed_in(pairs, self.bound)
        found = {
            "qualified": sure & ((side > 0) == declared),
            "declared": declared,
            "reason": ~by_threshold,  # 0 for the threshold, 1 for anticipation
            "tau": self.model.iteration,
        }
        places = rows * self.model.replications + games
        for name, values in found.items():
            self.results[name].reshape(-1)[places] = values
        self.playing.reshape(-1)[pairs] = False
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

    def keep(self, rows: Places) -> None:
        """Drop all live games but these."""
        self.walk.keep_of_each(len(self.agents), rows)
        self.playing, self.on = self.playing.take(rows, axis=1), self.on[rows]
        self._share()

    def _share(self) -> None:
        for agent, playing in zip(self.agents, self.playing, strict=True):
            agent.playing = playing


def row_and_game(pairs: Pairs, L: int) -> tuple[Pairs, Pairs]:
    """Rows of agents and live games of pairs."""
    rows = pairs // L  # by multiplication, unlike divmod
    return rows, pairs - rows * L


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

    def warn(self, agents: Places, games: Places) -> None:
        """Let all crowds know who hears that one of `agents` has crossed in a game.

        agents, games: (N,) positions, and live games.
        """
        if self.counts[agents].sum() > MANY * self.counts.size:
            self._warn_by_listener(agents, games)
            return
        for some, where in self._listeners(agents, games):
            whose = self.crowd[some]
            for c, crowd in enumerate(self.crowds):
                mine = np.flatnonzero(whose == c)
                if mine.size:
                    crowd.warn(self.row[some[mine]] * crowd.playing.shape[1] + where[mine])

    def _warn_by_listener(self, agents: Places, games: Places) -> None:
        """The same, an agent that listens at a time, all games as bits of a row."""
        L = self.crowds[0].playing.shape[1]
        crossed = np.zeros((self.counts.size, L), dtype=np.bool_)
        crossed[agents, games] = True
        bits = np.packbits(crossed, axis=1)
        for crowd in self.crowds:
            if crowd.strategy.anticipate:
                heard = (bits[self._heard_by(i)] for i in crowd.indices.tolist())
                rows = np.array([np.bitwise_or.reduce(some, axis=0) for some in heard])
                crowd.warn(np.flatnonzero(np.unpackbits(rows, axis=1, count=L)))

    def _heard_by(self, agent: int) -> Places:
        return self.flat[self.starts[agent] : self.starts[agent] + self.counts[agent]]

    def _listeners(self, agents: Places, games: Places) -> Iterator[tuple[Places, Places]]:
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
