"""Independent jobs in several processes, interrupted without waiting for answers nobody reads."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Any, TypeVar

T = TypeVar("T")


def _leave_ctrl_c() -> None:
    """Let the parent alone answer an interruption."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def answers(
    work: Callable[..., T], jobs: Sequence[tuple[Any, ...]], workers: int
) -> Iterator[tuple[int, T]]:
    """Yield (number of the job, work(*job)) as they are done; one worker is this process."""
    if workers == 1:
        for i, job in enumerate(jobs):
            yield i, work(*job)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context, initializer=_leave_ctrl_c) as pool:
        futures = {pool.submit(work, *job): i for i, job in enumerate(jobs)}
        try:
            for future in as_completed(futures):
                yield futures[future], future.result()
        except BaseException:
            children = multiprocessing.active_children()
            pool.shutdown(wait=False, cancel_futures=True)
            for process in children:
                process.terminate()
            raise
