"""Reveals a confidence that it does not have: outside the paper's signalling class (1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from nashbox.problem.errors import require
from nashbox.problem.mind import Mind
from nashbox.problem.signal import Revealed, Signal, log_threshold
from nashbox.strategies.testing.signaller import Signaller


@dataclass(frozen=True)
class Bluffer(Signaller):
    """From iteration `start` on claims to have crossed, so that anticipating rivals stop at once.

    It shows its likelier state (the sign matters to nobody who anticipates) with odds 1/beta times
    those of the threshold, and itself waits for its own threshold.
    """

    anticipate: bool = False
    start: int = 1  # iteration from which it bluffs
    paper_signals: ClassVar[bool] = False

    def __post_init__(self) -> None:
        super().__post_init__()
        require("start", self.start, low=1, integer=True)

    def signal(self, mind: Mind, rng: np.random.Generator) -> Signal | None:
        """Claim to be sure."""
        if mind.iteration < self.start:
            return super().signal(mind, rng)
        claim = 2 * log_threshold(mind.view.beta)
        return Revealed(np.where(mind.log_odds >= 0, claim, -claim))
