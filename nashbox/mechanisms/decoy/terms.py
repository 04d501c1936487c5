"""Terms of the decoy mechanism: those of thresholds, with one more kind."""

from __future__ import annotations

from dataclasses import dataclass

from nashbox.mechanisms.threshold.terms import ThresholdTerms

KINDS = ("alone", "free", "threshold", "decoy")


@dataclass(frozen=True, eq=False)
class DecoyTerms(ThresholdTerms):
    """Terms of the decoy mechanism; tables are (m, d), NaN where nothing applies.

    kind: "alone", "free" and "threshold" as under thresholds, or "decoy" (compared with all of the
    others' points; beyond t a falsehood is told in secret). z is for thresholds, t for both.
    """
