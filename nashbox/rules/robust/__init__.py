"""Rules in a world that differs from the one they were made for."""

from nashbox.rules.robust.main import robust
from nashbox.rules.robust.result import Robust

__all__ = ["Robust", "robust"]
