"""The best rules for a cost table that nobody gains by breaking."""

from nashbox.rules.design.main import design
from nashbox.rules.design.result import Design

__all__ = ["Design", "design"]
