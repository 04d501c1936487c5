"""The tables of a result store, an SQLite file, and how one is opened.

Results: `cells` (what was asked and what came out) and `sweeps` (which cells a sweep file has, in
order). Beside them, no results and outside every export: `times` (when, how long and where),
`begun` (cells handed to workers and not finished), `drivers` (who wrote) and `packs` (finished
cells as columns, to be read fast; whatever changes a cell that is there takes them all away).
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path

from nashbox.experiments.sweep.leftovers import connected, has_log, real_place
from nashbox.problem.errors import InputError
from nashbox.results.saving import is_channel

FORMAT = 4
CHECKED = 2  # the format from which on every cell has a checksum
PACKED = 4  # the format from which on there are packs
COLUMNS = "key, identity, status, payload, error, traceback"
APPLICATION = 0x6E626F78  # "nbox"
TABLES = """
CREATE TABLE cells (
    key TEXT PRIMARY KEY,
    identity TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('ok', 'failed')),
    payload TEXT,
    error TEXT,
    traceback TEXT,
    checksum TEXT
);
CREATE TABLE sweeps (sweep TEXT PRIMARY KEY, file TEXT NOT NULL, layout TEXT NOT NULL);
CREATE TABLE times (
    key TEXT PRIMARY KEY, finished REAL NOT NULL, seconds REAL NOT NULL, host TEXT NOT NULL,
    driver INTEGER NOT NULL
);
CREATE TABLE begun (key TEXT PRIMARY KEY, driver INTEGER NOT NULL);
CREATE TABLE drivers (
    driver INTEGER PRIMARY KEY, sweep TEXT, started REAL NOT NULL, host TEXT NOT NULL,
    process INTEGER NOT NULL, ended REAL
)
"""
PACKS = (
    "CREATE TABLE IF NOT EXISTS packs "
    "(pack INTEGER PRIMARY KEY, body BLOB NOT NULL, checksum TEXT NOT NULL)"
)
GUARDS = {  # triggers: by SQLite itself, so that nobody can forget it
    "cells_replaced": "BEFORE INSERT ON cells "
    "WHEN EXISTS (SELECT 1 FROM cells WHERE key = NEW.key)",
    "cells_changed": "AFTER UPDATE ON cells",
    "cells_deleted": "AFTER DELETE ON cells",
}
SETTINGS: tuple[str, ...] = ("synchronous = NORMAL", "wal_autocheckpoint = 1000")


class EmptyStoreError(InputError):
    """A store without tables: its first driver has only just begun, or could not."""


def open_to_write(path: Path) -> sqlite3.Connection:
    """Open a store, a new one if there is none; the caller holds the lock."""
    return _opened(path, "mode=rwc", _get_ready)


def open_to_read(path: Path) -> sqlite3.Connection:
    """Open an existing store; nothing can be written through it."""
    if is_channel(path):
        raise InputError(f"{path}: must be a result store of nashbox, got a pipe or a device")
    if not path.is_file():
        raise InputError(f"{path}: cannot be read: there is no such result store")
    return _opened(path, _reading(path), _look)


def _opened(
    path: Path, mode: str, begin: Callable[[sqlite3.Connection, Path], None]
) -> sqlite3.Connection:
    try:
        connection = connected(path, mode)
    except sqlite3.Error as error:
        raise InputError(f"{path}: cannot be opened: {error}") from error
    try:
        begin(connection, path)
    except BaseException as error:
        connection.close()
        if isinstance(error, sqlite3.Error):
            raise refusal(path, error) from error
        raise
    return connection


def _get_ready(connection: sqlite3.Connection, path: Path) -> None:
    """Bring a store to this format."""
    if _is_new(connection):  # before there is a -wal, without which the file then is a store, too
        connection.execute("BEGIN IMMEDIATE")
        for statement in TABLES.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        _add_packs(connection)
        connection.execute("COMMIT")
    else:
        _check(connection, path)
        (state,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        if state != "ok":
            raise InputError(
                f"{path}: is damaged ({' '.join(state.split())[:120]}): export what can still "
                "be read, and name another store"
            )
        _bring_up_to_date(connection)
    for setting in ("journal_mode = WAL", *SETTINGS):
        connection.execute(f"PRAGMA {setting}")


def _look(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA query_only = ON")
    if _is_new(connection):
        raise EmptyStoreError(f"{path}: must be a result store of nashbox, got an empty file")
    _check(connection, path)


def _reading(path: Path) -> str:
    """How a reader opens, so that it changes nothing and leaves no files behind."""
    if has_log(path):  # which the last one to close would take in and delete
        return "mode=ro"
    if os.access(path, os.W_OK) and os.access(real_place(path).parent, os.W_OK):
        return "mode=rw"  # takes away what it made, which mode=ro does not
    return "immutable=1"


def refusal(path: Path, error: sqlite3.Error) -> InputError:
    """What to say where SQLite says no."""
    name = getattr(error, "sqlite_errorname", "")  # Python's own errors have none
    if name.startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY")):
        return InputError(
            f"{path}: cannot be read or written: {error}: SQLite needs a folder that it can write "
            "to; copy the store there with what lies beside it under its name"
        )
    if isinstance(error, sqlite3.OperationalError):
        return InputError(
            f"{path}: cannot be read or written: {error}; what is finished is kept, and the same "
            "command goes on from there"
        )
    return InputError(f"{path}: must be a result store of nashbox, got {error}")


def version(connection: sqlite3.Connection) -> int:
    """The store's format; see `CHECKED` and `PACKED`."""
    (number,) = connection.execute("PRAGMA user_version").fetchone()
    return int(number)


