"""What an agent reveals in one iteration of L games: a belief, its own or another.

Signals are looked at lazily: a receiver who only asks whether somebody has crossed draws no coin.
They are valid within their iteration.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from nashbox.problem.arrays import Array, Mask
from nashbox.problem.draw import Coin
from nashbox.problem.lattice import Floats, belief_of
from nashbox.problem.walk import Walk

_TIE = 1e-9  # log odds nearer than this to a threshold meet it


def log_threshold(beta: Fraction) -> float:
    """Log odds at which the error probability is beta: log((1 - beta)/beta) nats."""
    return math.log(beta.denominator - beta.numerator) - math.log(beta.numerator)


class Signal(ABC):
    """Revealed beliefs (L,); `present` marks the games whose sender still plays, None is all."""

    present: Mask | None = None

    @property
    @abstractmethod
    def log_odds(self) -> Floats:
        """Revealed log odds of theta = 1."""

    @property
    def belief(self) -> Floats:
        """Revealed probability of theta = 1, pi~."""
        return belief_of(self.log_odds)

    @abstractmethod
    def sure(self, beta: Fraction) -> Mask:
        """min(pi~, 1 - pi~) <= beta, whether or not the sender still plays."""

    @property
    def spoken(self) -> Mask | None:
        """Games in which something is revealed, None for all."""
        return self.present

    def on_record(self, rng: np.random.Generator) -> Floats:
        """Revealed log odds, for a record of the game; what it draws comes from `rng` alone."""
        return self.log_odds

    def heard(self, mask: Mask) -> Mask:
        """A mask, False where the sender does not play any more."""
        return mask if self.present is None else mask & self.present


class OwnSignal(Signal):
    """Eq. (1): the belief with probability alpha, else its inverse; a fresh coin per game."""

    def __init__(self, walk: Walk, coin: Coin, rng: np.random.Generator) -> None:
        """Reveal where `walk` stands; the coins are flipped when somebody looks."""
        self.walk, self.coin, self.rng = walk, coin, rng
        self._truth: Mask | None = None

    @property
    def truth(self) -> Mask:
        """Games in which the belief is revealed, not its inverse."""
        if self._truth is None:
            self._truth = self.coin.flip(self.rng, self.walk.size)
        return self._truth

    @property
    def log_odds(self) -> Floats:
        """Revealed log odds."""
        if self.coin.p == 1:
            return self.walk.log_odds
        return np.where(self.truth, self.walk.log_odds, -self.walk.log_odds)

    @property
    def belief(self) -> Floats:
        """Revealed probability of theta = 1."""
        if self.coin.p == 1:
            return self.walk.belief
        out = np.subtract(~self.truth, self.walk.belief, out=self.walk.room("revealed"))
        return np.asarray(np.abs(out, out=out))  # pi, or 1 - pi where the coin says so

    def on_record(self, rng: np.random.Generator) -> Floats:
        """Coins that nobody has looked at are flipped by `rng`: a record changes no game."""
        if self._truth is None:
            self.rng = rng
        return self.log_odds

    def sure(self, beta: Fraction) -> Mask:
        """Magnitudes show whatever the coin: exactly where the sender has crossed."""
        return self.walk.crossed(beta)


class Revealed(Signal):
    """Any log odds (L,): bluffs, fed-back beliefs, what a mechanism has changed."""

    def __init__(self, log_odds: Array, present: Mask | None = None) -> None:
        """Say `log_odds`, (L,), NaN where nothing is said."""
        self._log_odds = np.asarray(log_odds, dtype=float)
        self.present = present

    @property
    def log_odds(self) -> Floats:
        """Revealed log odds."""
        return self._log_odds

    @property
    def spoken(self) -> Mask | None:
        """Games in which something is revealed: a number, by a sender that still plays."""
        return self.heard(~np.isnan(self._log_odds))

    def sure(self, beta: Fraction) -> Mask:
        """Floats within 1e-9 nats of the threshold count as meeting it."""
        return np.asarray(np.abs(self._log_odds) >= log_threshold(beta) - _TIE)


@dataclass(frozen=True, eq=False)
class Word:
    """A signal with the name of who sent it, as an exchange relays it."""

    sender: str
    signal: Signal
