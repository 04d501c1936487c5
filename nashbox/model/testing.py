"""Competitive sequential testing as a Mesa model (Raghavan et al., section II), R games at once.

A step is one iteration of all games that are still on. Games in which everybody has stopped are
dropped from all arrays, so that they cost nothing. Games with theta = 0 are numbered first.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import cached_property
from typing import Any, Self

import numpy as np

from nashbox.agents.signaller_crowd import LEAST, MOST, Crowd, Hearing, kind_of, row_and_game
from nashbox.agents.testing import REASONS, RaceAgent
from nashbox.mechanisms.exchange import EXCHANGES, BeliefExchange, Circle, Exchange
from nashbox.model.base import Sandbox
from nashbox.model.collector import DataCollector
from nashbox.model.well import Copies, Well
from nashbox.problem.arrays import Array, Places
from nashbox.problem.errors import ContractError, blamed
from nashbox.problem.lattice import belief_of
from nashbox.problem.mind import RaceView
from nashbox.problem.payoffs import Outcome, paid
from nashbox.problem.signal import Signal, Word
from nashbox.problem.testing import RaceProblem
from nashbox.strategies.testing import RaceStrategy

STEP_COLUMNS = ("game", "step", "agent", "belief", "signal", "stopped", "reason")


class RaceModel(Sandbox):
    """One iteration a step: observe and signal, relay, fuse and decide.

    strategies: by agent name, all agents. record: games (spread evenly over all) whose every step
    goes into the table "steps"; with any, "games" gets a row per game and agent, for all games.
    well: symbols drawn beforehand, to compare strategies on the same observations.
    """

    def __init__(
        self,
        problem: RaceProblem,
        exchange: Exchange,
        strategies: Mapping[str, RaceStrategy],
        *,
        replications: int = 1,
        rng: int | None = None,
        record: int = 1,
        well: Well | Copies | None = None,
    ) -> None:
        super().__init__(replications=replications, rng=rng)
        self.problem, self.mechanism, self.well = problem, exchange, well
        self.mechanism_rng = self.rng.spawn(1)[0]
        if well is None:
            ones = int(self.rng.binomial(self.replications, float(problem.prior)))
            self.theta = np.zeros(self.replications, dtype=np.int8)
            self.theta[self.replications - ones :] = 1
        else:
            self.theta = well.theta
        self.live: Places = np.arange(self.replications)
        self.split = int(self.replications - np.count_nonzero(self.theta))
        self.all_playing = True
        models = dict(zip(problem.names, problem.models, strict=True))
        heard = problem.heard
        self.circle = Circle(problem.names, heard)
        self.players = []
        for i, name in enumerate(problem.names):
            view = RaceView(
                name=name,
                model=problem.models[i],
                prior=problem.prior,
                beta=problem.beta,
                payoff=problem.payoff,
                neighbours=tuple(problem.names[j] for j in heard[i]),
                models=models,
            )
            self.players.append(RaceAgent(self, i, strategies[name], view))
        self.crowds: Sequence[Crowd] = ()
        self.alone = list(self.players)
        self._over: list[Outcome] = []  # what happened, once all games are over
        self.recorder_rng = self.rng.spawn(1)[0]
        self.recording, shown = record > 0, min(record, self.replications)
        self.recorded = np.unique(np.linspace(0, self.replications - 1, shown).astype(np.intp))
        self.datacollector = DataCollector(
            model_reporters={"live": lambda model: int(model.live.size)},
            tables={"steps": list(STEP_COLUMNS), "games": []},
        )

    def _gather(self) -> None:
        """Put agents of one kind together, once it is known who plays what."""
        self.crowds = self._crowds()
        together = {i for crowd in self.crowds for i in crowd.indices.tolist()}
        self.alone = [agent for agent in self.players if agent.index not in together]

    def _crowds(self) -> list[Crowd]:
        """Agents of one kind together, where the exchange is known to relay signals as they are."""
        if type(self.mechanism) not in EXCHANGES.values() or self.replications > MOST:
            return []
        kinds: dict[Hashable, list[RaceAgent]] = {}
        for agent in self.players:
            kinds.setdefault(kind_of(agent), []).append(agent)
        kinds.pop(None, None)
        return [Crowd(self, agents) for agents in kinds.values() if len(agents) >= LEAST]

    @cached_property
    def _hearing(self) -> Hearing:
        heard = self.circle.neighbours if self.mechanism.faithful else [()] * len(self.players)
        return Hearing(heard, self.crowds)

    def step(self) -> None:
        """Play an iteration of the games that are still on; once all are over nothing happens."""
        if self.live.size:
            super().step()

    def interact(self) -> None:
        """Agents of one kind act and receive together."""
        if self.round == 0:
            self._gather()
        if not self.crowds:
            super().interact()
            return
        for crowd in self.crowds:
            crowd.check_strategies()
            crowd.act()
            for row in range(len(crowd.agents) if self.recorded.size else 0):
                crowd.signal(row)
        submissions: list[Signal | None] = [None] * len(self.players)
        for agent in self.alone:
            submissions[agent.index] = agent.act()
        self._warn(submissions)
        words = self._words(submissions)
        start = 0
        for agent in self.alone:  # in the order of all agents, as somebody may look at coins
            self._receive(start, agent.index)
            agent.receive(words[agent.index])
            start = agent.index
        self._receive(start, len(self.players))

    def _receive(self, start: int, end: int) -> None:
        for crowd in self.crowds:
            first, last = np.searchsorted(crowd.indices, (start, end)).tolist()
            if first < last:
                crowd.receive(slice(first, last))

    def _warn(self, submissions: Sequence[Signal | None]) -> None:
        """Let the agents of each crowd see where a neighbour has crossed."""
        if not any(crowd.strategy.anticipate for crowd in self.crowds):
            return
        agents, games = [], []
        for crowd in self.crowds:
            if crowd.speaks:
                row, game = row_and_game(crowd.sure, self.live.size)
                agents.append(crowd.indices[row])
                games.append(game)
        for i, signal in enumerate(submissions):
            if signal is not None:
                games.append(np.flatnonzero(self.players[i].crossing(signal)))
                agents.append(np.full(games[-1].size, i))
        if agents:
            self._hearing.warn(np.concatenate(agents), np.concatenate(games))

    def _words(self, submissions: list[Signal | None]) -> Sequence[Sequence[Word]]:
        """What those hear who play by themselves; crowds have looked already."""
        if not self.alone:
            return ()
        rows = {i: (c, row) for c in self.crowds for row, i in enumerate(c.indices.tolist())}
        heard: list[tuple[int, ...]] = [()] * len(self.players)
        for agent in self.alone:
            heard[agent.index] = self.circle.neighbours[agent.index]
            for j in heard[agent.index]:
                if j in rows:
                    crowd, row = rows[j]
                    submissions[j] = crowd.signal(row)
        circle = Circle(self.circle.names, tuple(heard))
        return self.mechanism.mediate(submissions, circle, self.mechanism_rng)

    @property
    def iteration(self) -> int:
        """Number n of the iteration being played."""
        return self.round + 1

    def mediate(self, submissions: Sequence[Signal | None]) -> Sequence[Sequence[Word]]:
        """Ask the exchange what everybody hears."""
        name = type(self.mechanism).__name__
        with blamed(f"{name}.mediate"):
            words = self.mechanism.mediate(submissions, self.circle, self.mechanism_rng)
        if len(words) != len(self.players):
            raise ContractError(
                f"{name}.mediate: must return words for {len(self.players)} agents, "
                f"got {len(words)}"
            )
        return words

    def revise(self) -> None:
        """Between iterations: record, and drop what is over."""
        if self.recorded.size:
            self._record_steps()
        on = np.zeros(self.live.size, dtype=np.bool_)
        for agent in self.alone:
            on |= agent.playing
        for crowd in self.crowds:
            on |= crowd.on > 0
        rows = np.flatnonzero(on)
        if rows.size < self.live.size:
            self._keep(rows)
        self.all_playing = all(bool(agent.playing.all()) for agent in self.alone) and all(
            bool((crowd.on == len(crowd.agents)).all()) for crowd in self.crowds
        )
        if self.live.size and self.round >= self.problem.cap:
            self._cap()
        if not self.live.size:
            self.running = False
            if self.recording:
                self.datacollector.tables["games"] = self.results()

    def play(self) -> Self:
        """Step until all games are over."""
        while self.running and self.live.size:
            self.step()
        return self

    def _keep(self, rows: Places) -> None:
        self.live = self.live[rows]
        self.split = int(np.searchsorted(rows, self.split))
        for one in (*self.alone, *self.crowds):
            one.keep(rows)

    def _cap(self) -> None:
        """Whoever still plays at the cap declares the likelier state, and is unfinished."""
        for agent in self.players:
            rows = np.flatnonzero(agent.playing)
            if rows.size:
                side = agent.mind.walk.side[rows]
                agent.record(rows, self.live[rows], side, REASONS.index("cap"), self.round)
                agent.qualified[self.live[rows]] = False
        self._keep(np.zeros(0, dtype=np.intp))

    def shares(self) -> Array:
        """Who won: (m, R), 1 for the first qualified stop, 1/k where k agents share it."""
        qualified = np.stack([agent.qualified for agent in self.players])
        tau = np.where(qualified, np.stack([agent.tau for agent in self.players]), 2**31 - 1)
        first = qualified & (tau == tau.min(axis=0))
        return np.asarray(first / np.maximum(first.sum(axis=0), 1))

    def outcomes(self) -> list[Outcome]:
        """What happened, agent by agent, when all games are over."""
        if self._over:
            return self._over
        shares = self.shares()
        found = [
            Outcome(
                tau=agent.tau.astype(np.int64),
                wrong=agent.declared != self.theta,
                qualified=agent.qualified,
                share=shares[i],
                theta=self.theta,
                declared=agent.declared,
                finished=agent.reason != REASONS.index("cap"),
            )
            for i, agent in enumerate(self.players)
        ]
        if not self.live.size:
            self._over = found
        return found

    def payoffs(self) -> list[Array]:
        """What every agent is paid in every game, m arrays of (R,)."""
        return [paid(self.problem.payoff, outcome) for outcome in self.outcomes()]

    def results(self) -> dict[str, Any]:
        """One row per game and agent, as columns; games fastest."""
        R, outcomes = self.replications, self.outcomes()
        pay = [paid(self.problem.payoff, outcome) for outcome in outcomes]
        reasons = np.array(REASONS)
        return {
            "game": np.tile(np.arange(R), len(outcomes)),
            "agent": np.repeat(np.array(self.problem.names), R),
            "theta": np.tile(self.theta, len(outcomes)),
            "stop": np.concatenate([o.tau for o in outcomes]),
            "declaration": np.concatenate([o.declared for o in outcomes]),
            "reason": np.concatenate([reasons[a.reason] for a in self.players]),
            "qualified": np.concatenate([o.qualified for o in outcomes]),
            "won": np.concatenate([o.share for o in outcomes]),
            "payoff": np.concatenate(pay),
        }

    def _record_steps(self) -> None:
        """Rows of the recorded games, up to and including the step in which the agent stops."""
        at = np.searchsorted(self.live, self.recorded)
        at = np.minimum(at, self.live.size - 1)
        rows = at[self.live[at] == self.recorded]
        if not rows.size:
            self.recorded = self.recorded[:0]
            return
        games = self.live[rows]
        table = self.datacollector.tables["steps"]
        for agent in self.players:
            stops = agent.tau[games] == self.round
            on = np.flatnonzero(agent.playing[rows] | stops)
            if not on.size:
                continue
            belief, revealed = agent.mind.belief, agent.on_record(self.recorder_rng)
            for j in on.tolist():
                row, game, stopped = int(rows[j]), int(games[j]), bool(stops[j])
                signal = None
                if revealed is not None and not np.isnan(revealed[row]):
                    signal = float(belief_of(revealed[row]))
                values = (
                    game,
                    self.round,
                    agent.name,
                    float(belief[row]),
                    signal,
                    stopped,
                    REASONS[int(agent.reason[game])] if stopped else None,
                )
                for column, value in zip(STEP_COLUMNS, values, strict=True):
                    table[column].append(value)


def played(
    problem: RaceProblem, strategies: Mapping[str, RaceStrategy], well: Well, seed: int
) -> RaceModel:
    """The games of a well, played to their end by a plain exchange; none is recorded."""
    return RaceModel(
        problem, BeliefExchange(), strategies,
        replications=well.games, rng=seed, record=0, well=well,
    ).play()  # fmt: skip
