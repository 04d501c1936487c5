"""Objects that mediate a step; their published terms and exact formulas.

`MECHANISMS` maps the built-in names to their classes.
"""

from nashbox.mechanisms.base import Mechanism
from nashbox.mechanisms.cbl import Cbl, CblTerms
from nashbox.mechanisms.decoy import Decoy, DecoyTerms
from nashbox.mechanisms.means import Alone, Baseline, CountedMean, SampleMean
from nashbox.mechanisms.pairs import PairDecoy, PairTerms
from nashbox.mechanisms.threshold import Threshold, ThresholdTerms

MECHANISMS: dict[str, type[Mechanism]] = {
    "cbl": Cbl,
    "sample_mean": SampleMean,
    "counted_mean": CountedMean,
    "baseline": Baseline,
    "alone": Alone,
    "threshold": Threshold,
    "decoy": Decoy,
    "pair_decoy": PairDecoy,
}

__all__ = [
    "MECHANISMS",
    "Alone",
    "Baseline",
    "Cbl",
    "CblTerms",
    "CountedMean",
    "Decoy",
    "DecoyTerms",
    "Mechanism",
    "PairDecoy",
    "PairTerms",
    "SampleMean",
    "Threshold",
    "ThresholdTerms",
]
