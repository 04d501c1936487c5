"""`nashbox list`: every strategy and mechanism that can be named, with its parameters."""

from __future__ import annotations

import argparse
from typing import Any

from nashbox.commands import common


def add(commands: Any) -> None:
    """Declare the command."""
    text = "names of all strategies and mechanisms, with their parameters"
    listing = common.new_command(commands, "list", text, work)
    listing.add_argument("--game", choices=["estimation", "testing"], help="only of this game")
    common.json_output(listing)


def work(options: argparse.Namespace) -> int:
    """List."""
    from nashbox.experiments.listing import Listing, listing
    from nashbox.tables.kit import listing_table

    found = [e for e in listing().entries if e.game in (None, options.game) or not options.game]
    common.emit(options, Listing(found), listing_table)
    return 0
