"""The agreed rules run once, for real, on what the agents hand in; receipts, and their proof."""

from nashbox.rules.exchange.exchanging import Exchange, exchange
from nashbox.rules.exchange.keys import new_key
from nashbox.rules.exchange.rehearsing import Rehearsal, rehearse
from nashbox.rules.exchange.verifying import Verification, verify, verify_own

__all__ = [
    "Exchange",
    "Rehearsal",
    "Verification",
    "exchange",
    "new_key",
    "rehearse",
    "verify",
    "verify_own",
]
