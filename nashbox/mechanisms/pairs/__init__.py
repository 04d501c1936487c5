"""Decoy rules that two who collude do not gain by breaking, or little."""

from nashbox.mechanisms.pairs.mechanism import PairDecoy
from nashbox.mechanisms.pairs.terms import PairTerms

__all__ = ["PairDecoy", "PairTerms"]
