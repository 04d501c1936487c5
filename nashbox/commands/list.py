"""`nashbox list`: every strategy and mechanism that can be named, with its parameters."""

from __future__ import annotations

import argparse

from nashbox.commands import shared
from nashbox.commands.parser import CommandParser
from nashbox.problem.errors import InputError

TEXT = "names of all games, strategies and mechanisms, with their parameters"
EXAMPLE = "nashbox list auction"


def declare(listing: CommandParser) -> None:
    """Declare its options."""
    what = "only of this game: a name, or file.py:Class"
    listing.add_argument("name", metavar="GAME", nargs="?", help=what)
    listing.add_argument("--game", metavar="GAME", help="the same, by an option")
    shared.json_output(listing)


def work(options: argparse.Namespace) -> int:
    """List."""
    from nashbox.experiments.listing import listing

    if options.name is not None and options.game is not None:
        raise InputError(
            f"--game: name one game only, got {options.name!r} and --game {options.game!r}"
        )
    if options.game is not None:
        shared.emit(options, listing(options.game, where="--game"))
    else:
        shared.emit(options, listing(options.name))
    return 0
