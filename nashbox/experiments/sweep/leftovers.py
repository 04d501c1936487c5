"""What a killed driver leaves beside its store, looked at before SQLite does.

SQLite takes whatever is called -wal for this store's own, drops what is not whole without a word,
and deletes it when the store is closed. So nothing is opened to write before this has looked.
"""

from __future__ import annotations

import os
import sqlite3
import warnings
from contextlib import closing
from pathlib import Path

from nashbox.experiments.sweep.cell import SweepWarning
from nashbox.experiments.sweep.wal import read_log
from nashbox.problem.errors import InputError

KILLED = "SELECT ended IS NULL FROM drivers ORDER BY driver DESC LIMIT 1"
SIDES = ("-wal", "-shm", "-journal")
ALONE = "immutable=1"  # without its log and without locks
BELONGS = (  # what only grows: a log that takes some of it away is another store's
    "SELECT driver, started, host, process FROM drivers",
    "SELECT key FROM cells",
)
AGAIN = "the same command computes again what is gone with it"


def real_place(store: Path) -> Path:
    """Where a store is, by whatever links it is reached; unlike `resolve` no circle raises."""
    return Path(os.path.realpath(store))


def beside(store: Path, ending: str) -> Path:
    """Where SQLite keeps a file of a store: at its real place, not beside a link to it."""
    real = real_place(store)
    return real.with_name(f"{real.name}{ending}")


def has_log(store: Path) -> bool:
    """Whether there is a write-ahead log with something in it."""
    try:
        return beside(store, "-wal").stat().st_size > 0
    except OSError:
        return False


def look_at_leftovers(store: Path, *, to_write: bool) -> None:
    """Raise InputError for files that are not this store's own, warn of what is lost.

    Nobody drives the store, and nothing is changed.
    """
    for ending in SIDES:
        _check_file(beside(store, ending), store, to_write)
    if not store.exists() or store.stat().st_size == 0:
        if has_log(store):
            raise InputError(
                f"{store}: {'is empty' if store.exists() else 'is gone'}, but "
                f"{store.name}-wal beside it holds cells: put the store back, or move that file "
                "away, and start again"
            )
        return
    if beside(store, "-journal").exists() and _keeps_log(store):
        raise InputError(f"{store}-journal: is not of this store, which has a -wal: move it away")
    if beside(store, "-wal").exists():
        _check_log(store)
    elif _was_killed(store):
        _warn(f"{store}-wal: is missing: the last sweep was killed, and its latest cells lay there")


def _check_file(side: Path, store: Path, to_write: bool) -> None:
    if not os.path.lexists(side):
        return
    shown = store.with_name(side.name)
    if not side.is_file() or side.is_symlink():
        raise InputError(f"{shown}: must be a file that SQLite has made, got something else")
    if not os.access(side, os.R_OK) or (to_write and not os.access(side, os.W_OK)):
        verb = "written" if os.access(side, os.R_OK) else "read"
        raise InputError(f"{shown}: cannot be {verb}: you may not; it belongs to {store.name}")


def _check_log(store: Path) -> None:
    log = read_log(beside(store, "-wal"), beside(store, "-shm"))
    if _takes_away(store):
        raise InputError(
            f"{store}-wal: is not of this store, which would lose cells by it: put the right one "
            f"back, or move it away and start again: {AGAIN}"
        )
    if log.damaged:
        _warn(
            f"{store}-wal: is damaged: {log.written - log.whole} of {log.written} pages that the "
            "last sweep wrote before it was killed are lost"
        )


def _warn(text: str) -> None:
    warnings.warn(f"{text}; {AGAIN}", SweepWarning, stacklevel=2)


def _takes_away(store: Path) -> bool:
    """Whether the store has rows by itself that it does not have with its log."""
    try:
        with (
            closing(connected(store, ALONE)) as plain,
            closing(connected(store, "mode=ro")) as whole,
        ):
            return any(set(plain.execute(query)) - set(whole.execute(query)) for query in BELONGS)
    except sqlite3.Error:  # a store killed while it took its log in is whole with it alone
        return False


def _was_killed(store: Path) -> bool:
    """Whether the last driver has not said that it has ended."""
    try:
        with closing(connected(store, ALONE)) as plain:
            return bool((plain.execute(KILLED).fetchone() or (False,))[0])
    except sqlite3.Error:  # of the format before, or no store at all, which others will say
        return False


def _keeps_log(store: Path) -> bool:
    with store.open("rb") as stream:
        return stream.read(20)[18:] == b"\2\2"


def connected(store: Path, mode: str) -> sqlite3.Connection:
    """Open a store at its real place, as SQLite takes `link/..` for the folder of the link."""
    address = f"{real_place(store).as_uri()}?{mode}"
    return sqlite3.connect(address, uri=True, isolation_level=None, timeout=60)
