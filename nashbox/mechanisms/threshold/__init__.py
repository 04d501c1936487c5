"""Threshold rules: a comparison of means, passed or failed."""

from nashbox.mechanisms.threshold.mechanism import Threshold
from nashbox.mechanisms.threshold.terms import ThresholdTerms

__all__ = ["Threshold", "ThresholdTerms"]
