"""A best response as something that can be played, on many games at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from nashbox.problem.arrays import Mask
from nashbox.problem.lattice import Floats, Ints
from nashbox.solver.beliefs import BeliefLayers
from nashbox.solver.program import Choices
from nashbox.solver.signals import SignalLayer


@dataclass(frozen=True, eq=False)
class Policy:
    """Tables of a policy; `start(R)` returns a player of R games.

    kind is what the policy reads from the rival's signals: "signed" needs the belief, "magnitude"
    its distance from 1/2, "crossing" only whether the rival stops. After `horizon` iterations it
    stops whatever it sees.
    """

    beliefs: BeliefLayers = field(repr=False)
    signals: Sequence[SignalLayer] = field(repr=False)
    columns: Sequence[Ints] = field(repr=False)
    ratios: Floats = field(repr=False)
    choices: Sequence[Choices] = field(repr=False)
    kind: str

    @property
    def horizon(self) -> int:
        """Iterations that the tables cover."""
        return len(self.choices)

    def start(self, games: int) -> PolicyRun:
        """Begin `games` games."""
        return PolicyRun(self, games)


class PolicyRun:
    """A policy in the middle of R games; all arrays are (R,).

    One iteration: `observe(symbols)`, then `announces()`, then `decide(shown, gone)`. Games that
    are over may be fed anything; their answers mean nothing.
    """

    def __init__(self, policy: Policy, games: int) -> None:
        """Before the first iteration."""
        self.policy = policy
        self.iteration = 0
        self.state: Ints = np.zeros(games, dtype=np.int64)
        self.node: Ints = np.zeros(games, dtype=np.int64)
        self.column: Ints = np.full(games, -1, dtype=np.int64)  # >= 0 once the rival is gone

    @property
    def log_odds(self) -> Floats:
        """Own posterior log odds of theta = 1."""
        return self.policy.beliefs.layers[self.iteration].log_odds[self.state]

    @property
    def crossed(self) -> Mask:
        """Whether the own posterior error is <= beta."""
        return self.policy.beliefs.layers[self.iteration].crossed[self.state]

    @property
    def log_ratio(self) -> Floats:
        """What the rival's signals say about theta, log P(signals | 1)/P(signals | 0)."""
        heard = self.policy.signals[self.iteration].log_ratio[self.node]
        kept = self.policy.ratios[np.maximum(self.column, 0)]
        return np.where(self.column >= 0, kept, heard)

    def observe(self, symbols: Ints) -> None:
        """Own symbols of the next iteration, indices into the model's alphabet."""
        beliefs = self.policy.beliefs
        column = beliefs.symbol_column[symbols]
        after = beliefs.layers[self.iteration].following[self.state, column]
        self.state = np.maximum(after, 0)  # games that are over stay somewhere
        self.iteration += 1

    def announces(self) -> Mask:
        """Whether the signal should make an anticipating rival stop."""
        table = self.policy.choices[self.iteration - 1].announce
        return np.asarray((self.column < 0) & table[self.state, self.node])

    def decide(self, shown: Floats, gone: Mask) -> Mask:
        """Whether to stop, given the rival's signalled log odds and whether it stops now.

        Both are ignored in games whose rival has stopped earlier.
        """
        now = self.policy.choices[self.iteration - 1]
        playing = self.column < 0
        stop = ~now.alone[self.state, np.maximum(self.column, 0)]
        self.node[playing] = self._next_node(self.node[playing], shown[playing])
        stays = np.where(gone, now.gone[self.state, self.node], now.go_on[self.state, self.node])
        stop[playing] = ~stays[playing]
        leaves = playing & gone
        self.column[leaves] = self.policy.columns[self.iteration][self.node[leaves]]
        self.node[leaves] = 0
        return stop

    def _next_node(self, node: Ints, shown: Floats) -> Ints:
        policy = self.policy
        before, after = policy.signals[self.iteration - 1], policy.signals[self.iteration]
        possible = before.step.sum(axis=0)[node] > 0
        if policy.kind == "crossing":
            limit = float(np.log(float(policy.beliefs.bounds.upper))) - 1e-9
            distance = (after.final != (np.abs(shown) >= limit)[:, None]).astype(float)
        elif policy.kind == "signed":
            distance = _distance(after.shown, shown)
        else:
            distance = _distance(np.abs(after.shown), np.abs(shown))
        return np.asarray(np.argmin(np.where(possible, distance, np.inf), axis=1))


def _distance(nodes: Floats, shown: Floats) -> Floats:
    """Between the (J,) nodes' log odds and the (R,) shown ones, (R, J); equal infinities are 0."""
    with np.errstate(invalid="ignore"):
        gap = np.abs(nodes - shown[:, None])
    return np.asarray(np.where(np.isnan(gap), 0.0, np.minimum(gap, 1e300)))
