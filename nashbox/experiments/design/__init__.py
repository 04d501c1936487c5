"""The best rules for a cost table that nobody gains by breaking."""

from nashbox.experiments.design.main import design
from nashbox.experiments.design.result import Design

__all__ = ["Design", "design"]
