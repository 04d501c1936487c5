"""Ctrl-C, politely: the first one asks, a second one insists."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def asked_to_stop(wake: Callable[[], None]) -> Iterator[Callable[[], bool]]:
    """Yield a function that says whether SIGINT, SIGTERM or SIGHUP came; each calls `wake`.

    A second signal raises KeyboardInterrupt where the program stands. Outside the main thread, and
    for signals that are ignored (nohup), nothing is changed.
    """
    asked: list[int] = []

    def answer(number: int, frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        wake()

    before: dict[signal.Signals, Any] = {}
    try:
        for name in SIGNALS:
            if signal.getsignal(name) != signal.SIG_IGN:
                before[name] = signal.signal(name, answer)
    except ValueError:  # not the main thread, which alone is told of signals
        pass
    try:
        yield lambda: bool(asked)
    finally:
        for name, handler in before.items():
            signal.signal(name, handler)


@contextmanager
def as_ctrl_c() -> Iterator[None]:
    """Let SIGTERM do inside what Ctrl-C does, also while nothing is computed yet."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
