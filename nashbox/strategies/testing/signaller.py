"""The paper's class of strategies: reveal pi or 1 - pi, fuse with weight w, anticipate (eqs. 1-3).

>>> Signaller(alpha=0.25, weight=0.9).label
'signaller(alpha=0.25, weight=0.9)'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any, ClassVar

import numpy as np

from nashbox.problem.arrays import Mask
from nashbox.problem.draw import Coin
from nashbox.problem.errors import InputError, require
from nashbox.problem.lattice import Floats
from nashbox.problem.mind import Decision, Mind
from nashbox.problem.observations import parse_probability
from nashbox.problem.signal import OwnSignal, Revealed, Signal, Word
from nashbox.strategies.testing.base import RaceStrategy

TIE = 1e-12  # fused beliefs nearer than this to a threshold meet it


@dataclass(frozen=True)
class Signaller(RaceStrategy):
    """Reveals its belief with probability alpha, else the opposite; stops when it is sure.

    weight: w_n of eq. (2) on the own belief, one number or a sequence by iteration (the last one
    goes on); neighbours that signal share 1 - w_n equally. anticipate: stop when a neighbour
    crosses, and declare the own likelier state. later: react one iteration later. feedback: the
    fused belief becomes the own one. threshold: T of eq. (3), beta unless given.
    """

    alpha: Any = 0.5  # probability of revealing the belief, else its inverse
    weight: Any = 1.0  # w on the own belief, a number or a list by iteration
    anticipate: bool = True  # stop when a neighbour crosses the threshold
    feedback: bool = False  # the fused belief becomes the own one
    threshold: Any = None  # T, an error probability; beta if not given
    later: bool = False  # react one iteration later

    def __post_init__(self) -> None:
        object.__setattr__(self, "alpha", _plain(self.alpha))
        parse_probability(self.alpha, "alpha")
        if isinstance(self.weight, list):
            object.__setattr__(self, "weight", tuple(self.weight))
        if isinstance(self.weight, tuple) and not self.weight:
            raise InputError("weight must be a number in [0, 1] or a list of them, got []")
        for w in self.weight if isinstance(self.weight, tuple) else (self.weight,):
            require("weight", w, low=0.0, high=1.0)
        for name in ("anticipate", "feedback", "later"):
            if not isinstance(getattr(self, name), bool):
                raise InputError(f"{name} must be true or false, got {getattr(self, name)!r}")
        if self.threshold is not None:
            object.__setattr__(self, "threshold", _plain(self.threshold))
            if not 0 <= parse_probability(self.threshold, "threshold") < Fraction(1, 2):
                raise InputError(f"threshold must be in [0, 1/2), got {self.threshold!r}")

    @cached_property
    def coin(self) -> Coin:
        """The coin of eq. (1)."""
        return _coin(parse_probability(self.alpha))

    @property
    def relies_on_itself(self) -> bool:
        """Whether w = 1 in every iteration."""
        weights = self.weight if isinstance(self.weight, tuple) else (self.weight,)
        return all(w == 1 for w in weights)

    def bound(self, beta: Fraction) -> Fraction:
        """Threshold T."""
        return beta if self.threshold is None else parse_probability(self.threshold)

    def w(self, n: int) -> float:
        """w_n, n = 1, 2, ..."""
        if isinstance(self.weight, tuple):
            return float(self.weight[min(n, len(self.weight)) - 1])
        return float(self.weight)

    def signal(self, mind: Mind, rng: np.random.Generator) -> Signal | None:
        """Eq. (1)."""
        if mind.shift is None:
            return OwnSignal(mind.walk, self.coin, rng)
        flips = self.coin.flip(rng, mind.games)
        return Revealed(np.where(flips, mind.log_odds, -mind.log_odds))

    def decide(self, mind: Mind, words: Sequence[Word], rng: np.random.Generator) -> Decision:
        """Eqs. (2) and (3), and the reaction to a neighbour that has crossed."""
        bound = self.bound(mind.view.beta)
        lean: Floats | None = None
        own = None if mind.shift is None else mind.log_odds  # what was fed back is its own now
        if (self.w(mind.iteration) == 1 or not words) and mind.shift is None:
            crossed = mind.walk.crossed(bound)
        else:
            fused = self.fuse(mind, words)
            low = float(bound) + TIE
            crossed = np.asarray((fused <= low) | (fused >= 1 - low))
            lean = np.subtract(fused, 0.5, out=mind.walk.room("lean"))
            if self.feedback:
                _feed_back(mind, fused)
        return Decision(crossed, self.warned(mind, words), lean=lean, last_lean=own)

    def fuse(self, mind: Mind, words: Sequence[Word]) -> Floats:
        """Eq. (2): w pi + (1 - w) times the mean of what the neighbours still playing reveal."""
        w = self.w(mind.iteration)
        own = mind.belief
        if w == 1 or not words:
            return own
        room = mind.walk.room
        fused = np.multiply(own, w, out=room("fused"))
        if len(words) == 1:
            others, spoken = words[0].signal.belief, words[0].signal.spoken
            if spoken is not None:
                np.copyto(room("others"), own)
                np.copyto(room("others"), others, where=spoken)
                others = room("others")
        else:
            others = mean_of_words(words, own)
        fused += np.multiply(others, 1 - w, out=room("share"))
        return np.asarray(fused)

    def warned(self, mind: Mind, words: Sequence[Word]) -> Mask | None:
        """Where a neighbour's crossing makes the agent stop now, None for nowhere."""
        if not self.anticipate or not words:
            return None
        now = someone_sure(words, mind.view.beta)
        if not self.later:
            return now
        before = mind.memory.get("warned", np.zeros(mind.games, dtype=np.bool_))
        mind.memory["warned"] = now
        return before


