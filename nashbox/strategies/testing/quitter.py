"""Leaves a race that it has not won by a given iteration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from nashbox.problem.errors import require
from nashbox.problem.mind import Decision, Mind
from nashbox.problem.signal import Word
from nashbox.strategies.testing.signaller import Signaller


@dataclass(frozen=True)
class Quitter(Signaller):
    """A signaller that gives up after `after` iterations, declaring the likelier state."""

    after: int = 30  # iterations

    def __post_init__(self) -> None:
        super().__post_init__()
        require("after", self.after, low=1, integer=True)

    def decide(self, mind: Mind, words: Sequence[Word], rng: np.random.Generator) -> Decision:
        """Stop for good when the time is over."""
        decision = super().decide(mind, words, rng)
        over = np.full(mind.games, mind.iteration >= self.after)
        return replace(decision, quit=over)
