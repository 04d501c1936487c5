"""The end of a process in which a plug-in has left threads running."""

from __future__ import annotations

import atexit
import os
import sys
import threading
import time

PATIENCE = 1.0  # seconds for threads to end by themselves
POOLS = ("concurrent.", "multiprocessing.")  # whose threads Python ends in its own way


def end_with_threads(code: int) -> None:
    """End the process now if threads are left that Python would wait for, maybe for ever."""
    end = time.monotonic() + PATIENCE
    for thread in _left():
        thread.join(max(0.0, end - time.monotonic()))
    left = len(_left())
    if not left:
        return
    if code in (0, 1):  # else one line has been said already, and that is what counts
        threads = "a thread" if left == 1 else f"{left} threads"
        print(f"nashbox: ended {threads} that a plug-in has left running", file=sys.stderr)
    atexit._run_exitfuncs()  # temporary folders and the like
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def _left() -> list[threading.Thread]:
    """Threads that keep the process alive, but for those of pools."""
    return [
        thread
        for thread in threading.enumerate()
        if thread is not threading.main_thread() and not thread.daemon and not _pooled(thread)
    ]


def _pooled(thread: threading.Thread) -> bool:
    target = getattr(thread, "_target", None)
    places = (type(thread).__module__, getattr(target, "__module__", None) or "")
    return any(place.startswith(POOLS) for place in places)
