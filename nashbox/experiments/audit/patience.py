"""An audit that goes on until everybody is decided: its worlds are kept, so that it can be resumed.

Every block of worlds is a line of a file: whose, which, and the tallies of all that was played. The
same audit started again reads what is there and plays what is missing; results are those of one
that was never interrupted.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from nashbox.measure.tally import TailMoments
from nashbox.problem.errors import InputError

FORMAT = "nashbox-audit-worlds/2"
FAR = 10**9  # worlds that a ladder of looks without an end reaches to


@dataclass(frozen=True)
class Patience:
    """How long to go on. ends: on the clock `time.time`, None for as long as it takes.

    path: the file that keeps worlds, None to keep none. identity: hash of all that worlds depend
    on, so that no other audit's are taken for this one's.
    """

    ends: float | None = None
    path: str | None = None
    identity: str = ""

    @property
    def over(self) -> bool:
        """Whether the time is up."""
        return self.ends is not None and time.time() >= self.ends

    def shared(self, before: int, jobs: int, workers: int) -> Patience:
        """The time of one of so many jobs, when `before` of them have been begun."""
        if self.ends is None:
            return self
        now = time.time()
        mine = (self.ends - now) * min(1.0, workers / (jobs - before))
        return replace(self, ends=now + mine)

    def __post_init__(self) -> None:
        if self.path is None or not Path(self.path).exists():
            return
        if not Path(self.path).is_file():
            raise InputError(
                f"{self.path}: must be a file for an audit's worlds, got no regular file"
            )
        with Path(self.path).open(errors="replace") as lines:
            first = next((line for line in lines if line.strip()), FORMAT)
        if FORMAT not in first:
            raise InputError(f"{self.path}: must hold an audit's worlds, got another file; move it")


@dataclass
class WorldBlock:
    """What was played in a block of worlds. plays: worlds that it cost."""

    worlds: int
    plays: int
    tallies: Mapping[str, TailMoments]


@dataclass(eq=False)
class Kept:
    """The blocks of one player."""

    patience: Patience
    player: int
    blocks: dict[int, WorldBlock] = field(default_factory=dict)

    def __post_init__(self) -> None:
        path = self.patience.path
        if path is None or not Path(path).exists():
            return
        wanted = [self.patience.identity, self.player]
        hers = f'"of": {json.dumps(wanted)}'  # others' lines need not be read
        with Path(path).open(errors="replace") as lines:
            for line in lines:
                said = _whole(line) if hers in line[:200] else None
                if said is not None and said["of"] == wanted:
                    tallies = {key: TailMoments(*held) for key, held in said["tallies"].items()}
                    self.blocks[said["block"]] = WorldBlock(said["worlds"], said["plays"], tallies)

    def get(self, number: int, worlds: int, names: Sequence[str]) -> WorldBlock | None:
        """The block, if it was played with all that is asked for."""
        block = self.blocks.get(number)
        if block is None or block.worlds != worlds or any(n not in block.tallies for n in names):
            return None
        return block

    def put(self, number: int, block: WorldBlock) -> None:
        """Keep a block, whole or not at all. Raises InputError where nothing can be written."""
        self.blocks[number] = block
        if self.patience.path is None:
            return
        said = {
            "format": FORMAT,
            "of": [self.patience.identity, self.player],
            "block": number,
            "worlds": block.worlds,
            "plays": block.plays,
            "tallies": {key: list(asdict(t).values()) for key, t in block.tallies.items()},
        }
        text = json.dumps(said)
        line = f"\n{_digest(text)} {text}\n"  # a line that was cut off ends here
        try:
            with Path(self.patience.path).open("ab", buffering=0) as file:
                file.write(line.encode())
        except OSError as error:
            raise InputError(
                f"{self.patience.path}: cannot be written: {error.strerror}; what was written is "
                "kept, and the same command goes on from there"
            ) from error


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _whole(line: str) -> dict[str, Any] | None:
    """A line's content, None if it was cut off or changed."""
    digest, _, text = line.strip().partition(" ")
    if digest != _digest(text):
        return None
    said: dict[str, Any] = json.loads(text)
    return said
