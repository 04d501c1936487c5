"""Packs: what finished cells hold, once more as columns, many cells to a pack.

A pack is bytes: the length of its head, the head as JSON (all but numbers, and where which numbers
lie), and the numbers of all columns one after another. Cells are what counts: a pack is made of
them, and is gone as soon as one of the cells in the store changes (see `schema.GUARDS`).
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.sweep.cell import CellOutcome
from nashbox.experiments.sweep.encoding import from_text, to_text

Places = NDArray[np.intp]
Keys = NDArray[np.bytes_]  # SHA-256, 32 bytes each
Entry = list[Any]  # where numbers lie: type, first byte, how many; of a `Coded` its values
BLOCK = 1 << 21  # characters of cells that are packed together
CELL = 100  # characters of a cell that are not of its payload, about
INTERRUPTED = "interrupted"  # the status of cells that are not finished
DAMAGED = "its row in the store is damaged; the same command computes it again"
START = 8  # bytes that say how long the head is
UNEQUAL = {str, bool, type(None)}  # no value of one equals one of another, as True does 1


@dataclass(frozen=True)
class Coded:
    """A column: values[codes]; every value occurs."""

    values: Sequence[Any]
    codes: NDArray[Any]  # whole numbers

    def __getitem__(self, places: NDArray[Any]) -> Coded:
        """The entries in some places, numbers or a choice as those of an array."""
        codes = self.codes[places]
        occurs = np.bincount(codes, minlength=len(self.values)) > 0
        if occurs.all():
            return Coded(self.values, codes)
        return Coded(list(itertools.compress(self.values, occurs)), (np.cumsum(occurs) - 1)[codes])

    @classmethod
    def made(cls, values: Sequence[str | bool | None]) -> Coded:
        """Each value once."""
        code = {value: number for number, value in enumerate(dict.fromkeys(values))}
        return cls(list(code), np.fromiter(map(code.__getitem__, values), np.intp, len(values)))

    @classmethod
    def joined(cls, parts: Sequence[Coded]) -> Coded:
        """One behind the other."""
        before = np.cumsum([0, *(len(part.values) for part in parts)])
        codes = [part.codes + start for part, start in zip(parts, before, strict=False)]
        return cls([value for part in parts for value in part.values], np.concatenate(codes))


Part = NDArray[Any] | Coded  # int64, float64, or anything


@dataclass(frozen=True)
class Group:
    """Rows with the same keys in the same order: their places among all rows, columns by key."""

    rows: Places
    columns: dict[str, Part]


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
    def made(cls, cells: Sequence[CellOutcome]) -> Pack:
        """The pack of these cells; their payloads are texts."""
        texts = ["[]" if cell.payload in (None, "null") else cell.payload for cell in cells]
        rows = from_text(f"[{','.join(texts)}]")  # many cells at once, which is faster
        return cls(
            keys=_as_bytes([cell.key for cell in cells]),
            status=Coded.made([cell.status for cell in cells]),
            error=Coded.made([cell.error for cell in cells]),
            blank=np.array([cell.payload is None for cell in cells]),
            size=np.array(list(map(len, rows))),
            groups=_grouped(list(itertools.chain.from_iterable(rows))),
        )

    @classmethod
    def joined(cls, packs: Sequence[Pack]) -> Pack:
        """The pack of all their cells."""
        groups, rows = [], 0
        for pack in packs:
            groups += [Group(group.rows + rows, group.columns) for group in pack.groups]
            rows += int(pack.size.sum())
        return cls(
            np.concatenate([pack.keys for pack in packs]),
            Coded.joined([pack.status for pack in packs]),
            Coded.joined([pack.error for pack in packs]),
            np.concatenate([pack.blank for pack in packs]),
            np.concatenate([pack.size for pack in packs]),
            groups,
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

        def part(entry: Entry) -> Any:
            kind, start, count, *values = entry
            found = np.frombuffer(tail, kind, count, start)
            numbers = found.astype(found.dtype.newbyteorder("="))  # a copy: the bytes can go
            return Coded(values[0], numbers) if values else numbers

        return cls(
            part(head["keys"]),
            part(head["status"]),
            part(head["error"]),
            part(head["blank"]),
            part(head["size"]).astype(np.intp),
            [
                Group(part(places).astype(np.intp), {key: part(e) for key, e in columns.items()})
                for places, columns in head["groups"]
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


def _grouped(rows: Sequence[dict[str, Any]]) -> list[Group]:
    """Rows by their keys, as columns."""
    kinds: dict[tuple[str, ...], list[int]] = {}
    for number, row in enumerate(rows):
        kinds.setdefault(tuple(row), []).append(number)
    found = []
    for keys, where in kinds.items():
        some = rows if len(where) == len(rows) else [rows[number] for number in where]
        found.append(Group(np.array(where), {key: _part([r[key] for r in some]) for key in keys}))
    return found


def _part(values: list[Any]) -> Part:
    """Floats, or whole numbers that 64 bits hold, as an array; equal texts as one value."""
    types = set(map(type, values))
    if types == {float}:
        return np.array(values)
    if types == {int} and max(map(abs, values)) < 1 << 63:
        return np.array(values, dtype=np.int64)
    return Coded.made(values) if types <= UNEQUAL else Coded(values, np.arange(len(values)))


def _as_bytes(keys: Sequence[str]) -> Keys:
    return np.frombuffer(bytes.fromhex("".join(keys)), "S32")


def places(keys: Sequence[str], among: Keys) -> Places:
    """Where each cell is among others, by its key in hexadecimal digits; -1 where it is not there.

    Keys are sorted as numbers, which is faster, by eight bytes, which no two SHA-256 share.
    """
    wanted = _as_bytes(keys)
    if not len(among):
        return np.full(len(wanted), -1)
    starts, all_starts = wanted.view(np.uint64)[::4], among.view(np.uint64)[::4]
    order = np.argsort(all_starts)
    at = np.searchsorted(all_starts[order], starts)
    found = order[np.minimum(at, len(order) - 1)]
    return np.where(among[found] == wanted, found, -1)


def without(packs: Sequence[Pack], keys: Sequence[str]) -> list[str]:
    """Those of some cells that no pack has."""
    among = np.concatenate([np.empty(0, "S32"), *(pack.keys for pack in packs)])
    return [keys[place] for place in np.flatnonzero(places(keys, among) < 0).tolist()]


def packed(cells: Iterable[CellOutcome]) -> Iterator[Pack]:
    """Packs of all these cells, whose payloads are texts."""
    waiting: list[CellOutcome] = []
    length = 0
    for cell in cells:
        left = CellOutcome(cell.key, INTERRUPTED, error=DAMAGED)
        waiting.append(left if cell.status == "damaged" else cell)
        length += CELL + len(cell.payload or "")
        if length >= BLOCK:
            yield Pack.made(waiting)
            waiting, length = [], 0
    if waiting:
        yield Pack.made(waiting)
