"""Coalitions: what agents gain who deviate together and share what they know."""

from nashbox.rules.coalitions.main import coalitions
from nashbox.rules.coalitions.result import Coalition, Coalitions

__all__ = ["Coalition", "Coalitions", "coalitions"]
