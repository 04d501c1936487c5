"""Rules in a world that differs from the one they were made for."""

from nashbox.rules.robust.other_worlds import robust
from nashbox.rules.robust.robustness import Robust

__all__ = ["Robust", "robust"]
