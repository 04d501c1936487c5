"""One driver a store: a lock on a file beside it, which the system lets go when a driver dies."""

from __future__ import annotations

import fcntl
import os
import socket
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from nashbox.experiments.sweep.leftovers import beside
from nashbox.problem.errors import InputError

PATIENCE = 0.5  # seconds: somebody who only looks whether the lock is held holds it for a moment
FILE_ONLY = os.O_NOFOLLOW | os.O_NONBLOCK  # no link to what is not ours, no wait for a pipe


@contextmanager
def locked(store: Path) -> Iterator[None]:
    """Hold the store's lock. Raises InputError if another driver does."""
    path = beside(store, ".lock")
    try:
        handle = _acquired(path, store)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from error
    try:
        with suppress(OSError):  # a full disk: the lock holds without its words
            os.ftruncate(handle, 0)
            os.write(handle, f"process {os.getpid()} on {socket.gethostname()}\n".encode())
        yield
    finally:
        path.unlink(missing_ok=True)  # while the lock is held, so that nobody else's is removed
        os.close(handle)


def _acquired(path: Path, store: Path) -> int:
    end = time.monotonic() + PATIENCE
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | FILE_ONLY, 0o666)
        try:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise InputError(f"{path}: must be the lock of {store.name}, got no regular file")
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(handle).st_ino == path.stat().st_ino:
                return handle
        except BlockingIOError:
            if time.monotonic() > end:
                holder = os.read(handle, 200).decode(errors="replace").strip() or "another process"
                os.close(handle)
                raise InputError(
                    f"{store}: is being written by another sweep ({holder}); one driver a store: "
                    "wait for it, stop it, or name another store"
                ) from None
        except FileNotFoundError:  # its holder has just gone and taken it away
            pass
        except BaseException:
            os.close(handle)
            raise
        os.close(handle)
        time.sleep(0.02)


def is_driven(store: Path) -> bool:
    """Whether a driver works on the store right now."""
    try:
        handle = os.open(beside(store, ".lock"), os.O_RDONLY | FILE_ONLY)
    except OSError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return False
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
