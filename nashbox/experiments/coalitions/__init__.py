"""Coalitions: what agents gain who deviate together and share what they know."""

from nashbox.experiments.coalitions.main import coalitions
from nashbox.experiments.coalitions.result import Coalition, Coalitions

__all__ = ["Coalition", "Coalitions", "coalitions"]
