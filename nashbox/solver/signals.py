"""What a rival's signals tell: a Markov chain of information states.

The rival plays signaller(alpha) with w = 1: in every iteration it shows pi or 1 - pi (eq. 1) until
it stops. Its history of signals matters through the posterior over its true belief, given theta.
Three kinds of receiver are covered exactly:

* "signed": the belief itself is known (alpha = 0 or 1).
* "magnitude": {pi, 1 - pi} is known and no more (alpha = 1/2: the coin is fair whatever pi).
* "crossing": only whether the rival has crossed. Any receiver knows at least that.

Other alphas lie between magnitude and signed (each is a garbling of the next), and so do values.

A node is a set of candidate beliefs (with equal signal) and their probabilities given theta = 0 and
1; nodes with equal numbers are one. In a flip-symmetric model at prior 1/2 the sign's odds given a
magnitude are exp(|log odds|) whatever the path, so there is one node per magnitude, and it says
nothing about theta: the mirror image of every path of magnitudes has the same probability.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nashbox.problem.arrays import Mask
from nashbox.problem.lattice import Floats, Ints
from nashbox.problem.odds import OddsLattice
from nashbox.solver.beliefs import BeliefLayer, BeliefLayers

NODES = 800  # nodes in one layer beyond which the enumeration gives up
_SAME = 10  # decimals to which probabilities and log likelihood ratios of one node agree


class TooManyNodesError(Exception):
    """The posterior over the rival's belief takes too many values to list."""


@dataclass(frozen=True, eq=False)
class SignalLayer:
    """Nodes of one iteration: J of them.

    log_ratio: (J,) log P(signals | 1)/P(signals | 0), nats, +-inf possible. final: (J,), the rival
    crosses now. shown: (J,) log odds of the first candidate, whose size the signal shows.
    step: (2, J, J') transition probabilities given theta, rows of final nodes zero.
    """

    log_ratio: Floats
    final: Mask
    shown: Floats
    step: Floats


@dataclass(frozen=True, eq=False)
class _Node:
    states: Ints  # (C,) candidate beliefs of the layer
    given: Floats  # (2, C) their probabilities given theta
    log_ratio: float


class Signals:
    """Layers 0..N of information about a rival; `grow(N)` adds what is missing."""

    def __init__(self, rival: BeliefLayers, kind: str) -> None:
        """Watch `rival`, whose beliefs stop at the threshold; kind as in the module docstring."""
        self.rival, self.kind = rival, kind
        self._nodes = [_Node(np.zeros(1, dtype=np.int64), np.ones((2, 1)), 0.0)]
        no = np.zeros(1, dtype=np.bool_)
        start = np.array([rival.prior_log_odds])
        self.layers = [SignalLayer(np.zeros(1), no, start, np.zeros((2, 1, 0)))]

    def grow(self, horizon: int) -> None:
        """Extend to layers 0..horizon; raises TooManyNodesError."""
        self.rival.grow(horizon)
        while len(self.layers) <= horizon:
            self._extend()

    def _extend(self) -> None:
        n = len(self.layers)
        old, new = self.rival.layers[n - 1], self.rival.layers[n]
        group = self._groups(new)
        nodes: list[_Node] = []
        index: dict[tuple[object, ...], int] = {}
        links: list[tuple[int, int, Floats]] = []
        for j, node in enumerate(self._nodes):
            if self.layers[-1].final[j]:
                continue
            size = len(new.log_odds)
            mass = np.zeros((2, size))
            to = old.following[node.states].ravel()
            for theta in (0, 1):
                flow = node.given[theta][:, None] * self.rival.p[theta]
                mass[theta] = np.bincount(to, weights=flow.ravel(), minlength=size)
            for g in np.unique(group[to]):
                states = np.flatnonzero((group == g) & (mass.sum(axis=0) > 0))
                if not states.size:
                    continue
                total = mass[:, states].sum(axis=1)
                made = _node(states, mass[:, states], total, node.log_ratio)
                key = (int(g), made.given.round(_SAME).tobytes(), round(made.log_ratio, _SAME))
                place = index.setdefault(key, len(nodes))
                if place == len(nodes):
                    nodes.append(made)
                links.append((j, place, total))
        if len(nodes) > NODES:
            raise TooManyNodesError
        step = np.zeros((2, len(self._nodes), len(nodes)))
        for j, place, total in links:
            step[:, j, place] += total
        last = self.layers[-1]
        self.layers[-1] = SignalLayer(last.log_ratio, last.final, last.shown, step)
        firsts = np.array([node.states[0] for node in nodes], dtype=np.int64)
        ratios = np.array([node.log_ratio for node in nodes])
        shown = new.log_odds[firsts]
        empty = np.zeros((2, len(nodes), 0))
        self.layers.append(SignalLayer(ratios, new.crossed[firsts], shown, empty))
        self._nodes = nodes

    def _groups(self, layer: BeliefLayer) -> Ints:
        """Which beliefs look alike to the receiver, (I,)."""
        size = len(layer.log_odds)
        if self.kind == "signed":
            return np.arange(size)
        if self.kind == "crossing":
            return layer.crossed.astype(np.int64)
        return np.minimum(np.arange(size), mirror_images(self.rival.lattice, layer))


def _node(states: Ints, mass: Floats, total: Floats, log_ratio: float) -> _Node:
    given = np.divide(mass, total[:, None], out=np.zeros_like(mass), where=total[:, None] > 0)
    with np.errstate(divide="ignore"):
        change = float(np.log(total[1]) - np.log(total[0]))
    return _Node(states, given, log_ratio + change)


def mirror_images(lattice: OddsLattice, layer: BeliefLayer) -> Ints:
    """Index of the belief 1 - pi of each belief pi of the layer, its own index if there is none.

    Floats propose, exact rationals decide: the odds of a pair multiply to 1.
    """
    log_odds = layer.log_odds
    image = np.arange(len(log_odds))
    order = np.argsort(log_odds)
    mirrored = -log_odds[order][::-1]  # increasing
    left = np.searchsorted(mirrored, log_odds - 1e-9)
    right = np.searchsorted(mirrored, log_odds + 1e-9, side="right")
    finite = len(layer.coords)
    for k in range(len(log_odds)):
        for j in order[::-1][left[k] : right[k]]:
            if j >= finite and k >= finite:
                image[k] = j
            elif j < finite and k < finite:
                mine, other = (lattice.odds(layer.coords[i].tolist()) for i in (k, j))
                if mine * other == 1:
                    image[k] = j
    return image
