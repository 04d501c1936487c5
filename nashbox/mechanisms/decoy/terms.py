"""Terms of the decoy mechanism: those of thresholds, with one more kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nashbox.mechanisms.threshold.terms import ThresholdTerms
from nashbox.problem.arrays import Array

DIGITS = 10  # of radii, so that what is proven of one is known again
KINDS = ("alone", "free", "threshold", "decoy", "mirror")


@dataclass(frozen=True, eq=False)
class DecoyTerms(ThresholdTerms):
    """Terms of the decoy mechanism; tables are (m, d), NaN where nothing applies.

    kind: "alone", "free" and "threshold" as under thresholds, "decoy" (compared with all of the
    others' points; beyond t a falsehood is told in secret), or "mirror" (a falsehood of the other
    sign). z is for thresholds, t for both.
    together: an agent's decoys are one where she has two or more: she passes within the ellipsoid
    of half axes t, and who does not is told falsehoods everywhere.
    said: (d,) the standard deviations that t is stated for, none where it is meant as it stands:
    else windows are t times what the others' points show of it. trim: the share of the points that
    is left out at either end before means are compared.
    """

    said: Array | None = None
    trim: float = 0.0

    def members(self, agent: int) -> tuple[int, ...]:
        """Thresholds stand apart here."""
        return ()

    def tied_decoys(self, agent: int) -> tuple[int, ...]:
        """Distributions that are passed or failed together, () in the separate form."""
        secret = np.flatnonzero(self.kind[agent] == "decoy")
        return tuple(int(k) for k in secret) if self.together and secret.size > 1 else ()

    def promised(self, agent: int, k: int) -> float:
        """Points that the others owe."""
        return float(self.counts[:, k].sum() - self.counts[agent, k])

    def unit(self, agent: int, k: int) -> float:
        """Standard deviation of the others' mean less hers if all do what they owe."""
        both = 1 / self.counts[agent, k] + 1 / self.promised(agent, k)
        return float(self.sigma[k] * np.sqrt(both))

    def radius(self, agent: int) -> float:
        """Of her ellipsoid in units of `unit`, where it is a ball."""
        k = self.tied_decoys(agent)[0]
        return round(float(self.t[agent, k]) / self.unit(agent, k), DIGITS)
