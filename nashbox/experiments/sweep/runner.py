"""`run_cells`: compute what a store does not have yet, whatever happens on the way.

The driver (this process) alone writes. Every cell that comes back is written in a transaction of
its own before anything else; what was in flight when a driver died is computed again: at most
`AHEAD` groups a worker. So cells that take LONG or more travel alone, and shorter ones in groups
that last about GROUP seconds, which keeps all that a worker can lose below a tenth of a second.
"""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import BrokenExecutor, CancelledError, Future
from dataclasses import dataclass
from queue import Empty, SimpleQueue

from nashbox.experiments.processes import safe_path
from nashbox.experiments.sweep.cell import Cell
from nashbox.experiments.sweep.engines import Engine, check_engine
from nashbox.experiments.sweep.group import Done, StaleError, Task, run_group
from nashbox.experiments.sweep.interrupt import asked_to_stop
from nashbox.experiments.sweep.sources import sources
from nashbox.experiments.sweep.store import Store
from nashbox.problem.errors import InputError, told
from nashbox.problem.threads import one_thread_each

AHEAD = 2  # groups in flight per worker: one running, one waiting for it
LONG = 0.01  # seconds of a cell that travels alone
GROUP = 0.02  # seconds of a group
MOST = 200  # cells of a group
LOOK = 5.0  # seconds without news after which the workers are counted
ALONE = 1  # deaths a cell was near to after which it is tried again with nobody beside it
DIED = "WorkerDied: its worker died twice while it had this cell alone"
TRIES = 2  # deaths of a worker that had this cell alone, after which the cell is to blame


@dataclass(frozen=True)
class Tally:
    """How far a batch is.

    total: different cells. ok, failed: finished ones, in this run or before. found: those finished
    before. seconds: since this run began.
    """

    total: int
    ok: int
    failed: int
    found: int
    seconds: float

    @property
    def done(self) -> int:
        """Finished cells."""
        return self.ok + self.failed

    @property
    def left(self) -> int:
        """Cells still to be computed."""
        return self.total - self.done

    @property
    def rate(self) -> float:
        """Cells finished per second of this run."""
        return (self.done - self.found) / self.seconds if self.seconds > 0 else 0.0


Progress = Callable[[Tally], None]


def run_cells(
    cells: Iterable[Cell],
    store: Store,
    *,
    workers: int | None = None,
    engine: str = "local",
    progress: Progress | None = None,
    retry_failed: bool = False,
) -> Tally:
    """Compute all cells that `store` does not have; read them with `read_outcomes`.

    store: opened by `Store.to_write`. workers: processes (default: one per processor); Dask has its
    own. engine: "local", "dask://HOST:PORT" or "module:factory" of an executor. progress: called
    with a `Tally` now and then. retry_failed: compute failed cells again, too.

    A cell that raises, or whose worker dies twice while it has that cell alone, is a failed one;
    the rest goes on. Raises KeyboardInterrupt after SIGINT, SIGTERM or SIGHUP (what is finished is
    kept); InputError if the store cannot be written or the engine is lost.
    """
    unique = {cell.key: cell for cell in cells}
    standing = store.standing()
    if "damaged" in standing.values():
        store.unpack()
    kept = ("ok",) if retry_failed else ("ok", "failed")
    skip = {key: how for key, how in standing.items() if key in unique and how in kept}
    batch = _Batch(store, [c for key, c in unique.items() if key not in skip], progress)
    batch.count = Counter(skip.values())
    batch.total, batch.found = len(unique), len(skip)
    if batch.todo:
        begin = check_engine(engine)
        with safe_path(), one_thread_each(), asked_to_stop(batch.wake) as stopped:
            batch.engine = begin(workers, {cell.work for cell in batch.todo})
            finished = False
            try:
                batch.work(stopped)
                finished = True
            finally:
                batch.engine.stop(finished)
    return batch.tally()


