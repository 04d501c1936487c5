"""Coalitions: what agents gain who deviate together and share what they know."""

from nashbox.rules.coalitions.coalition import Coalition, Coalitions
from nashbox.rules.coalitions.gains import coalitions

__all__ = ["Coalition", "Coalitions", "coalitions"]
