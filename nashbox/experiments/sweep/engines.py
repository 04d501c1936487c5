"""Where cells are computed: anything that is a `concurrent.futures.Executor`.

local: processes of this machine, started by spawn, linear algebra on one thread each.
dask://HOST:PORT: the workers of a Dask cluster. module:factory: whatever the function returns.
"""

from __future__ import annotations

import importlib
import logging
import multiprocessing
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from contextlib import suppress
from multiprocessing.connection import wait
from typing import Any

from nashbox.experiments.processes import spawning
from nashbox.experiments.sweep.cell import SweepWarning
from nashbox.experiments.sweep.interrupt import SIGNALS
from nashbox.problem.errors import InputError, brief, told

PATIENCE = "10s"  # for an answer of a Dask scheduler
LOGS = ("distributed", "tornado", "asyncio")  # say at length what we say in a line
FRESH = 2.0  # seconds for which the number of Dask's workers is taken to be what it was


class Engine:
    """An executor that can be made anew when it breaks."""

    executor: Executor
    count = 1

    @property
    def workers(self) -> int:
        """How many cells run at once."""
        return self.count

    def renew(self) -> None:
        """Replace a broken executor."""
        raise InputError("the engine has lost its workers; start the same command again")

    def stop(self, finished: bool) -> None:
        """Let the workers go; unless all is finished, at once and whatever they are doing."""
        try:
            self.executor.shutdown(wait=finished, cancel_futures=not finished)
        except TypeError:  # not every executor knows how to cancel
            self.executor.shutdown(wait=finished)

    @property
    def whole(self) -> bool:
        """Whether no worker has died unnoticed."""
        return True


class Local(Engine):
    """Processes of this machine."""

    def __init__(self, workers: int | None, asked: Collection[Any] = ()) -> None:
        """Start the first worker: if that fails, so would all. asked: functions they will call."""
        self.count = workers or usable_processors()
        self.context = spawning(*asked)
        self._start()
        try:
            self.executor.submit(os.getpid).result()
        except BrokenExecutor as error:
            raise InputError(
                "the workers of the engine 'local' die at their start (see above); a script that "
                'starts a batch must do so under if __name__ == "__main__":'
            ) from error

    def _start(self) -> None:
        self.executor = ProcessPoolExecutor(self.count, self.context, initializer=_begin_worker)
        _quiet(getattr(self.executor, "_call_queue", None))

    def renew(self) -> None:
        """Start other processes."""
        self._kill()
        self._start()

    def stop(self, finished: bool) -> None:
        """Kill: a worker has nothing to lose, and nobody waits for it."""
        if finished and self.whole:
            self.executor.shutdown()
        else:
            self._kill()

    def _kill(self) -> None:
        """Kill first: an executor that lost a worker waits for others, which leave SIGTERM alone.

        From Python 3.12 on it holds the lock meanwhile that `shutdown` needs.
        """
        for process in self._processes().values():
            process.kill()
        self.executor.shutdown(wait=False, cancel_futures=True)

    def _processes(self) -> Mapping[int, Any]:
        return dict(getattr(self.executor, "_processes", None) or {})

    @property
    def whole(self) -> bool:
        """Whether all processes live."""
        return all(process.is_alive() for process in self._processes().values())


def _quiet(queue: Any) -> None:
    """Have no traceback printed where the last word to killed workers finds their pipe closed."""
    told = getattr(queue, "_on_queue_feeder_error", None)
    if told is not None:
        queue._on_queue_feeder_error = lambda error, item: item is None or told(error, item)


def _begin_worker() -> None:
    """Leave Ctrl-C to the driver, its standard output too, and do not outlive it."""
    for name in SIGNALS:  # not SIG_IGN, which programs that a cell starts would inherit
        signal.signal(name, lambda number, frame: None)
    os.dup2(sys.stderr.fileno() if sys.stderr else 2, 1)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_die_with, args=(parent.sentinel,), daemon=True).start()


def _die_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)


