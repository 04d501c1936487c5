"""Several agents, each with its own law, independent given theta: who stops first, who errs.

Every agent tests on its own observations (w = 1) and anticipates every other: the game ends at
min tau, and whoever has not crossed then declares its own most likely state, at exactly 1/2 by a
fair coin. All formulas are sums over n of products of the agents' masses given theta.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nashbox.problem.lattice import Floats
from nashbox.solver.law import StoppingLaw


@dataclass(frozen=True)
class Race:
    """Laws of m >= 2 agents and the prior weights (2,) of theta."""

    laws: tuple[StoppingLaw, ...]
    weights: Floats

    @cached_property
    def horizon(self) -> int:
        """Iterations followed by the longest law; the others are over by then, up to tails."""
        return max(law.horizon for law in self.laws)

    def _pad(self, table: Floats) -> Floats:
        room = self.horizon - table.shape[-1]
        return np.pad(table, [(0, 0)] * (table.ndim - 1) + [(0, room)])

    @cached_property
    def alive(self) -> list[Floats]:
        """P(tau_i > n | theta), n = 0..N, each (2, N + 1)."""
        return [
            np.concatenate([np.ones((2, 1)), self._pad(law.alive[:, 1:])], axis=1)
            for law in self.laws
        ]

    def others(self, agent: int) -> Floats:
        """P(no other agent has stopped by n | theta), (2, N + 1)."""
        rest = [a for j, a in enumerate(self.alive) if j != agent]
        return np.asarray(np.prod(rest, axis=0))

    def mean(self, given_theta: Floats) -> float:
        """Average over theta of (2,) or (2, N), summed over n."""
        return float(self.weights @ given_theta.reshape(2, -1).sum(axis=1))

    def stops(self, agent: int) -> Floats:
        """P(tau_i = n | theta), (2, N)."""
        return self._pad(self.laws[agent].stop.sum(axis=1))

    def wins(self, agent: int) -> float:
        """P(tau_i < every other tau)."""
        return self.mean(self.stops(agent) * self.others(agent)[:, 1:])

    @property
    def tie(self) -> float:
        """P(two or more agents stop first, together)."""
        first = np.prod([a[:, :-1] for a in self.alive], axis=0)
        last = np.prod([a[:, 1:] for a in self.alive], axis=0)
        alone = sum(self.stops(i) * self.others(i)[:, 1:] for i in range(len(self.laws)))
        return max(0.0, self.mean(first - last - alone))

    @property
    def expected_min(self) -> float:
        """E min tau, the stopping time of the system with anticipation."""
        return self.mean(np.prod(self.alive, axis=0))

    @property
    def expected_max(self) -> float:
        """E max tau, the stopping time of the system without interaction."""
        return self.mean(1 - np.prod([1 - a for a in self.alive], axis=0))

    def wins_wrongly(self, agent: int) -> float:
        """P(i wins strictly, and its declaration is wrong)."""
        return self.mean(self._pad(self.laws[agent].stop_wrong) * self.others(agent)[:, 1:])

    def loses_wrongly(self, agent: int) -> float:
        """P(somebody else wins strictly, and what i declares at that moment is wrong)."""
        ends = np.zeros((2, self.horizon))
        for j in range(len(self.laws)):
            if j != agent:
                rest = [a[:, 1:] for k, a in enumerate(self.alive) if k not in (agent, j)]
                ends += self.stops(j) * np.prod(rest, axis=0)
        return self.mean(self._pad(self.laws[agent].lean_wrong) * ends)

    def ends_before(self, agent: int) -> Floats:
        """P(the first of the others stops at n | theta), (2, N)."""
        others = self.others(agent)
        return others[:, :-1] - others[:, 1:]

    def interactive_error(self, agent: int) -> float:
        """P(i's declaration is wrong): first, tied or beaten."""
        law = self.laws[agent]
        first = self._pad(law.stop_wrong) * self.others(agent)[:, :-1]
        beaten = self._pad(law.lean_wrong) * self.ends_before(agent)
        return self.mean(first) + self.mean(beaten)

    def uncertain_leaning(self, agent: int) -> float:
        """Bound of the effect of uncertain leanings on the errors of i."""
        return self.mean(self._pad(self.laws[agent].lean_slip) * self.ends_before(agent))
