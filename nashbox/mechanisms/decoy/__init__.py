"""Decoy rules: a comparison with everything, and a secret falsehood for who fails it."""

from nashbox.mechanisms.decoy.mechanism import Decoy
from nashbox.mechanisms.decoy.terms import DecoyTerms

__all__ = ["Decoy", "DecoyTerms"]
