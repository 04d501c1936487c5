"""How much of a write-ahead log SQLite will take: it leaves out what is not whole, in silence.

The log is `-wal` beside a store, the index `-shm` (https://www.sqlite.org/walformat.html): a header
of 32 bytes, then frames of 24 bytes and a page each, with a running checksum. A transaction counts
once its last frame, which says how many pages the store has then, is whole.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HEADER, FRAME = 32, 24  # bytes
MAGIC, WORD = 0x377F0682, 2**32 - 1
PAGE = 4096  # bytes of a page, where no header says so


class WalFrames(NamedTuple):
    """Frames of a log: those SQLite will take, and those that finished transactions wrote."""

    whole: int
    written: int

    @property
    def damaged(self) -> bool:
        """Whether finished transactions are lost."""
        return self.written > self.whole


def read_log(log: Path, index: Path) -> WalFrames:
    """Look at a log that nobody writes; index: its -shm, which knows its length if it is there."""
    content = log.read_bytes()
    if len(content) <= HEADER:
        return WalFrames(0, _indexed(index))
    magic, _, page, _, *salts = struct.unpack(">6I", content[:24])
    order = ">" if magic & 1 else "<"
    if magic | 1 != MAGIC | 1 or _sum(content[:24], (0, 0), order) != _pair(content, 24):
        return WalFrames(0, max(1, (len(content) - HEADER) // (FRAME + PAGE)))
    whole = number = 0
    running = _pair(content, 24)
    lasts = list(_frames(content, page, tuple(salts)))
    for number, (start, last) in enumerate(lasts, 1):
        running = _sum(content[start : start + 8], running, order)
        running = _sum(content[start + FRAME : start + FRAME + page], running, order)
        if running != _pair(content, start + 16):
            break
        whole = number if last else whole
    finished = (number for number, (_, last) in enumerate(lasts, 1) if last)
    return WalFrames(whole, max(_indexed(index, content[16:24]), *finished, 0))


def _frames(content: bytes, page: int, salts: tuple[int, ...]) -> Iterator[tuple[int, bool]]:
    """Where frames of this log begin, older ones left out, and whether each ends a transaction."""
    for start in range(HEADER, len(content) - FRAME - page + 1, FRAME + page):
        _, size, *own = struct.unpack_from(">4I", content, start)
        if tuple(own) != salts:
            return
        yield start, size > 0


def _indexed(index: Path, salts: bytes | None = None) -> int:
    """How many frames of a log with these salts (any) the index knows, 0 if it knows another."""
    try:
        head = index.read_bytes()[:48]
    except OSError:
        return 0
    same = len(head) == 48 and salts in (None, head[32:40])
    return int(struct.unpack_from("=I", head, 16)[0]) if same else 0


def _pair(content: bytes, at: int) -> tuple[int, int]:
    first, second = struct.unpack_from(">2I", content, at)
    return first, second


def _sum(content: bytes, before: tuple[int, int], order: str) -> tuple[int, int]:
    """SQLite's checksum of a multiple of 8 bytes, going on from another one."""
    a, b = before
    for x, y in struct.iter_unpack(f"{order}2I", content):
        a = (a + x + b) & WORD
        b = (b + y + a) & WORD
    return a, b
