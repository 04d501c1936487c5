"""Rules that look innocent from most sides."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from zoo_rules import others_of

from nashbox.mechanisms import Mechanism


@dataclass(frozen=True)
class Needle(Mechanism):
    """Who hands in exactly `key` points earns the others' mean; everybody else gets nothing."""

    sees: ClassVar = "count_and_mean"

    key: int = 37

    def mediate(self, submissions, terms, rng):
        """Look at the number."""
        answers = []
        for i, s in enumerate(submissions):
            total, count = others_of(submissions, i)
            answers.append(np.where(s.counts == self.key, total / count, np.nan))
        return answers


@dataclass(frozen=True)
class CorrelatedLie(Mechanism):
    """The others' means are for whom is far above them in one distribution and below in another.

    far: how many sigma her mean must lie above in the first and below in the second; who is not
    there gets nothing.
    """

    sees: ClassVar = "count_and_mean"

    far: float = 1.0  # sigma

    def mediate(self, submissions, terms, rng):
        """Compare means in both distributions."""
        answers = []
        for i, s in enumerate(submissions):
            total, count = others_of(submissions, i)
            gap = (s.mean - total / count) / terms.sigma
            earned = (gap[:, 0] > self.far) & (gap[:, 1] < -self.far)
            answers.append(np.where(earned[:, None], total / count, np.nan))
        return answers