def group_size(lately: Collection[float], left: int, workers: int) -> int:
    """Cells of the next group; lately: seconds of the last ones, the longest taken for all.

    >>> [group_size(lately, 10_000, 2) for lately in ([], [0.001], [0.001, 0.03])]
    [1, 20, 1]
    >>> group_size([0.001], 12, 2)
    3
    """
    longest = max(lately, default=LONG)
    if longest >= LONG:
        return 1
    fair = -(-left // (AHEAD * workers))
    return max(1, min(int(GROUP / max(longest, 1e-9)), MOST, fair))


class _Batch:
    """Cells on their way. Those in `suspects` were in flight when a worker died."""

    engine: Engine

    def __init__(self, store: Store, todo: list[Cell], progress: Progress | None) -> None:
        self.store, self.todo, self.progress = store, deque(todo), progress
        self.lately: deque[float] = deque(maxlen=64)  # seconds that cells took
        self.flying: dict[Future[list[Done]], list[Cell]] = {}
        self.suspects: deque[Cell] = deque()
        self.deaths: Counter[str] = Counter()  # by cell, somebody beside it or not
        self.alone: Counter[str] = Counter()  # by cell that had the engine for itself
        self.news: SimpleQueue[Future[list[Done]] | None] = SimpleQueue()
        self.count: Counter[str] = Counter()
        self.total = self.found = 0
        self.guarded = False  # whether what is in flight must stay alone
        self.expected = sources()
        self.start = time.monotonic()

    def wake(self) -> None:
        """Let `work` look up (safe in a signal handler)."""
        self.news.put(None)

    def tally(self) -> Tally:
        """How far we are."""
        seconds = time.monotonic() - self.start
        return Tally(self.total, self.count["ok"], self.count["failed"], self.found, seconds)

    def work(self, stopped: Callable[[], bool]) -> None:
        """Hand out and take in until nothing is left, or somebody asks to stop."""
        heard = time.monotonic()
        while True:
            if not stopped():
                self._hand_out()
            if self.progress is not None:
                self.progress(self.tally())
            if not self.flying or stopped():
                break
            try:
                self._take(self.news.get(timeout=1.0))
                heard = time.monotonic()
            except Empty:
                if time.monotonic() - heard > LOOK and not self.engine.whole:
                    self._renew([])
        while stopped():
            try:
                self._take(self.news.get_nowait())
            except Empty:
                break
        if stopped() and self.tally().left:
            raise KeyboardInterrupt

    def _hand_out(self) -> None:
        """Keep `AHEAD` groups per worker in flight; a cell under suspicion goes by itself."""
        workers = self.engine.workers
        if self.guarded and self.flying:
            return
        self.guarded = False
        while len(self.flying) < AHEAD * workers and (self.suspects or self.todo):
            if self.suspects:
                careful = self.deaths[self.suspects[0].key] > ALONE
                if careful and self.flying:
                    return
                self.guarded = careful
                self._send([self.suspects.popleft()])
                if careful:
                    return
            else:
                size = group_size(self.lately, len(self.todo), workers)
                self._send([self.todo.popleft() for _ in range(size)])

    def _send(self, group: list[Cell]) -> None:
        self.store.begin(group)
        tasks = [Task(cell.key, cell.work, cell.arguments) for cell in group]
        try:
            future = self.engine.executor.submit(run_group, tasks, self.expected, GROUP)
        except BrokenExecutor:
            self._renew(group)
            return
        self.flying[future] = group
        future.add_done_callback(self.news.put)

    def _take(self, future: Future[list[Done]] | None) -> None:
        group = self.flying.pop(future, None) if future is not None else None
        if future is None or group is None:  # a wake-up, or a group of a pool that is gone
            return
        try:
            done = future.result()
        except StaleError:
            raise
        except BrokenExecutor:
            self._renew(group)
        except CancelledError:
            raise InputError(
                "the engine dropped what it was given; is its scheduler gone? The same command "
                "goes on from there"
            ) from None
        except Exception as error:
            self._mishap(group, error)
        else:
            for cell, answer in zip(group, done, strict=False):
                self._finish(cell, answer)
                self.lately.append(answer.seconds)
            self.todo.extendleft(reversed(group[len(done) :]))

    def _finish(self, cell: Cell, answer: Done) -> None:
        self.store.finish(cell, answer)
        self.count[answer.status] += 1

    def _renew(self, group: list[Cell]) -> None:
        """The pool is broken: take in what came back before, suspect the rest, go on with another.

        Nobody says which cell killed its worker, so all in flight are tried again, at last alone.
        """
        groups = [group]
        for future, others in list(self.flying.items()):
            if future.done() and not future.cancelled() and future.exception() is None:
                self._take(future)
            else:
                del self.flying[future]
                groups.append(others)
        lost = [cell for one in groups for cell in one]
        self.engine.renew()
        self._suspect(lost)

    def _mishap(self, group: list[Cell], error: Exception) -> None:
        """An engine that goes on told of a group that did not come back."""
        if type(error).__name__ == "KilledWorker":  # Dask's word for workers that died of it
            self._suspect(group)
            return
        self.deaths.update(cell.key for cell in group)
        if any(self.deaths[cell.key] > TRIES for cell in group):
            raise InputError(f"the engine cannot compute: {told(error)}") from error
        self.suspects.extend(group)

    def _suspect(self, lost: list[Cell]) -> None:
        by_itself = len(lost) == 1 and not self.flying
        for cell in lost:
            careful = by_itself and self.deaths[cell.key] > ALONE
            self.deaths[cell.key] += 1
            self.alone[cell.key] += careful
            if self.alone[cell.key] >= TRIES:
                self._finish(cell, Done(cell.key, "failed", None, DIED, None, 0.0, ""))
            else:
                self.suspects.append(cell)
