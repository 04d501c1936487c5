"""The result store: one SQLite file that survives whatever happens to its driver.

Only the driver writes, one transaction a cell, in WAL mode: others may read while it grows.
"""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

from nashbox.experiments.sweep.cell import Cell, CellOutcome
from nashbox.experiments.sweep.encoding import from_text
from nashbox.experiments.sweep.group import Done
from nashbox.experiments.sweep.layout import Layout
from nashbox.experiments.sweep.leftovers import KILLED, look_at_leftovers
from nashbox.experiments.sweep.lock import is_driven, locked
from nashbox.experiments.sweep.packs import Pack, packed, without
from nashbox.experiments.sweep.schema import (
    CHECKED,
    COLUMNS,
    PACKED,
    checksum,
    open_to_read,
    open_to_write,
    refusal,
    sum_of,
    version,
)
from nashbox.problem.errors import InputError
from nashbox.results.saving import is_channel, writable


def _identity(path: Path) -> tuple[int, int] | None:
    """Device and number of the file at a path, None if there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _is_json(payload: object) -> bool:
    """What a store without checksums tells of a cell that is not what was written."""
    try:
        json.loads(payload if isinstance(payload, str) else "null" if payload is None else "")
    except ValueError:
        return False
    return True


class Store:
    """An open store. Use `Store.to_write` or `Store.to_read` in a with statement."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Take an open connection; see `to_write` and `to_read`."""
        self.path, self._connection = path, connection
        self._driver = 0
        self._file = _identity(path)

    def check_place(self) -> None:
        """Raise InputError if the path leads to another file than the one that is open."""
        now = _identity(self.path)
        if now != self._file:
            what = "is gone" if now is None else "is another file now"
            raise InputError(
                f"{self.path}: {what}: it was moved, deleted or replaced while the sweep ran. What "
                "was finished lies in the file that was opened; move it back and start again"
            )

    @classmethod
    @contextmanager
    def to_write(cls, path: str | Path) -> Iterator[Store]:
        """Open as the only driver; InputError if there is another one, or a newer format."""
        target = Path(path)
        writable(path)
        if is_channel(target):
            raise InputError(f"{path}: must be a result store of nashbox, got a pipe or a device")
        if target.exists() and target.stat().st_nlink > 1:
            raise InputError(
                f"{path}: has {target.stat().st_nlink} names (hard links), and drivers of the "
                "others could not be told from this one: copy the store, or remove the other names"
            )
        with locked(target):
            look_at_leftovers(target, to_write=True)
            with closing(open_to_write(target)) as connection:
                store = cls(target, connection)
                store._arrive()
                try:
                    yield store
                finally:
                    store._leave()

    def _arrive(self) -> None:
        """Note who drives, in the file itself: should its -wal be lost, it says that one is.

        Packs beside whom a driver was killed may be older or newer than their cells.
        """
        with self._transaction():
            self._connection.execute(f"DELETE FROM packs WHERE ({KILLED})")  # noqa: S608
            cursor = self._connection.execute(
                "INSERT INTO drivers (started, host, process) VALUES (?, ?, ?)",
                (time.time(), socket.gethostname(), os.getpid()),
            )
        self._driver = cursor.lastrowid or 0
        list(self._select("PRAGMA wal_checkpoint(TRUNCATE)"))

    def _leave(self) -> None:
        """Note that nothing is missing, and take the -wal in even if somebody reads."""
        with suppress(InputError, sqlite3.Error):  # a full disk: then the -wal stays
            with self._transaction():
                self._connection.execute(
                    "UPDATE drivers SET ended = ? WHERE driver = ?", (time.time(), self._driver)
                )
            self._connection.execute("PRAGMA busy_timeout = 2000")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @classmethod
    @contextmanager
    def to_read(cls, path: str | Path) -> Iterator[Store]:
        """Open to look in, also while a driver writes."""
        target = Path(path)
        if not is_driven(target):
            look_at_leftovers(target, to_write=False)
        with closing(open_to_read(target)) as connection:
            yield cls(target, connection)

    @property
    def driven(self) -> bool:
        """Whether a driver works on it right now."""
        return is_driven(self.path)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing. Raises InputError where the disk is full."""
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield
            self._connection.execute("COMMIT")
        except BaseException as error:
            if self._connection.in_transaction:
                self._connection.rollback()
            if isinstance(error, sqlite3.Error):
                raise refusal(self.path, error) from error
            raise

    def _select(self, query: str, values: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Rows of a query. Raises InputError where the file is damaged."""
        try:
            # through map, for a cursor that is left is closed, which a closed store refuses
            yield from map(tuple, self._connection.execute(query, values))
        except sqlite3.Error as error:
            raise refusal(self.path, error) from error

    def begin(self, cells: Iterable[Cell]) -> None:
        """Note that cells were handed to a worker."""
        self.check_place()
        with self._transaction():
            self._connection.executemany(
                "INSERT OR REPLACE INTO begun VALUES (?, ?)",
                [(cell.key, self._driver) for cell in cells],
            )

    def finish(self, cell: Cell, done: Done) -> None:
        """Write what became of a cell, in one transaction."""
        self.check_place()
        row = (cell.key, cell.text, done.status, done.payload, done.error, done.traceback)
        with self._transaction():
            self._connection.execute(
                "INSERT OR REPLACE INTO cells VALUES (?, ?, ?, ?, ?, ?, ?)",
                (*row, checksum(row)),
            )
            self._connection.execute(
                "INSERT OR REPLACE INTO times VALUES (?, ?, ?, ?, ?)",
                (cell.key, time.time(), done.seconds, done.host, self._driver),
            )
            self._connection.execute("DELETE FROM begun WHERE key = ?", (cell.key,))

    def register(self, layout: Layout) -> None:
        """Note which cells a sweep has, so that its frame can be made without its file."""
        with self._transaction():
            self._connection.execute(
                "INSERT INTO sweeps VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET "
                "file = excluded.file, layout = excluded.layout WHERE layout <> excluded.layout",
                (layout.sweep, layout.file, layout.to_text()),
            )
            self._connection.execute(
                "UPDATE drivers SET sweep = ? WHERE driver = ?", (layout.sweep, self._driver)
            )

    def layouts(self) -> list[Layout]:
        """The sweeps that were run in this store, the latest last."""
        names = self._select(  # alone: layouts are too long to be sorted
            "SELECT sweep FROM sweeps JOIN drivers USING (sweep) GROUP BY sweep "
            "ORDER BY max(driver)"
        )
        found = []
        for (sweep,) in list(names):
            try:
                ((text,),) = self._select("SELECT layout FROM sweeps WHERE sweep = ?", (sweep,))
                found.append(Layout.read(sweep, text))
            except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
                raise InputError(
                    f"{self.path}: is damaged: the list of its sweeps is not whole"
                ) from error
        return found

    def standing(self) -> dict[str, str]:
        """Return "ok", "failed" or "damaged" (not what was written) of every row, by key."""
        return {outcome.key: outcome.status for outcome in self.texts()}

    def outcomes(self, keys: Iterable[str] | None = None) -> Iterator[CellOutcome]:
        """What became of the finished cells among `keys` (of all without), in no special order."""
        for found in self.texts(keys):
            text = found.payload
            yield found if text is None else found._replace(payload=from_text(text))

    def texts(self, keys: Iterable[str] | None = None) -> Iterator[CellOutcome]:
        """As `outcomes`, with payloads as `to_text` wrote them."""
        wanted = None if keys is None else set(keys)
        checked = version(self._connection) >= CHECKED
        query = f"SELECT {COLUMNS}, {'checksum' if checked else 'NULL'} FROM cells"  # noqa: S608
        for *row, written in self._select(query) if wanted is None or wanted else ():
            key, _, status, payload, error, trace = row
            if wanted is None or key in wanted:
                whole = checksum(row) == written if checked else _is_json(payload)
                found = CellOutcome(key, status, payload, error, trace)
                yield found if whole else CellOutcome(str(key), "damaged")

    def begun(self) -> set[str]:
        """Keys of cells that were handed to a worker and have not come back."""
        return {key for (key,) in self._select("SELECT key FROM begun")}

    def finished_at(self, last: int = 1000) -> list[tuple[float, int]]:
        """When the latest cells were finished (seconds since 1970, latest first), by whom."""
        query = "SELECT finished, driver FROM times ORDER BY finished DESC LIMIT ?"
        return list(self._select(query, (last,)))

    def pack(self, keys: Sequence[str]) -> None:
        """Keep these finished cells once more as columns; those that are kept so already stay."""
        with suppress(InputError), self._transaction():  # a full disk: then the cells are read
            found = list(self._packs("TRUE"))
            broken = [(number,) for number, pack in found if pack is None]
            self._connection.executemany("DELETE FROM packs WHERE pack = ?", broken)
            missing = without([pack for _, pack in found if pack is not None], keys)
            whole = (cell for cell in self.texts(missing) if cell.status != "damaged")
            for pack in packed(whole):
                body = pack.to_bytes()
                self._connection.execute(
                    "INSERT INTO packs (body, checksum) VALUES (?, ?)", (body, sum_of(body))
                )

    def packs(self, keys: Sequence[str]) -> list[Pack]:
        """What became of the finished ones of these cells and of others, as columns.

        What `pack` has kept is taken unless a driver works or the last one was killed.
        """
        kept = self._packs(f"NOT ({KILLED})") if version(self._connection) >= PACKED else ()
        packs = [pack for _, pack in kept if pack is not None]
        return [*packs, *packed(self.texts(without(packs, keys)))]

    def _packs(self, where: str) -> Iterator[tuple[int, Pack | None]]:
        """Packs with their numbers, None where one is not what was written."""
        query = f"SELECT pack, body, checksum FROM packs WHERE {where}"  # noqa: S608 - our own words
        for number, body, written in self._select(query):
            whole = type(body) is bytes and sum_of(body) == written
            yield number, Pack.from_bytes(body) if whole else None

    def unpack(self) -> None:
        """Forget all packs: something in the store is not what was written."""
        with self._transaction():
            self._connection.execute("DELETE FROM packs")


def read_outcomes(path: str | Path, cells: Iterable[Cell]) -> dict[str, CellOutcome]:
    """What became of cells, by key; those that are not finished are missing.

    Raises InputError if there is no such store.
    """
    with Store.to_read(path) as store:
        found = store.outcomes(c.key for c in cells)
        return {outcome.key: outcome for outcome in found if outcome.status != "damaged"}
