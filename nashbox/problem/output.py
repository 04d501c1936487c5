"""Standard output, which a plug-in may close and a reader may leave."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

OUTPUT = 1  # the file descriptor of standard output
_copies: list[int] = []  # file descriptors of what it was when a command began


@contextmanager
def output_kept() -> Iterator[None]:
    """Remember within what standard output is, and put it back if a plug-in has closed it."""
    try:
        copy = os.dup(OUTPUT)
    except OSError:  # it was closed when we were called
        yield
        return
    _copies.append(copy)
    try:
        yield
    finally:
        if is_closed():
            os.dup2(copy, OUTPUT)
        _copies.remove(copy)
        os.close(copy)


def is_closed() -> bool:
    """Whether standard output is no longer what it was when the command began."""
    if not _copies:
        return False
    try:
        return not os.path.sameopenfile(_copies[-1], OUTPUT)
    except OSError:
        return True


def drop_output(stream: IO[str] | None = None) -> None:
    """Let what is still to be printed on `stream` go nowhere: its reader has read enough.

    stream: standard output unless given.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    with suppress(OSError, AttributeError):  # a stream of a program that calls us is no file
        number = (stream or sys.stdout).fileno()
        for place in (number, *(_copies if number == OUTPUT else ())):
            os.dup2(nowhere, place)
    os.close(nowhere)
