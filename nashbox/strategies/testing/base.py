"""What every testing strategy is: what to reveal, and when to stop."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from nashbox.problem.mind import Decision, Mind, RaceView
from nashbox.problem.parameters import label_of
from nashbox.problem.signal import Signal, Word


@dataclass(frozen=True)
class RaceStrategy(ABC):
    """Reveal and decide, for L games at once. Subclass it, parameters are dataclass fields.

    Class attributes are promises that `nashbox check` tests:

    deterministic: uses no randomness of its own.
    paper_signals: reveals its own belief or the inverse (eq. 1), or nothing.
    """

    deterministic: ClassVar[bool] = False
    paper_signals: ClassVar[bool] = True

    @property
    def label(self) -> str:
        """The name shown in tables, with the parameters that differ from their defaults."""
        return label_of(self)

    def prepare(self, view: RaceView) -> RaceStrategy:
        """Return the strategy made ready for one game; here itself. Raises InputError."""
        return self

    def begin(self, mind: Mind, rng: np.random.Generator) -> None:  # noqa: B027 - optional
        """Before the first observation: put arrays into `mind.memory`; here nothing."""

    @abstractmethod
    def signal(self, mind: Mind, rng: np.random.Generator) -> Signal | None:
        """What to reveal after the own observation of this iteration, None for nothing."""

    @abstractmethod
    def decide(self, mind: Mind, words: Sequence[Word], rng: np.random.Generator) -> Decision:
        """Where to stop, after the signals `words` of this iteration."""

    def revise(self, outcome: Mapping[str, Any]) -> RaceStrategy:
        """What to play next after games with these averages (payoff, error, tau, won)."""
        return self
