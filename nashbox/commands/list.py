"""`nashbox list`: every strategy and mechanism that can be named, with its parameters."""

from __future__ import annotations

import argparse

from nashbox.commands import shared
from nashbox.commands.parser import CommandParser
from nashbox.problem.errors import InputError

TEXT = "names of all games, strategies and mechanisms, with their parameters"
EXAMPLE = "nashbox list --game auction"


def declare(listing: CommandParser) -> None:
    """Declare its options."""
    listing.add_argument("--game", metavar="NAME", help="only of this game")
    shared.json_output(listing)


def work(options: argparse.Namespace) -> int:
    """List."""
    from nashbox.experiments.listing import Listing, listing

    entries = listing().entries
    games = sorted({entry.game for entry in entries if entry.game is not None})
    if options.game is not None and options.game not in games:
        raise InputError(f"--game must be one of {', '.join(games)}, got {options.game!r}")
    found = [e for e in entries if e.game in (None, options.game) or not options.game]
    shared.emit(options, Listing(found))
    return 0
