"""Work in a process of its own: requests go in, updates come out, and it can be ended at any time.

A thread would not do: numpy and scipy hold the interpreter for long enough to freeze the page.
"""

from __future__ import annotations

import atexit
import contextlib
import multiprocessing
import os
import signal
import threading
import traceback
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from nashbox.experiments.processes import safe_path, spawning
from nashbox.problem.errors import InputError, told

Send = Callable[[Any], None]
_alive: weakref.WeakSet[Worker] = weakref.WeakSet()


@dataclass(frozen=True)
class Trouble:
    """What went wrong, in the words of the command line."""

    message: str


@dataclass(frozen=True)
class Idle:
    """The request named is finished, well or not."""

    request: str


@dataclass(frozen=True)
class Ended:
    """The process ended although nobody asked it to."""

    code: int | None


class Worker:
    """A process that serves requests one after another.

    make: called in the process, a class or function that pickles; requests are method calls on what
    it returns, with `send` as the first argument. Where it has a method `spare(send)`, that is
    called while no request waits, until it returns False: nothing left to do. on_update: gets
    everything sent, Trouble, Idle and Ended, in a thread of its own. nice: how far it steps back
    where processors are scarce (Unix). once: a process serves one request and ends, as its memory
    is worth more than its start.
    """

    def __init__(
        self, make: Callable[[], Any], on_update: Send, nice: int = 0, *, once: bool = False
    ) -> None:
        self.make, self.on_update, self.nice, self.once = make, on_update, nice, once
        self._lock = threading.Lock()
        self._process: Any = None
        self._pipe: Connection | None = None
        self._closed = False
        _alive.add(self)

    def request(self, method: str, *arguments: Any) -> None:
        """Ask for a method call; the process is started if there is none. After `close` nothing."""
        with self._lock:
            if self._closed:
                return
            if self._pipe is None:
                self._start()
            assert self._pipe is not None  # noqa: S101 - just started
            with contextlib.suppress(BrokenPipeError):  # the listener reports the end
                self._pipe.send((method, arguments))

    def cancel(self) -> None:
        """End the process and all it has started; nothing more will come from it."""
        with self._lock:  # one that is being started is waited for
            process = self._process
        self._retire(process)

    def close(self) -> None:
        """Cancel for good: what others have sent may still be under way, and ask for more."""
        with self._lock:
            self._closed = True
        self.cancel()

    def _retire(self, process: Any) -> bool:
        """End a process, unless there is none or it is another's turn already."""
        with self._lock:
            if process is None or self._process is not process:
                return False
            self._process = self._pipe = None
        _end(process)
        return True

    @property
    def running(self) -> bool:
        """Whether there is a process."""
        return self._process is not None

    def _start(self) -> None:
        context = spawning(self.make)
        ours, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self.make, self.nice))
        with safe_path():
            self._process.start()
        theirs.close()
        self._pipe = ours
        listener = threading.Thread(target=self._listen, args=(self._process, ours), daemon=True)
        listener.start()

    def _listen(self, process: Any, pipe: Connection) -> None:
        while True:
            try:
                update = pipe.recv()
            except (EOFError, OSError):
                break
            if self._process is not process:  # cancelled: what was under way does not count
                return
            if self.once and isinstance(update, Idle) and not self._retire(process):
                return
            self.on_update(update)
        with self._lock:
            unasked = self._process is process
            if unasked:
                self._process = self._pipe = None
        if unasked:
            process.join(5)
            self.on_update(Ended(process.exitcode))


def _serve(pipe: Connection, make: Callable[[], Any], nice: int) -> None:
    """Answer requests until the page hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server alone answers an interruption
    if hasattr(os, "setsid"):
        os.setsid()  # a group of its own, which can be ended as a whole
        os.nice(nice)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    served: Any = None
    left = False
    while True:
        method, arguments = "spare", ()
        if not left or pipe.poll():
            try:
                method, arguments = pipe.recv()
            except (EOFError, OSError):
                return
        try:
            served = make() if served is None else served
            done = getattr(served, method)(pipe.send, *arguments)
            left = done if method == "spare" else hasattr(served, "spare")
        except Exception as error:
            left = left and method != "spare"
            pipe.send(Trouble(_words(error)))
        if method != "spare":
            pipe.send(Idle(method))


def _words(error: Exception) -> str:
    """What the command line would say; what it would not expect goes to standard error as well."""
    if isinstance(error, InputError):
        return " ".join(str(error).splitlines())
    if isinstance(error, MemoryError):
        return "not enough memory for this; choose fewer worlds or agents"
    traceback.print_exception(error)
    return told(error)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        _kill_group(os.getpid())


def _end(process: Any) -> None:
    _kill_group(process.pid)
    process.kill()  # where there are no groups, or it has not yet made its own
    process.join(5)


def _kill_group(pid: int) -> None:
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(pid, signal.SIGKILL)


def end_all() -> None:
    """End all processes, when the server stops."""
    for worker in list(_alive):
        worker.close()


atexit.register(end_all)
