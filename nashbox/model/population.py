"""A population whose agents hold strategies of a menu and revise them between rounds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

import mesa
import numpy as np

from nashbox.agents.learner import Learner
from nashbox.model.collector import DataCollector
from nashbox.problem.graphs import Edges
from nashbox.problem.payoff_oracle import Answer, PayoffOracle, Profile

Order = Literal["sequential", "simultaneous", "random"]
ORDERS: tuple[Order, ...] = ("sequential", "simultaneous", "random")


class Rule(Protocol):
    """What the model asks of a revision rule."""

    def observe(self, agent: Learner, answer: Answer) -> None:
        """Take note of a round."""

    def choose(self, agent: Learner, rng: np.random.Generator) -> int:
        """Say what the agent plays next."""


class Population(mesa.Model):
    """A step is a round: everybody is paid, the round is recorded, strategies are revised.

    start: (m,) places in the oracle's menu. edges: who sees whom. order: "sequential" (in index
    order, each seeing what those before her chose), "simultaneous", or "random" (m times one agent
    drawn at random, so that some revise twice and some not at all). revising: chance that an agent
    whose turn it is revises.
    """

    def __init__(
        self,
        oracle: PayoffOracle,
        rule: Rule,
        start: Profile,
        *,
        names: Sequence[str] = (),
        edges: Edges = (),
        order: Order = "sequential",
        revising: float = 1.0,
        rng: int | None = None,
    ) -> None:
        super().__init__(rng=rng)
        self.oracle, self.rule, self.order, self.revising = oracle, rule, order, revising
        self.round = 0
        self._counted: Profile | None = None  # who plays what, (kinds, K), during a step
        self._kinds: list[int] = oracle.kinds.tolist()
        self._asked: dict[tuple[int, int], Answer] = {}  # by kind and choice, until somebody moves
        shown = names or [f"a{i}" for i in range(oracle.m)]
        self.players = [Learner(self, i, n, int(start[i])) for i, n in enumerate(shown)]
        for i, j in edges:
            self.players[i].neighbours.append(self.players[j])
            self.players[j].neighbours.append(self.players[i])
        self.datacollector = DataCollector(
            model_reporters={"social_payoff": lambda m: sum(a.earned for a in m.players)},
            agent_reporters={
                "agent": "name",
                "strategy": lambda a: a.model.oracle.menu[a.played],
                "payoff": "earned",
                "se": "earned_se",
            },
        )

    @property
    def profile(self) -> Profile:
        """What everybody holds now, (m,)."""
        return np.array([agent.choice for agent in self.players], dtype=np.int64)

    def against(self, agent: Learner) -> Answer:
        """What the menu would pay an agent, the others as they are now."""
        if self._counted is None:
            return self.oracle.beside(
                agent.index, agent.choice, self.oracle.composition(self.profile)
            )
        key = self._kinds[agent.index], agent.choice
        answer = self._asked.get(key)
        if answer is None:
            answer = self.oracle.beside(agent.index, agent.choice, self._counted)
            self._asked[key] = answer
        return answer

    def step(self) -> None:
        """Play a round and let strategies revise."""
        self._counted = self.oracle.composition(self.profile)  # kept while only we change choices
        self._asked.clear()
        try:
            self._play()
        finally:
            self._counted = None

    def _play(self) -> None:
        for agent in self.players:
            agent.receive()
        self.ranked = sorted(self.players, key=lambda agent: -agent.earned)
        self.datacollector.collect(self)
        self.round += 1
        self.revise()

    def revise(self) -> None:
        """Let agents revise in the model's order."""
        m = len(self.players)
        turns: Any = self.rng.integers(m, size=m) if self.order == "random" else range(m)
        following = {}
        for i in turns:
            agent = self.players[i]
            if self.revising < 1.0 and self.rng.random() >= self.revising:
                continue
            choice = agent.revise(self.rng)
            if self.order == "simultaneous":
                following[i] = choice
            else:
                self._move(agent, choice)
        for i, choice in following.items():
            self._move(self.players[i], choice)

    def _move(self, agent: Learner, choice: int) -> None:
        if choice == agent.choice:
            return
        if self._counted is not None:
            kind = self._kinds[agent.index]
            self._counted[kind, agent.choice] -= 1
            self._counted[kind, choice] += 1
            self._asked.clear()
        agent.choice = choice
