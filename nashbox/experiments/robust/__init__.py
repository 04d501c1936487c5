"""Rules in a world that differs from the one they were made for."""

from nashbox.experiments.robust.main import robust
from nashbox.experiments.robust.result import Robust

__all__ = ["Robust", "robust"]
