"""The result store: one SQLite file that survives whatever happens to its driver.

Only the driver writes, one transaction a cell, in WAL mode: others may read while it grows.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from nashbox.experiments.saving import writable
from nashbox.experiments.sweep.cell import Cell, Outcome
from nashbox.experiments.sweep.encoding import from_text
from nashbox.experiments.sweep.group import Done
from nashbox.experiments.sweep.layout import Layout
from nashbox.experiments.sweep.lock import is_driven, locked
from nashbox.experiments.sweep.schema import open_to_read, open_to_write, refusal


class Store:
    """An open store. Use `Store.to_write` or `Store.to_read` in a with statement."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        """Take an open connection; see `to_write` and `to_read`."""
        self.path, self._connection = path, connection
        self._driver = 0

    @classmethod
    @contextmanager
    def to_write(cls, path: str | Path) -> Iterator[Store]:
        """Open as the only driver; InputError if there is another one, or a newer format."""
        target = writable(path)
        with locked(target), closing(open_to_write(target)) as connection:
            store = cls(target, connection)
            with store._transaction():
                cursor = connection.execute(
                    "INSERT INTO drivers (started, host, process) VALUES (?, ?, ?)",
                    (time.time(), socket.gethostname(), os.getpid()),
                )
            store._driver = cursor.lastrowid or 0
            yield store

    @classmethod
    @contextmanager
    def to_read(cls, path: str | Path) -> Iterator[Store]:
        """Open to look in, also while a driver writes."""
        with closing(open_to_read(Path(path))) as connection:
            yield cls(Path(path), connection)

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

    def begin(self, cells: Iterable[Cell]) -> None:
        """Note that cells were handed to a worker."""
        with self._transaction():
            self._connection.executemany(
                "INSERT OR REPLACE INTO begun VALUES (?, ?)",
                [(cell.key, self._driver) for cell in cells],
            )

    def finish(self, cell: Cell, done: Done) -> None:
        """Write what became of a cell, in one transaction."""
        with self._transaction():
            self._connection.execute(
                "INSERT OR REPLACE INTO cells VALUES (?, ?, ?, ?, ?, ?)",
                (cell.key, cell.text, done.status, done.payload, done.error, done.traceback),
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
        rows = self._connection.execute(
            "SELECT layout FROM sweeps JOIN drivers USING (sweep) GROUP BY sweep "
            "ORDER BY max(driver)"
        )
        return [Layout.from_text(text) for (text,) in rows]

    def statuses(self) -> dict[str, str]:
        """Return "ok" or "failed" of every finished cell, by key."""
        return dict(self._connection.execute("SELECT key, status FROM cells"))

    def begun(self) -> set[str]:
        """Keys of cells that were handed to a worker and have not come back."""
        return {key for (key,) in self._connection.execute("SELECT key FROM begun")}

    def finished_at(self, last: int = 1000) -> list[tuple[float, int]]:
        """When the latest cells were finished (seconds since 1970, latest first), by whom."""
        rows = self._connection.execute(
            "SELECT finished, driver FROM times ORDER BY finished DESC LIMIT ?", (last,)
        )
        return list(rows)

    def outcomes(self, keys: Iterable[str] | None = None) -> Iterator[Outcome]:
        """What became of the finished cells among `keys` (of all without), in no special order."""
        wanted = None if keys is None else set(keys)
        query = "SELECT key, status, payload, error, traceback FROM cells"
        for key, status, payload, error, trace in self._connection.execute(query):
            if wanted is None or key in wanted:
                value = None if payload is None else from_text(payload)
                yield Outcome(key, status, value, error, trace)

    def failures(self) -> Iterator[Outcome]:
        """The failed cells."""
        query = "SELECT key, error, traceback FROM cells WHERE status = 'failed'"
        for key, error, trace in self._connection.execute(query):
            yield Outcome(key, "failed", None, error, trace)

    def table(self, name: str, by: str) -> Iterator[tuple[object, ...]]:
        """All rows of a table in the order of a column."""
        yield from self._connection.execute(f"SELECT * FROM {name} ORDER BY {by}")  # noqa: S608


def read_outcomes(path: str | Path, cells: Iterable[Cell]) -> dict[str, Outcome]:
    """What became of cells, by key; those that are not finished are missing.

    Raises InputError if there is no such store.
    """
    with Store.to_read(path) as store:
        return {outcome.key: outcome for outcome in store.outcomes(c.key for c in cells)}


def difference(first: str | Path, second: str | Path) -> str | None:
    """The first row in which two stores differ, in words; None if their results are the same bits.

    Compared are the result tables row by row; times, hosts and drivers are not results.
    """
    from nashbox.experiments.sweep.schema import RESULTS

    with Store.to_read(first) as one, Store.to_read(second) as two:
        for name, by in RESULTS.items():
            rows, others = list(one.table(name, by)), list(two.table(name, by))
            for row, other in zip(rows, others, strict=False):
                if row != other:
                    return f"{name}: {row} is not {other}"
            if len(rows) != len(others):
                return f"{name}: {len(rows)} rows in {first}, {len(others)} in {second}"
    return None
