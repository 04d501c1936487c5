"""Work whose cost nobody knows beforehand, done in a process that may be stopped."""

from __future__ import annotations

import os
import pickle
import resource
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


class TooMuchError(Exception):
    """The work took more than it was given."""


def bounded(work: Callable[[], T], seconds: int, room: int) -> T:
    """Return work(), done in a fork of this process within processor seconds and bytes.

    The answer, or the exception, has to be picklable. Raises TooMuchError.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer(work, writing, seconds, room)
    os.close(writing)
    watch = threading.Timer(4 * seconds, os.kill, (child, signal.SIGKILL))  # who sleeps for ever
    watch.start()
    try:
        with os.fdopen(reading, "rb") as stream:
            text = stream.read()
    finally:
        watch.cancel()
        os.waitpid(child, 0)
    if not text:
        raise TooMuchError(f"takes more than {seconds} s of computing or {room >> 20} MiB")
    good, value = pickle.loads(text)  # noqa: S301 - our own fork wrote it
    if not good:
        raise value
    answer: T = value
    return answer


def _answer(work: Callable[[], Any], writing: int, seconds: int, room: int) -> None:
    """Compute in the child, write the answer into the pipe, and be gone."""
    try:
        _limit(seconds, room)
        try:
            answer = pickle.dumps((True, work()))
        except MemoryError:
            os._exit(1)
        except Exception as error:
            answer = pickle.dumps((False, error))
        with os.fdopen(writing, "wb") as stream:
            stream.write(answer)
    finally:
        os._exit(0)


def _limit(seconds: int, room: int) -> None:
    """Let this process compute so much longer, and take so much more memory, and no more."""
    now = Path("/proc/self/statm")
    pages = int(now.read_text().split()[0]) if now.exists() else 0
    most = pages * os.sysconf("SC_PAGE_SIZE") + room
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))
    used = int(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))
    _, last = resource.getrlimit(resource.RLIMIT_CPU)
    end = used + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (end if last < 0 else min(end, last), last))
