"""`nashbox new strategy|mechanism|game NAME`: a documented class that works, with its test."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from nashbox.commands import shared
from nashbox.commands.parser import CommandParser
from nashbox.problem.errors import InputError
from nashbox.problem.files import READERS

TEXT = "write a documented strategy, mechanism or game that works, with its test"
EXAMPLE = "nashbox new strategy RichLiar"
USUAL = next(iter(READERS))


def declare(new: CommandParser) -> None:
    """Declare its options."""
    new.add_argument("kind", choices=["strategy", "mechanism", "game"])
    new.add_argument("name", metavar="NAME", help="of the class, e.g. RichLiar or rich_liar")
    new.add_argument(
        "--game",
        choices=[*READERS],
        help=f"the game that a strategy or mechanism is for (default: {USUAL})",
    )
    new.add_argument("--folder", default=".", help="where to write (default: here)")
    shared.json_output(new)
    new.set_defaults(writes=_writes)


def _writes(options: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    from nashbox.experiments.skeletons import skeleton_files

    for path in skeleton_files(options.name, options.folder):
        yield f"new {options.kind}", path


def work(options: argparse.Namespace) -> int:
    """Write both files, or none."""
    from nashbox.experiments.skeletons import write_skeleton

    if options.kind == "game" and options.game is not None:
        raise InputError("--game is for a new strategy or mechanism; leave it out for a game")
    made = write_skeleton(options.kind, options.name, options.game or USUAL, options.folder)
    shared.emit(options, made)
    return 0
