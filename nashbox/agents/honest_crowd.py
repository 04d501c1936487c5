"""Honest agents of a mechanism that looks at sums alone, played as one array (agents, R, d).

Every agent draws from her own stream what she would draw by herself, so that it makes no difference
to anything but time who plays in a crowd.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nashbox.mechanisms import Alone, Baseline, CountedMean, SampleMean
from nashbox.mechanisms.rounding import finite_product
from nashbox.problem.data import Collected
from nashbox.problem.estimation import MOST as MOST_OF_ONE
from nashbox.strategies import Truthful

if TYPE_CHECKING:
    from nashbox.agents.estimation import EstimationAgent
    from nashbox.model.estimation import EstimationModel

Array = NDArray[np.float64]

LEAST = 8  # agents worth an array of their own
MOST = 1 << 26  # numbers drawn at once
POOLED = (SampleMean, Baseline, CountedMean, Alone)  # classes that ask for sums before all else


def honest_crowd(model: EstimationModel) -> HonestCrowd | None:
    """The agents of a model that can be played together now, None if there are few."""
    source, worlds = model.problem.source, model.replications
    if type(model.mechanism) not in POOLED or not source.normal:
        return None
    agents = [a for a in model.players if type(a.strategy) is Truthful and a.well is None]
    if len(agents) < LEAST or len(agents) * worlds * model.problem.d > MOST:
        return None
    return HonestCrowd(model, agents)


def _owed(model: EstimationModel, agents: Sequence[EstimationAgent]) -> NDArray[np.int64]:
    """What they collect, (k, d), held to the contract one by one where all at once does not do."""
    rows = [agent.index for agent in agents]
    counts, costs = np.asarray(model.terms.counts)[rows], model.problem.costs[rows]
    whole = (counts >= 0) & (counts <= MOST_OF_ONE) & (counts == np.rint(counts))
    if (whole & ((counts == 0) | np.isfinite(costs))).all():
        return counts.astype(np.int64)
    return np.array([agent.counts_of(agent.strategy) for agent in agents])


class HonestCrowd:
    """k agents who collect what they owe, hand in the truth and accept what comes back."""

    def __init__(self, model: EstimationModel, agents: Sequence[EstimationAgent]) -> None:
        self.model, self.agents = model, agents
        self.rows = {agent.index: row for row, agent in enumerate(agents)}
        problem = model.problem
        self.counts = _owed(model, agents)
        self.scale = problem.sigma * np.sqrt(self.counts)
        self.shift = model.offset * self.counts
        costs = problem.costs[[agent.index for agent in agents]]
        self.costs = finite_product(costs, self.counts).sum(axis=1)
        shape = (len(agents), model.replications, problem.d)
        self.shown = np.broadcast_to(self.counts[:, None, :], shape)
        means = {cost: float(np.full(shape[1], cost).mean()) for cost in set(self.costs.tolist())}
        self.cost_means = [means[cost] for cost in self.costs.tolist()]
        self.everywhere = np.arange(model.replications)

    def act(self) -> None:
        """Draw sums; points are drawn around them if somebody looks."""
        model = self.model
        totals = np.empty(self.shown.shape)
        for agent, total in zip(self.agents, totals, strict=True):
            agent.stream.standard_normal(out=total)
        totals *= self.scale[:, None, :]
        if self.shift.any():
            totals += self.shift[:, None, :]
        source, sigma, offset = model.problem.source, model.problem.sigma, model.offset
        for agent, counts, total in zip(self.agents, self.shown, totals, strict=True):
            data = Collected.of_sum(source, sigma, offset, counts, agent.stream, total)
            agent.handed_in(agent.strategy, data, self.everywhere)

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
