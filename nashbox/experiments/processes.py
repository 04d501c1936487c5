"""Work spread over processes: answers come in the order of the jobs, whatever the workers."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing.context import SpawnContext, SpawnProcess
from types import ModuleType
from typing import Any, ClassVar, TypeVar

from nashbox.problem.errors import InputError, plugins_told
from nashbox.problem.ticker import Ticker

T = TypeVar("T")
SAFE = "PYTHONSAFEPATH"
WORTH_A_PROCESS = 1_000_000  # worlds in all, below which starting processes costs more


def default_workers(worlds: int, jobs: int) -> int:
    """As many processes as pay for `worlds` worlds in `jobs` jobs."""
    return 1 if worlds < WORTH_A_PROCESS else min(os.cpu_count() or 1, jobs)


def in_order(
    work: Callable[..., T],
    jobs: Sequence[tuple[Any, ...]],
    workers: int,
    progress: Ticker | None,
) -> list[T]:
    """Return work(*job) for every job; `progress` hears (done, total) after each of them."""
    found: dict[int, T] = {}
    for i, answer in answers(work, jobs, workers):
        found[i] = answer
        if progress is not None:
            progress(len(found), len(jobs))
    return [found[i] for i in range(len(jobs))]


class _Safe:
    """Who is inside of `safe_path`, in all threads, and what was set before the first."""

    def __init__(self) -> None:
        self.lock, self.inside = threading.Lock(), 0
        self.before: str | None = None


_SAFE = _Safe()


@contextmanager
def safe_path() -> Iterator[None]:
    """Let processes started inside import nothing from the current folder before their path is set.

    A file pickle.py there would be executed by every worker.
    """
    with _SAFE.lock:
        if not _SAFE.inside:
            _SAFE.before = os.environ.get(SAFE)
            os.environ[SAFE] = "1"
        _SAFE.inside += 1
    try:
        yield
    finally:
        with _SAFE.lock:
            _SAFE.inside -= 1
            if _SAFE.inside:  # another thread goes on starting processes
                pass
            elif _SAFE.before is None:
                os.environ.pop(SAFE, None)
            else:
                os.environ[SAFE] = _SAFE.before


_STARTING = threading.Lock()  # two threads at once would take each other's module for the script


class _WithoutScript(SpawnProcess):
    """A process that does not execute the script that started it."""

    def start(self) -> None:
        """Start while a module without a file stands for the script."""
        with _STARTING:
            script = sys.modules["__main__"]
            sys.modules["__main__"] = ModuleType("__main__")
            try:
                super().start()
            finally:
                sys.modules["__main__"] = script


class _Context(SpawnContext):
    Process: ClassVar = _WithoutScript


def spawning(*things: Any) -> SpawnContext:
    """A context for processes, which execute the script that runs only if it defines `things`.

    A script need not begin with ``if __name__ == "__main__":`` then. things: picklable, what the
    processes are asked to do.
    """
    if b"__main__" in pickle.dumps(things):
        return multiprocessing.get_context("spawn")
    return _Context()


def _leave_ctrl_c() -> None:
    """Let the parent alone answer an interruption."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _told(work: Callable[..., T], *job: Any) -> T:
    """Do a job; where an error in a user's class arose is lost on the way to the parent."""
    with plugins_told():
        return work(*job)


def answers(
    work: Callable[..., T], jobs: Sequence[tuple[Any, ...]], workers: int
) -> Iterator[tuple[int, T]]:
    """Yield (number of the job, work(*job)) as they are done; one worker is this process."""
    if workers == 1:
        for i, job in enumerate(jobs):
            yield i, work(*job)
        return
    context = spawning(work, jobs)
    with (
        safe_path(),
        ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_ctrl_c) as pool,
    ):
        futures = {pool.submit(_told, work, *job): i for i, job in enumerate(jobs)}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        except BrokenExecutor as error:
            raise InputError(
                "a worker process died: it was killed, or memory ran out; the same command with "
                "fewer --workers needs less"
            ) from error
        except BaseException:
            children = multiprocessing.active_children()
            pool.shutdown(wait=False, cancel_futures=True)
            for process in children:  # nobody waits for answers that nobody reads
                process.terminate()
            raise
