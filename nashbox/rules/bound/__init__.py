"""What no truthful rule gets below."""

from nashbox.rules.bound.below import Floor, no_rule_below

__all__ = ["Floor", "no_rule_below"]
