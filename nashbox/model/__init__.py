"""The Mesa models: who acts when, what is recorded."""

from nashbox.model.base import Sandbox
from nashbox.model.estimation import EstimationSandbox

__all__ = ["EstimationSandbox", "Sandbox"]
