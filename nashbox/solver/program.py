"""The dynamic programme of an agent against a fixed rival, over all stopping policies.

State after the signals of iteration n: own belief i (`Beliefs`), node j of what the rival's signals
have told (`Signals`). Posterior log odds of theta = 1: own log odds + the node's log ratio. The
agent stops (declaring what is likelier, all it knows considered) or goes on; in the contest, a
stop that fails (6b) is quitting. The next iteration brings an own symbol, then the choice of a
signal, then the rival's signal. Since the rival decides by itself (w = 1), a signal matters to it
only through whether it announces a stop:

* paper's signals: it does exactly if the own belief has crossed;
* any signals: whenever the agent wants (a bluff, or hiding a crossing).

An anticipating rival then stops in the same iteration, without qualifying unless it has crossed
itself, and its signals end. From there on the state is (own belief, log ratio kept): "alone".

Backward induction from horizon N, twice: forced to stop at N (a policy's exact value, a lower
bound), and paid the best conceivable there (an upper bound of every policy). Axis 0 of all values
is (lower, upper).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nashbox.problem.arrays import Mask
from nashbox.problem.lattice import Floats, Ints, belief_of
from nashbox.problem.payoffs import BuiltinPayoff, Contest
from nashbox.solver.beliefs import BeliefLayer
from nashbox.solver.signals import SignalLayer


@dataclass(frozen=True, eq=False)
class Choices:
    """The lower bound's policy in one iteration; axes are own belief i, node j or column l.

    go_on: (I, J) while the rival goes on. gone: (I, J) when it stops now. alone: (I, L) when it has
    stopped before. announce: (I, J of the iteration before), make the rival stop, chosen between
    the own symbol and the rival's signal.
    """

    go_on: Mask
    gone: Mask
    alone: Mask
    announce: Mask


def posterior(log_odds: Floats, log_ratio: Floats) -> Floats:
    """P(theta = 1) for own beliefs (I,) and nodes (J,), shape (I, J)."""
    with np.errstate(invalid="ignore", over="ignore"):
        total = log_odds[:, None] + log_ratio
        total[np.isnan(total)] = 0.0  # proofs of opposite states: impossible
        return belief_of(total)


@dataclass(frozen=True, eq=False)
class RaceProgram:
    """One instance: own layers and symbols p (2, m), signal layers, and what is paid.

    columns[n]: (J_n,) column of the node's log ratio in `ratios`, which lists the distinct ones by
    first appearance; first[n] of them have appeared by iteration n.
    """

    own: Sequence[BeliefLayer]
    p: Floats
    rival: Sequence[SignalLayer]
    columns: Sequence[Ints]
    ratios: Floats
    first: Sequence[int]
    payoff: BuiltinPayoff
    anticipates: bool
    any_signal: bool

    def solve(self) -> tuple[Floats, list[Choices]]:
        """Value (2,) from the start, the first observation included, and the choices for 1..N."""
        n = len(self.own) - 1
        alone = self._alone_end(n)
        stopped = self._rival_gone(n, alone)
        alive = self._end(n, stopped)
        go_on = np.zeros(alive.shape[1:], dtype=np.bool_)  # at the horizon everybody stops
        go_alone = np.zeros(alone.shape[1:], dtype=np.bool_)
        choices: list[Choices] = []
        while True:
            n -= 1
            reached, announce = self._before_signals(n, alive, stopped)
            after_gone = self._after_gone(n + 1, go_alone)
            choices.append(Choices(go_on, after_gone, go_alone, announce))
            further = self._average(n, reached, self.rival[n].log_ratio) - self._price
            if n == 0:
                return further[:, 0, 0], choices[::-1]
            ratios = self.ratios[: self.first[n]]
            further_alone = self._average(n, alone[:, :, : ratios.size], ratios) - self._price
            stop, stop_alone = self._stop(n), self._alone_stop(n)
            final = self.rival[n].final
            alone = np.maximum(stop_alone, further_alone)
            stopped = self._rival_gone(n, alone)
            alive = np.where(final, stopped, np.maximum(stop, further))
            go_on, go_alone = (further[0] > stop) & ~final, further_alone[0] > stop_alone

    @property
    def _price(self) -> float:
        return self.payoff.cost if isinstance(self.payoff, Contest) else self.payoff.c

    def _stop(self, n: int) -> Floats:
        """Paid for stopping in iteration n, nothing known to have been won before, (I, J)."""
        own, rival = self.own[n], self.rival[n]
        if isinstance(self.payoff, Contest):
            share = self.payoff.prize * np.where(rival.final, 0.5, 1.0)
            return np.asarray(own.crossed[:, None] * share)
        one = posterior(own.log_odds, rival.log_ratio)
        return np.asarray(-self.payoff.chat * np.minimum(one, 1 - one))

    def _alone_stop(self, n: int) -> Floats:
        """Paid for stopping in iteration n when the rival has stopped and not won, (I, L)."""
        own = self.own[n]
        ratios = self.ratios[: self.first[n]]
        if isinstance(self.payoff, Contest):
            return np.repeat(own.crossed[:, None] * self.payoff.prize, ratios.size, axis=1)
        one = posterior(own.log_odds, ratios)
        return np.asarray(-self.payoff.chat * np.minimum(one, 1 - one))

    def _alone_end(self, n: int) -> Floats:
        stop = self._alone_stop(n)
        best = self.payoff.prize if isinstance(self.payoff, Contest) else 0.0
        return np.stack([stop, np.where(self.own[n].inside[:, None], best, stop)])

    def _end(self, n: int, stopped: Floats) -> Floats:
        stop = self._stop(n)
        best = self.payoff.prize if isinstance(self.payoff, Contest) else 0.0
        ends = np.stack([stop, np.where(self.own[n].inside[:, None], best, stop)])
        return np.asarray(np.where(self.rival[n].final, stopped, ends))

    def _rival_gone(self, n: int, alone: Floats) -> Floats:
        """Value if the rival stops in iteration n: it has crossed, or was made to, (2, I, J)."""
        out = np.array(alone[:, :, self.columns[n]])
        if isinstance(self.payoff, Contest):  # the prize goes to a rival that has crossed
            final = self.rival[n].final
            out[:, :, final] = self._stop(n)[:, final]
        return out

    def _after_gone(self, n: int, go_alone: Mask) -> Mask:
        out = np.array(go_alone[:, self.columns[n]])
        if isinstance(self.payoff, Contest):
            out[:, self.rival[n].final] = False
        return out

    def _before_signals(self, n: int, alive: Floats, stopped: Floats) -> tuple[Floats, Mask]:
        """Value after the own symbol of iteration n + 1 at node j of iteration n, (2, I', J)."""
        own, step = self.own[n + 1], self.rival[n].step
        one = posterior(own.log_odds, self.rival[n].log_ratio)

        def expect(values: Floats) -> Floats:
            return np.asarray((1 - one) * (values @ step[0].T) + one * (values @ step[1].T))

        nobody = np.zeros(one.shape, dtype=np.bool_)
        if not self.anticipates:
            return expect(alive), nobody
        crossed = own.crossed[:, None]
        if not self.any_signal:
            return expect(np.where(crossed, stopped, alive)), nobody | crossed
        quiet, loud = expect(alive), expect(stopped)
        return np.maximum(quiet, loud), loud[0] > quiet[0]

    def _average(self, n: int, values: Floats, ratios: Floats) -> Floats:
        """Average (2, I', L) over the own symbol of iteration n + 1; -inf where one must stop."""
        own = self.own[n]
        one = posterior(own.log_odds, ratios)
        out = np.full((2, *one.shape), -np.inf)
        here = own.inside
        at = own.following[here]
        total = np.zeros((2, len(at), ratios.size))
        for s in range(self.p.shape[1]):
            chance = (1 - one[here]) * self.p[0, s] + one[here] * self.p[1, s]
            total += chance * values[:, at[:, s]]
        out[:, here] = total
        return out
