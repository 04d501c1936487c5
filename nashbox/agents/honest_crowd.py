"""Who hands in what she measured and accepts the answer, under rules that look at sums alone.

They collect, and withhold, as they like, and are played as one array (agents, R, d).

Every agent draws from her own stream what she would draw by herself, so that it makes no difference
to anything but time who plays in a crowd.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.mechanisms import Alone, Baseline, CountedMean, SampleMean
from nashbox.mechanisms.rounding import finite_product
from nashbox.problem.arrays import Array, Counts
from nashbox.problem.data import Collected, FirstPart
from nashbox.strategies import Strategy
from nashbox.strategies.honest import Collector, FreeRider, Truthful, UnderCollector, Withholder

if TYPE_CHECKING:
    from nashbox.agents.estimation import EstimationAgent
    from nashbox.model.estimation import EstimationSandbox

LEAST = 8  # agents worth an array of their own
MOST = 1 << 26  # numbers drawn at once
PLAIN = (
    Truthful,
    FreeRider,
    Collector,
    UnderCollector,
    Withholder,
)  # whose counts depend on terms alone
POOLED = (SampleMean, Baseline, CountedMean, Alone)  # classes that ask for sums before all else


def honest_crowd(
    model: EstimationSandbox, besides: EstimationAgent | None = None
) -> HonestCrowd | None:
    """The agents of a model, `besides` one, that can be played together now; None if few can."""
    source, worlds = model.problem.source, model.replications
    if type(model.mechanism) not in POOLED or not source.normal:
        return None
    agents = [
        a
        for a in model.players
        if type(a.strategy) in PLAIN and a is not besides and a.well is None
    ]
    if len(agents) < LEAST or len(agents) * worlds * model.problem.d > MOST:
        return None
    return HonestCrowd(model, agents)


def _owed(model: EstimationSandbox, agents: Sequence[EstimationAgent]) -> tuple[Counts, Counts]:
    """What they collect and hand in, (k, d) each: one strategy and row of terms is asked once."""
    terms, costs, known = model.terms, model.problem.costs, {}
    counts, prices = np.ascontiguousarray(terms.counts), np.ascontiguousarray(terms.costs)
    keys: list[tuple[Strategy, bytes, bytes, bytes]] = []
    for agent in agents:
        i = agent.index
        keys.append((agent.strategy, counts[i].tobytes(), prices[i].tobytes(), costs[i].tobytes()))
        if keys[-1] not in known:
            collected = agent.counts_of(agent.strategy)
            plays = agent.strategy.plays(agent.view) or []
            known[keys[-1]] = collected, np.minimum(collected, [int(play.s) for play in plays])
    both = np.array([known[key] for key in keys])
    return both[:, 0], both[:, 1]


class HonestCrowd:
    """k agents who hand in the truth and accept what comes back."""

    def __init__(self, model: EstimationSandbox, agents: Sequence[EstimationAgent]) -> None:
        self.model, self.agents = model, agents
        self.rows = {agent.index: row for row, agent in enumerate(agents)}
        problem = model.problem
        self.counts, self.handed = _owed(model, agents)
        self.scale = problem.sigma * np.sqrt(self.handed)
        self.shift = model.offset * self.handed
        costs = problem.costs[[agent.index for agent in agents]]
        self.costs = finite_product(costs, self.counts).sum(axis=1)
        shape = (len(agents), model.replications, problem.d)
        self.shown = np.broadcast_to(self.counts[:, None, :], shape)
        self.shown_handed = np.broadcast_to(self.handed[:, None, :], shape)
        means = {cost: float(np.full(shape[1], cost).mean()) for cost in set(self.costs.tolist())}
        self.cost_means = [means[cost] for cost in self.costs.tolist()]
        self.everywhere = np.arange(model.replications)

    def act(self) -> None:
        """Draw sums; points are drawn around them if somebody looks."""
        totals = np.zeros(self.shown.shape)
        for row in np.flatnonzero(self.handed.any(axis=1)).tolist():
            self.agents[row].stream.standard_normal(out=totals[row])
        totals *= self.scale[:, None, :]
        if self.shift.any():
            totals += self.shift[:, None, :]
        for row, (agent, total) in enumerate(zip(self.agents, totals, strict=True)):
            agent.handed_in(agent.strategy, *self._data(agent, row, total), self.everywhere)

    def _data(
        self, agent: EstimationAgent, row: int, total: Array
    ) -> tuple[Collected, Collected | FirstPart]:
        """What an agent measures, and what she hands in of it, whose sum is drawn."""
        model = self.model
        source, sigma, offset = model.problem.source, model.problem.sigma, model.offset
        if type(agent.strategy) is not Withholder:
            all_of_it = Collected.of_sum(
                source, sigma, offset, self.shown[row], agent.stream, total
            )
            return all_of_it, all_of_it
        worlds = model.replications
        data = Collected(source, sigma, offset, self.counts[row], worlds, agent.stream)
        return data, FirstPart.of_sum(data, self.shown_handed[row], total)

    def receive(self, information: Sequence[Any]) -> None:
        """Accept what came back, and pay. information: of these agents."""
        truth, first = self.model.truth, information[0]
        if all(one is first for one in information):
            told = np.asarray(first, dtype=float)[None]
        else:
            told = np.array(information, dtype=float)
        if np.isnan(told).any():
            for agent, mine in zip(self.agents, information, strict=True):
                agent.receive(mine)
            return
        errors = np.square(told - truth)
        error = errors.sum(axis=2)
        shape = (len(self.agents), error.shape[1])
        penalty = error + self.costs[:, None]
        errors = np.broadcast_to(errors, self.shown.shape)
        mean_error = np.broadcast_to(error.mean(axis=1), shape[:1]).tolist()
        error = np.broadcast_to(error, shape)
        cost = np.broadcast_to(self.costs[:, None], shape)
        mean_penalty = penalty.mean(axis=1).tolist()
        for row, agent in enumerate(self.agents):
            agent.information = information[row]
            agent.errors, agent.error = errors[row], error[row]
            agent.cost, agent.penalty = cost[row], penalty[row]
            agent.means = {
                "error": mean_error[row],
                "cost": self.cost_means[row],
                "penalty": mean_penalty[row],
            }
