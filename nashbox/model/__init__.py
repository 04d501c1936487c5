"""The Mesa models: who acts when, what is recorded."""

from nashbox.model.base import Sandbox
from nashbox.model.estimation import EstimationModel

__all__ = ["EstimationModel", "Sandbox"]
