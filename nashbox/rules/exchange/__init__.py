"""The agreed rules run once, for real, on what the agents hand in; receipts, and their proof."""

from nashbox.rules.exchange.exchanging import Exchanged, exchange
from nashbox.rules.exchange.keys import new_key
from nashbox.rules.exchange.rehearsing import Rehearsal, rehearse
from nashbox.rules.exchange.verifying import Proof, verify, verify_own

__all__ = [
    "Exchanged",
    "Proof",
    "Rehearsal",
    "exchange",
    "new_key",
    "rehearse",
    "verify",
    "verify_own",
]
