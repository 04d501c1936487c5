"""The best rules for a cost table that nobody gains by breaking."""

from nashbox.rules.design.best_rules import design
from nashbox.rules.design.designed import Design
from nashbox.rules.design.pairs import design_for_pairs

__all__ = ["Design", "design", "design_for_pairs"]
