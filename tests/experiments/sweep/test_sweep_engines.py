"""The same bits from every engine: processes, threads, a Dask cluster that loses a worker."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from sweep_jobs import difference, gone, log, start, traced, wait_for, whole_rows, write_sweep

from nashbox.experiments.sweep import Cell, Store, run_cells, sweep
from nashbox.experiments.sweep.expand import expand
from nashbox.experiments.sweep.reading import read_sweep
from nashbox.problem.errors import InputError

HERE = Path(__file__).parent


def cells(count, seconds=0.0):
    work = "sweep_work:linear_algebra"
    return [Cell({"i": i}, work, {"i": i, "seconds": seconds}) for i in range(count)]


def filled(path, batch, **options):
    with Store.to_write(path) as store:
        tally = run_cells(batch, store, **options)
    assert tally.ok == tally.total == len(batch)
    return path


def threads():
    return ThreadPoolExecutor(2)


class Backwards(Executor):
    """Computes in the driver, and answers in another order than it was asked."""

    _max_workers = 3

    def __init__(self):
        self.waiting, self.timer = [], None

    def submit(self, function, *arguments, **named):
        future = Future()
        self.waiting.append((future, function, arguments, named))
        if self.timer is None:
            self.timer = threading.Timer(0.02, self.answer)
            self.timer.start()
        return future

    def answer(self):
        asked, self.waiting, self.timer = self.waiting, [], None
        for future, function, arguments, named in reversed(asked):
            future.set_result(function(*arguments, **named))


class KilledWorker(Exception):  # noqa: N818
    """What Dask says of a task whose workers died."""


class Deadly(Executor):
    """Cells 3 and 5 kill the worker that has them; groups beside them fail the same way."""

    _max_workers = 2

    def __init__(self):
        self.asked = []

    def submit(self, function, tasks, *arguments):
        future = Future()
        self.asked.append((future, tasks))
        threading.Timer(0.01, self.answer, (function, *arguments)).start()
        return future

    def answer(self, function, *arguments):
        asked, self.asked = self.asked, []
        deadly = {task.arguments["i"] for _, tasks in asked for task in tasks} & {3, 5}
        for future, tasks in asked:
            if deadly:
                future.set_exception(KilledWorker("its address"))
            else:
                future.set_result(function(tasks, *arguments))


def test_workers_of_a_cluster_that_die_of_a_cell(tmp_path):
    batch = cells(12)
    with Store.to_write(tmp_path / "s") as store:
        tally = run_cells(batch, store, engine="test_sweep_engines:Deadly")
        failures = {
            outcome.key: outcome.error for outcome in store.outcomes() if outcome.status == "failed"
        }
    assert (tally.ok, tally.failed) == (10, 2)
    died = "WorkerDied: its worker died twice while it had this cell alone"
    assert failures == {batch[3].key: died, batch[5].key: died}


@pytest.mark.slow
def test_any_number_of_workers_any_engine_any_order(tmp_path):
    one = filled(tmp_path / "one", cells(24), workers=1)
    for name, options in {
        "two": {"workers": 2},
        "four": {"workers": 4},
        "backwards": {"engine": "test_sweep_engines:Backwards"},
    }.items():
        assert difference(one, filled(tmp_path / name, cells(24)[::-1], **options)) is None, name


def test_threads_wait_for_a_plugin_that_another_one_loads(tmp_path):
    source = "import time\ntime.sleep(0.2)\ndef job(problem, seed):\n    return {'x': 1}\n"
    file = write_sweep(tmp_path, source=source, seeds="8")
    expanded = expand(read_sweep(file))
    for name in [name for name in sys.modules if name.startswith("nashbox_plugin_jobs")]:
        del sys.modules[name]  # as in a fresh worker
    filled(tmp_path / "s", expanded.cells, engine="test_sweep_engines:threads")


def test_workers_do_linear_algebra_on_one_thread(tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    with Store.to_write(tmp_path / "s") as store:
        run_cells([Cell({}, "sweep_work:threads", {"i": 0})], store, workers=1)
        (outcome,) = store.outcomes()
    assert outcome.payload == {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    assert os.environ["OMP_NUM_THREADS"] == "7"


@pytest.mark.parametrize(
    ("engine", "words"),
    [
        ("lokal", "engine must be local, dask://HOST:PORT or module:factory, got 'lokal'"),
        ("dask://", "engine must be local"),
        ("dask://127.0.0.1:1", "dask://127.0.0.1:1: no scheduler answers there"),
        ("no_such_module:pool", "no_such_module fails to import: ModuleNotFoundError"),
        ("test_sweep_engines:nothing", "test_sweep_engines has no function 'nothing'"),
        ("os:getcwd", "must return a concurrent.futures.Executor, got '/"),
        ("math:sqrt", "raised TypeError"),
    ],
)
def test_bad_engines(tmp_path, engine, words, monkeypatch):
    from nashbox.experiments.sweep import engines

    monkeypatch.setattr(engines, "PATIENCE", "1s")
    with pytest.raises(InputError) as error, Store.to_write(tmp_path / "s") as store:
        run_cells(cells(1), store, engine=engine)
    assert words in str(error.value)


def test_an_engine_that_cannot_compute_is_not_the_cells_fault(tmp_path, monkeypatch):
    from nashbox.experiments.sweep import runner

    def broken(*arguments):
        raise ImportError("no nashbox here")

    monkeypatch.setattr(runner, "run_group", broken)
    with pytest.raises(InputError, match="cannot compute: ImportError: no nashbox here"):
        filled(tmp_path / "s", cells(3), engine="test_sweep_engines:threads")
    with Store.to_read(tmp_path / "s") as store:
        assert whole_rows(store) == {}


def test_a_worker_with_other_sources_is_refused(tmp_path, monkeypatch):
    from nashbox.experiments.sweep import runner

    monkeypatch.setattr(runner, "sources", lambda: "0" * 64)
    with pytest.raises(InputError, match="must have the nashbox of the driver"):
        filled(tmp_path / "s", cells(3), workers=1)


@contextlib.contextmanager
def cluster(folder, workers):
    """A scheduler and workers on the loopback address; address and processes, workers last."""
    pytest.importorskip("distributed", reason="needs Dask, which the extra `dev` installs")
    paths = os.pathsep.join([*(p for p in sys.path if p), str(HERE)])
    environment = {**os.environ, "PYTHONPATH": paths}
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        environment.pop(name, None)
    file = folder / "scheduler.json"
    base = [sys.executable, "-m", "dask"]
    options = {"env": environment, "cwd": folder, "stderr": subprocess.DEVNULL}
    where = ["--host", "127.0.0.1", "--no-dashboard"]
    started = []
    try:
        line = [*base, "scheduler", *where, "--port", "0", "--scheduler-file", str(file)]
        started.append(subprocess.Popen(line, **options))
        line = [*base, "worker", *where, "--scheduler-file", str(file), "--nthreads", "1"]
        line += ["--no-nanny", "--local-directory", str(folder)]
        started += [subprocess.Popen(line, **options) for _ in range(workers)]
        wait_for(lambda: file.exists() and file.read_text().rstrip().endswith("}"))  # all of it
        address = json.loads(file.read_text())["address"].removeprefix("tcp://")
        from distributed import Client

        with Client(f"tcp://{address}", timeout="60s") as client:
            client.wait_for_workers(workers, timeout=60)
        yield f"dask://{address}", started
    finally:
        for process in started:
            process.kill()
            process.wait()


@pytest.mark.slow
def test_a_dask_cluster_that_loses_a_worker(tmp_path):
    batch = cells(80, seconds=0.02)
    here = filled(tmp_path / "here", batch, workers=2)
    with cluster(tmp_path, 2) as (address, (_, first, second)):

        def kill_half_way(tally):
            if tally.done >= 40 and first.poll() is None:
                first.kill()
                first.wait()

        there = filled(tmp_path / "there", batch, engine=address, progress=kill_half_way)
        assert gone(first.pid) and not gone(second.pid)
        assert difference(here, there) is None
        file = write_sweep(
            tmp_path / "sweep", source="def job(problem, seed):\n    return {'x': seed / 3}\n"
        )
        assert sweep(file, engine=address).ok == 6
    with pytest.raises(InputError, match="no scheduler answers there"):
        filled(tmp_path / "gone", batch, engine=address)


@pytest.mark.slow
@pytest.mark.parametrize("who", ["scheduler", "workers"])
def test_a_dask_cluster_that_goes_away_is_said_in_our_words(tmp_path, who):
    traced(tmp_path, 0.1, 20)
    with cluster(tmp_path, 2) as (address, (scheduler, *workers)):
        driver = start(tmp_path, "--engine", address)
        wait_for(lambda: len(log(tmp_path)) > 6)
        for process in workers if who == "workers" else [scheduler]:
            process.kill()
        if who == "workers":
            lines = iter(driver.stderr.readline, "")
            said = next(line for line in lines if "remaining" not in line)
            assert said.startswith(f"nashbox: {address}: has no workers")
            driver.send_signal(signal.SIGINT)
        out, err = driver.communicate(timeout=60)
    *others, last = err.splitlines()
    assert all(line.startswith("nashbox: ") for line in others) and len(others) < 5
    code, words = (130, "interrupted") if who == "workers" else (2, "is its scheduler gone?")
    assert (driver.returncode, out) == (code, "") and words in last
    assert sweep(tmp_path / "s.toml", workers=2).ok == 40