@dataclass(frozen=True)
class RaceTruthful(Signaller):
    """Reveals what it believes."""

    called: ClassVar[str] = "truthful"
    alpha: Any = 1.0


@dataclass(frozen=True)
class Inverter(Signaller):
    """Reveals the opposite of what it believes."""

    alpha: Any = 0.0


@dataclass(frozen=True)
class NaiveFuser(Signaller):
    """Believes half of what it hears, whoever says it, and does not anticipate."""

    weight: Any = 0.5
    anticipate: bool = False


@dataclass(frozen=True)
class Silent(Signaller):
    """Reveals nothing at all, and so nobody can anticipate it."""

    alpha: Any = 1.0
    deterministic: ClassVar[bool] = True

    def signal(self, mind: Mind, rng: np.random.Generator) -> Signal | None:
        """Say nothing."""
        return None


def mean_of_words(words: Sequence[Word], own: Floats) -> Floats:
    """Mean of what those reveal who still play, one's own belief where nobody does."""
    total, speakers = np.zeros(own.size), np.zeros(own.size)
    for word in words:
        said, spoken = word.signal.belief, word.signal.spoken
        total += said if spoken is None else np.where(spoken, said, 0.0)
        speakers += 1.0 if spoken is None else spoken
    return np.divide(total, speakers, out=own.copy(), where=speakers > 0)


def someone_sure(words: Sequence[Word], beta: Fraction) -> Mask:
    """Games in which some neighbour that still plays shows an error probability <= beta."""
    masks = [word.signal.heard(word.signal.sure(beta)) for word in words]
    return masks[0] if len(masks) == 1 else np.asarray(np.logical_or.reduce(masks))


def _feed_back(mind: Mind, fused: Floats) -> None:
    """Make the fused belief the own one: an offset to the log odds of the own observations."""
    own = mind.walk.log_odds
    with np.errstate(divide="ignore", invalid="ignore"):
        shift = np.log(fused) - np.log1p(-fused) - own
    mind.shift = np.where(np.isfinite(shift), shift, 0.0)  # proofs need no feedback


def _plain(value: object) -> object:
    """Fractions as floats where that loses nothing, so that equal strategies compare equal."""
    if isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


@lru_cache(maxsize=256)
def _coin(p: Fraction) -> Coin:
    return Coin(p)
