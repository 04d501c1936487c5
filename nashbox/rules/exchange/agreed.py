"""The rules that everybody agreed on: a problem file, every file it names, and their hash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from nashbox.experiments.named_files import entry_point_versions, file_hashes
from nashbox.games.estimation import EstimationGame, prepare
from nashbox.games.registry import check_verb, game_of
from nashbox.problem.errors import InputError
from nashbox.problem.estimation import check_can_draw
from nashbox.problem.files import load, read_toml
from nashbox.problem.reading import read_bytes
from nashbox.rules.exchange.keys import digest

PROBLEM = "rules"  # how the problem file is called, wherever it lies


@dataclass(frozen=True, eq=False)
class Agreed:
    """The rules made ready: the audited game, and the hashes of the files behind it.

    files: name without its folder, and SHA-256, the problem file first. packages: versions of
    other packages that the rules name.
    """

    game: EstimationGame
    files: Sequence[tuple[str, str]]
    packages: dict[str, str]

    @property
    def hash(self) -> str:
        """The hash of all files."""
        return digest("rules", [list(pair) for pair in self.files])


def read_rules(path: str | Path) -> Agreed:
    """Load the rules. Raises InputError for games and counts that cannot be exchanged."""
    shown = str(path)
    files = hashes(path)
    problem: Any = load(path)
    check_verb("exchange", problem.game, shown, game_of(problem))
    check_can_draw(problem, "an exchange counts points")
    game = prepare(problem, recommended=True)
    if hashes(path) != files:
        raise InputError(f"{shown}: it, or a file it names, was changed while it was read")
    return Agreed(game, files, entry_point_versions(problem.raw))


def hashes(path: str | Path) -> list[tuple[str, str]]:
    """Names and SHA-256 of the problem file and of every file it names. Raises InputError."""
    import hashlib

    own = hashlib.sha256(read_bytes(path, str(path))).hexdigest()
    named = file_hashes(read_toml(path), Path(path).parent)
    return [(PROBLEM, own), *((PurePath(name).name, found) for name, found in named.items())]