def checksum(row: Sequence[object]) -> str:
    """Of what a cell's row holds, in hexadecimal digits."""
    return sum_of(repr(tuple(row)).encode())


def sum_of(body: bytes) -> str:
    """The checksum of a pack, in hexadecimal digits."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Bring a store of a format before to this one, all of it or nothing."""
    if version(connection) == FORMAT:
        return
    columns = {row[1] for row in connection.execute("PRAGMA table_info(drivers)")}
    connection.execute("BEGIN IMMEDIATE")
    if version(connection) < CHECKED:
        connection.execute("ALTER TABLE cells ADD COLUMN checksum TEXT")
        rows = connection.execute(f"SELECT {COLUMNS} FROM cells").fetchall()  # noqa: S608
        connection.executemany(
            "UPDATE cells SET checksum = ? WHERE key = ?", [(checksum(row), row[0]) for row in rows]
        )
    if "ended" not in columns:
        connection.execute("ALTER TABLE drivers ADD COLUMN ended REAL")
    _add_packs(connection)
    connection.execute("COMMIT")


def _add_packs(connection: sqlite3.Connection) -> None:
    """What makes a store one of this format."""
    connection.execute(PACKS)
    for name, event in GUARDS.items():
        connection.execute(f"CREATE TRIGGER IF NOT EXISTS {_guard(name, event)}")
    connection.execute(f"PRAGMA user_version = {FORMAT}")


def _guard(name: str, event: str) -> str:
    return f"{name} {event} BEGIN DELETE FROM packs; END"  # noqa: S608 - our own words


def _is_new(connection: sqlite3.Connection) -> bool:
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    return bool(tables == 0)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    number = version(connection)
    if application != APPLICATION:
        raise InputError(f"{path}: must be a result store of nashbox, got another SQLite database")
    if number > FORMAT:
        raise InputError(
            f"{path}: must have store format {FORMAT} or older, got {number}: a newer nashbox "
            "wrote it, use that one"
        )
    tables = dict(connection.execute("SELECT name, sql FROM sqlite_master"))
    needed = ["cells", "sweeps", "times", "begun", "drivers"]
    for name in [*needed, "packs"] if number >= PACKED else needed:
        if name not in tables:
            raise InputError(f"{path}: is damaged: its table {name!r} is missing")
    for name, event in GUARDS.items() if number >= PACKED else ():
        if tables.get(name) != f"CREATE TRIGGER {_guard(name, event)}":
            raise InputError(f"{path}: is damaged: its trigger {name!r} is missing or another one")
    columns = {row[1] for row in connection.execute("PRAGMA table_info(cells)")}
    if number >= CHECKED and "checksum" not in columns:
        raise InputError(f"{path}: is damaged: its column of checksums is missing")
