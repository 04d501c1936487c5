"""The contract checks for strategies and mechanisms: named, public, each with its reason.

A check plays the object on small games and compares what it does with what its class promises.
"""

from nashbox.experiments.check.mechanisms import check_mechanism
from nashbox.experiments.check.report import CheckReport
from nashbox.experiments.check.strategies import check_strategy
from nashbox.experiments.check.targets import check
from nashbox.games.checking import CheckRow

__all__ = ["CheckReport", "CheckRow", "check", "check_mechanism", "check_strategy"]
