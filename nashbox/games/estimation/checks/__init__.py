"""The contract checks for strategies and mechanisms: named, each with its reason.

A check plays the object on small games and compares what it does with what its class promises.
"""

from nashbox.games.estimation.checks.mechanisms import check_mechanism
from nashbox.games.estimation.checks.strategies import check_strategy

__all__ = ["check_mechanism", "check_strategy"]
