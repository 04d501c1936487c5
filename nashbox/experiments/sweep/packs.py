"""Packs: what finished cells hold, once more as columns, many cells to a pack.

A pack is bytes: the length of its head, the head as JSON (all but numbers, and where which numbers
lie), and the numbers of all columns one after another. Cells are what counts: a pack is made of
them, and is gone as soon as one of the cells in the store changes (see `schema.GUARDS`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.sweep import rows
from nashbox.experiments.sweep.encoding import from_text, to_text
from nashbox.experiments.sweep.keys import Keys, as_bytes
from nashbox.experiments.sweep.parts import Coded, Group, Part, Places, chosen, coded

Entry = list[Any]  # where numbers lie: type, first byte, how many; of a `Coded` its values
Text = tuple[str, str, str | None, str | None]  # a cell: key, status, payload, error
START = 8  # bytes that say how long the head is
CELL = 100  # characters of a cell that are not of its payload, about


@dataclass(frozen=True)
class Pack:
    """Finished cells in some order.

    status, error, blank: of each cell; blank ones have no payload. size: of its rows in `groups`,
    which are numbered cell by cell; every step is there.
    """

    keys: Keys
    status: Coded
    error: Coded
    blank: NDArray[Any]
    size: Places
    groups: list[Group]

    @classmethod
    def made(cls, cells: Sequence[Text]) -> Pack:
        """The pack of these cells."""
        keys, status, payloads, error = map(list, zip(*cells, strict=True))
        groups, size = rows.read(payloads)
        blank = np.array([payload is None for payload in payloads])
        return cls(as_bytes(keys), coded(status), coded(error), blank, size, groups)

    def only(self, there: NDArray[np.bool_]) -> Pack:
        """Some of its cells; there: by cells."""
        if there.all():
            return self
        return Pack(
            self.keys[there],
            self.status.of(there),
            self.error.of(there),
            self.blank[there],
            self.size[there],
            chosen(self.groups, np.repeat(there, self.size)),
        )

    def to_bytes(self) -> bytes:
        """What `from_bytes` reads."""
        tail = _Tail()
        head = {
            "keys": tail.put(self.keys),
            "status": tail.part(self.status),
            "error": tail.part(self.error),
            "blank": tail.put(self.blank),
            "size": tail.put(_small(self.size)),
            "groups": [
                [tail.put(_small(group.rows)), {k: tail.part(p) for k, p in group.columns.items()}]
                for group in self.groups
            ],
        }
        text = to_text(head).encode()
        return b"".join([len(text).to_bytes(START, "little"), text, *tail.pieces])

    @classmethod
    def from_bytes(cls, body: bytes) -> Pack:
        """The pack of which `to_bytes` made this."""
        end = START + int.from_bytes(body[:START], "little")
        head, tail = from_text(body[START:end].decode()), memoryview(body)[end:]
        return cls(
            _numbers(tail, head["keys"]),
            _coded(tail, head["status"]),
            _coded(tail, head["error"]),
            _numbers(tail, head["blank"]),
            _places(tail, head["size"]),
            [
                Group(_places(tail, places), {key: _part(tail, e) for key, e in parts.items()})
                for places, parts in head["groups"]
            ],
        )


class _Tail:
    """Numbers one after another."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.length = 0

    def put(self, numbers: NDArray[Any]) -> Entry:
        """Add numbers, in the order of bytes of most machines."""
        ours = numbers.astype(numbers.dtype.newbyteorder("<"))
        entry = [ours.dtype.str, self.length, len(ours)]
        self.pieces.append(ours.tobytes())
        self.length += ours.nbytes
        return entry

    def part(self, part: Part) -> Entry:
        if isinstance(part, Coded):
            return [*self.put(_small(part.codes)), list(part.values)]
        return self.put(part)


def _small(places: Places) -> NDArray[Any]:
    """The same numbers in as few bytes as they take."""
    return places.astype(np.min_scalar_type(int(places.max(initial=0))))


def _numbers(tail: memoryview, entry: Entry) -> NDArray[Any]:
    kind, start, count = entry[:3]
    found = np.frombuffer(tail, kind, count, start)
    return found.astype(found.dtype.newbyteorder("="))  # a copy, so that the bytes can go


def _places(tail: memoryview, entry: Entry) -> Places:
    return _numbers(tail, entry).astype(np.intp)


def _coded(tail: memoryview, entry: Entry) -> Coded:
    return Coded(entry[3], _numbers(tail, entry))


def _part(tail: memoryview, entry: Entry) -> Part:
    return _coded(tail, entry) if len(entry) > 3 else _numbers(tail, entry)


def packed(cells: Iterable[Text]) -> Iterator[Pack]:
    """Packs of all these cells."""
    waiting: list[Text] = []
    length = 0
    for cell in cells:
        waiting.append(cell)
        length += CELL + len(cell[2] or "")
        if length >= rows.BLOCK:
            yield Pack.made(waiting)
            waiting, length = [], 0
    if waiting:
        yield Pack.made(waiting)