class Dask(Engine):
    """The workers of a Dask cluster, as many as it has at the time."""

    def __init__(self, address: str) -> None:
        """Connect to the scheduler."""
        try:
            client: Any = importlib.import_module("distributed").Client  # which has no types
        except ImportError:
            raise InputError("the engine dask:// needs Dask: pip install 'nashbox[dask]'") from None
        self._name, self._said = f"dask://{address}", False
        self._levels = {log: log.level for log in _logs()}
        for log in self._levels:
            log.setLevel(logging.CRITICAL + 1)
        try:
            self._client = client(f"tcp://{address}", timeout=PATIENCE)
        except (OSError, ValueError) as error:
            self._let_speak()
            raise InputError(f"{self._name}: no scheduler answers there: {error}") from error
        self.executor = self._client.get_executor(pure=False)
        self._counted = -FRESH

    @property
    def workers(self) -> int:
        """Threads of all workers."""
        if time.monotonic() - self._counted > FRESH:
            self._counted = time.monotonic()
            found = sum(self._client.nthreads().values())
            if not found and not self._said:
                self._said = True
                warnings.warn(
                    f"{self._name}: has no workers; cells wait until there are some (Ctrl-C ends "
                    "it, and what is finished is kept)",
                    SweepWarning,
                    stacklevel=2,
                )
            self.count = max(1, found)
        return self.count

    def stop(self, finished: bool) -> None:
        """Say goodbye: what has not begun is dropped, what runs ends and is not looked at."""
        try:
            with suppress(Exception):  # a scheduler that is gone hears no goodbye
                super().stop(finished)
                self._client.close(timeout=5)
        finally:
            self._let_speak()

    def _let_speak(self) -> None:
        for log, level in self._levels.items():
            log.setLevel(level)


def _logs() -> list[logging.Logger]:
    """Every logger of Dask and what it stands on: each has a level and a handler of its own."""
    known = [name for name in logging.root.manager.loggerDict if name.split(".")[0] in LOGS]
    return [logging.getLogger(name) for name in {*known, *LOGS}]


class Factory(Engine):
    """An executor from a function of the user's, called without arguments."""

    def __init__(self, name: str, make: Callable[[], Executor], workers: int | None) -> None:
        """Call the factory."""
        self._name, self._make, self._given = name, make, workers
        self._start()

    def _start(self) -> None:
        try:
            self.executor = self._make()
        except Exception as error:
            raise InputError(f"engine: {self._name}: raised {told(error)}") from error
        if not isinstance(self.executor, Executor):
            raise InputError(
                f"engine: {self._name}: must return a concurrent.futures.Executor, "
                f"got {brief(self.executor)}"
            )
        size = getattr(self.executor, "_max_workers", None)
        self.count = self._given or (size if isinstance(size, int) else usable_processors())

    def renew(self) -> None:
        """Ask for another one."""
        super().stop(finished=False)
        self._start()


def _found(name: str) -> Any:
    module, _, attribute = name.partition(":")
    sys.path.insert(0, os.getcwd())  # a module beside the sweep, as `python -m` would find it
    try:
        found = getattr(importlib.import_module(module), attribute, None)
    except Exception as error:
        raise InputError(f"engine: {name}: {module} fails to import: {told(error)}") from error
    finally:
        sys.path.remove(os.getcwd())
    if not callable(found):
        raise InputError(f"engine: {name}: {module} has no function {attribute!r}")
    return found


def usable_processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_engine(name: str) -> Callable[[int | None, Collection[Any]], Engine]:
    """What opens an engine, from the number of workers and the functions these will call.

    Raises InputError for a name that no engine can have, and says what is allowed.
    """
    if not isinstance(name, str):
        raise InputError(f"engine must be a text, got {brief(name)}")
    if name == "local":
        return Local
    scheme, _, address = name.partition("://")
    if scheme == "dask" and all(address.rpartition(":")):
        return lambda workers, asked: Dask(address)
    if ":" not in name or "/" in name or not all(name.partition(":")):
        raise InputError(
            f"engine must be local, dask://HOST:PORT or module:factory, got {brief(name)}"
        )
    make = _found(name)
    return lambda workers, asked: Factory(name, make, workers)
