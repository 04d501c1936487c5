"""Several signallers as one strategy: each plays games of its own, all in one run of a model.

An iteration costs about the same for few games as for many, so that comparing forty strategies on
some hundred games each takes one run, not forty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TypeGuard

import numpy as np
from numpy.random import Generator

from nashbox.problem.arrays import Mask, Places
from nashbox.problem.draw import Coin, raw16
from nashbox.problem.lattice import Floats
from nashbox.problem.mind import Decision, Mind
from nashbox.problem.signal import OwnSignal, Signal, Word
from nashbox.problem.walk import Walk
from nashbox.strategies.testing.base import RaceStrategy
from nashbox.strategies.testing.signaller import TIE, Signaller, mean_of_words, someone_sure

_SOME = Coin(Fraction(1, 2))
PLAIN = {"feedback": False, "threshold": None, "later": False}


def is_plain(strategy: RaceStrategy) -> TypeGuard[Signaller]:
    """Whether a strategy can be played side by side with others."""
    return (
        type(strategy) is Signaller
        and not isinstance(strategy.weight, tuple)
        and all(getattr(strategy, key) == value for key, value in PLAIN.items())
    )


@dataclass(frozen=True)
class SideBySide(RaceStrategy):
    """Game g is played by signaller g modulo their number.

    parts: signallers that differ in alpha, weight and anticipate alone (`is_plain`).
    """

    parts: tuple[Signaller, ...] = ()

    @cached_property
    def coins(self) -> list[tuple[Coin, Mask]]:
        """Every coin of eq. (1), and which parts toss it, (K,)."""
        coins = dict.fromkeys(part.coin for part in self.parts)
        return [(c, np.array([part.coin is c for part in self.parts])) for c in coins]

    @cached_property
    def weights(self) -> Floats:
        """The weight w of every part, (K,)."""
        return np.array([part.w(1) for part in self.parts])

    @cached_property
    def anticipating(self) -> Mask:
        """Which parts anticipate, (K,)."""
        return np.array([part.anticipate for part in self.parts])

    def begin(self, mind: Mind, rng: Generator) -> None:
        """Write down who plays which game."""
        mind.memory["part"] = np.arange(mind.games) % len(self.parts)

    def signal(self, mind: Mind, rng: Generator) -> Signal | None:
        """Eq. (1) with the coin of each game's part."""
        return _OwnSignals(mind.walk, self.coins, mind.memory["part"], rng)

    def decide(self, mind: Mind, words: Sequence[Word], rng: Generator) -> Decision:
        """Eqs. (2) and (3), and the reaction to a neighbour that has crossed."""
        part, beta = mind.memory["part"], mind.view.beta
        crossed = mind.walk.crossed(beta)
        w = self.weights[part]
        fusing = w != 1
        lean: Floats | None = None
        if words and fusing.any():
            own = mind.belief
            fused = w * own + (1 - w) * mean_of_words(words, own)
            low = float(beta) + TIE
            crossed = np.where(fusing, (fused <= low) | (fused >= 1 - low), crossed)
            lean = np.where(fusing, fused - 0.5, mind.walk.side)
        warned = self.anticipating[part] & someone_sure(words, beta) if words else None
        return Decision(crossed, warned, lean=lean)


class _OwnSignals(OwnSignal):
    """Beliefs of all games, each revealed or inverted by its part's coin."""

    def __init__(
        self, walk: Walk, coins: Sequence[tuple[Coin, Mask]], part: Places, rng: Generator
    ) -> None:
        super().__init__(walk, _SOME, rng)
        self._coins, self._part = coins, part

    @property
    def truth(self) -> Mask:
        """Games in which the belief is revealed, not its inverse."""
        if self._truth is None:
            bits = raw16(self.rng, self.walk.size)
            told = np.empty(bits.size, dtype=np.bool_)
            for coin, whose in self._coins:
                rows = np.flatnonzero(whose[self._part])
                told[rows] = coin.decide(bits[rows], self.rng)
            self._truth = told
        return self._truth
