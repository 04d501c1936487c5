"""Files that a user names, read within bounds: nothing endless, nothing that waits for ever."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from nashbox.problem.errors import InputError

MOST = 256 * 2**20  # bytes of a file


def read_bytes(path: str | Path, shown: str, *, pipes: bool = False) -> bytes:
    """Contents of a regular file; with `pipes` also of a pipe, which is read to its end.

    Raises InputError naming `shown` for what is missing, no file, or longer than `MOST`.
    """
    try:
        with open(path, "rb", opener=_without_waiting if not pipes else None) as stream:
            mode = os.fstat(stream.fileno()).st_mode
            if stat.S_ISDIR(mode):
                raise InputError(f"{shown}: cannot be read: Is a directory")
            if not (stat.S_ISREG(mode) or (pipes and stat.S_ISFIFO(mode))):
                raise InputError(f"{shown}: cannot be read: it is no regular file")
            content = stream.read(MOST + 1)
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"{shown}: cannot be read: {error.strerror}") from error
    except ValueError as error:  # a name that no file can have
        raise InputError(f"{shown!r} cannot be read: {error}") from error
    if len(content) > MOST:
        raise InputError(f"{shown}: must be at most {MOST >> 20} MiB long, got more")
    return content


def _without_waiting(path: str, flags: int) -> int:
    """Open without waiting for somebody who writes into a pipe."""
    return os.open(path, flags | os.O_NONBLOCK)
