"""Cells that raise, return NaN, kill their worker or last too long: all are accounted for."""

import math
import signal
import threading
import time
from concurrent.futures import BrokenExecutor

import pandas as pd
import pytest
from sweep_jobs import HERE, gone, log, start, traced, wait_for, write_sweep

from nashbox.experiments.sweep import Cell, Store, load, read_outcomes, run_cells, sweep
from nashbox.experiments.sweep.engines import Local
from nashbox.problem.errors import InputError

MIXED = """
import os, time
from pathlib import Path

def job(problem, seed):
    kind = seed % 3
    if kind == 0:
        raise ValueError(f"seed {seed} of {object()} is bad")
    if kind == 1:
        return {"value": float("nan"), "other": float("-inf"), "none": None}
    with (Path(__file__).parent / "log").open("a") as stream:
        stream.write(f"{os.getpid()} {seed}\\n")
    time.sleep(LONG)
    return {"value": 2.0, "other": float("inf"), "none": 1}
"""


@pytest.mark.slow
def test_raising_nan_and_a_minute_interrupted(tmp_path):
    order = [*range(0, 30, 3), *range(1, 30, 3), *range(2, 30, 3)]  # the long ones last
    source = MIXED.replace("LONG", "0 if (Path(__file__).parent / 'quick').exists() else 60")
    write_sweep(tmp_path, source=source, seeds=str(order), grid="sigma = [5.0]")
    driver = start(tmp_path, "--export", "partial.csv")
    wait_for(lambda: len(log(tmp_path)) == 2)
    asked = time.monotonic()
    driver.send_signal(signal.SIGINT)
    out, err = driver.communicate()
    assert time.monotonic() - asked < 10 and driver.returncode == 130
    *pace, last = err.splitlines()  # a line of progress now and then
    assert (out, last) == ("", "nashbox: interrupted")
    assert all(" of 30 cells" in line for line in pace)
    wait_for(lambda: all(gone(worker) for worker, _ in log(tmp_path)), 10)
    frame = load(tmp_path / "s.sqlite")
    assert frame["iteration"].tolist() == order
    assert frame["status"].tolist() == ["failed"] * 20 + ["interrupted"] * 10
    assert set(frame["error"][10:20]) == {"NaN: no number for value"}
    assert frame["error"][:10].tolist() == [
        f"ValueError: seed {seed} of <object object at 0x...> is bad (jobs.py, line 8: job)"
        for seed in order[:10]
    ]
    assert (frame["other"][10:20] == -math.inf).all() and frame["value"].isna().all()
    began = frame["error"][20:].str.contains("while it ran")
    assert 2 <= began.sum() <= 4 and began[:2].all()
    written = pd.read_csv(tmp_path / "partial.csv")
    assert written["status"].tolist() == frame["status"].tolist()

    (tmp_path / "quick").touch()
    report = sweep(tmp_path / "s.toml", workers=2)
    assert (report.ok, report.failed, report.left) == (10, 20, 0)
    assert report.errors[0] == {"error": "NaN: no number for value", "cells": 10}
    assert report.errors[1]["cells"] == 1 and "ValueError" in report.errors[1]["error"]
    frame = load(tmp_path / "s.sqlite")
    assert (frame["other"][20:] == math.inf).all() and (frame["value"][20:] == 2.0).all()
    with Store.to_read(tmp_path / "s.sqlite") as store:
        traces = [o.traceback for o in store.outcomes() if o.traceback is not None]
    assert len(traces) == 10
    assert all("jobs.py" in trace and "group.py" not in trace for trace in traces)


@pytest.mark.slow
@pytest.mark.sparse(1)
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_other_ways_to_ask(tmp_path, name):
    traced(tmp_path, 0.05, 200)
    driver = start(tmp_path)
    wait_for(lambda: len(log(tmp_path)) > 4)
    driver.send_signal(getattr(signal, name))
    assert driver.wait(20) == 130
    kept = (load(tmp_path / "s.sqlite")["status"] == "ok").sum()
    assert 0 < kept < 400 and kept >= len(log(tmp_path)) - 4


def numbers(count, work, **arguments):
    return [Cell({"i": i, "work": work}, work, {"i": i, **arguments}) for i in range(count)]


def test_a_cell_that_kills_its_worker_fails_and_the_rest_goes_on(tmp_path):
    cells = numbers(12, "sweep_work:kill_at", fatal=[3, 4])
    with Store.to_write(tmp_path / "s.sqlite") as store:
        tally = run_cells(cells, store, workers=2)
    assert (tally.ok, tally.failed) == (10, 2)
    found = read_outcomes(tmp_path / "s.sqlite", cells)
    for i, cell in enumerate(cells):
        outcome = found[cell.key]
        if i in (3, 4):
            assert outcome.status == "failed" and outcome.error.startswith("WorkerDied: ")
        else:
            assert (outcome.status, outcome.payload) == ("ok", i)


@pytest.mark.slow
def test_the_others_of_an_engine_that_lost_a_worker_are_let_go():
    """They leave SIGTERM alone, with which executors end them: unless killed, for a minute."""
    engine = Local(2)
    for started in [engine.executor.submit(time.sleep, 4) for _ in range(2)]:
        started.result(60)
    sleeping = [engine.executor.submit(time.sleep, 60) for _ in range(2)]
    wait_for(lambda: all(future.running() for future in sleeping), 20)
    time.sleep(0.5)
    next(iter(engine._processes().values())).kill()
    with pytest.raises(BrokenExecutor):
        sleeping[0].result(20)
    renewing = threading.Thread(target=engine.renew, daemon=True)
    renewing.start()
    renewing.join(20)
    assert not renewing.is_alive()
    engine.stop(finished=True)


def test_a_worker_that_dies_once_costs_nothing(tmp_path):
    cells = numbers(12, "sweep_work:kill_once", trace=str(tmp_path / "died"))
    with Store.to_write(tmp_path / "s.sqlite") as store:
        tally = run_cells(cells, store, workers=2)
    assert (tmp_path / "died").exists()
    assert (tally.ok, tally.failed, tally.total) == (12, 0, 12)


def test_failed_cells_are_tried_again_on_demand_only(tmp_path):
    cells = numbers(4, "sweep_work:needs", path=str(tmp_path / "there"))
    with Store.to_write(tmp_path / "s.sqlite") as store:
        assert run_cells(cells, store, workers=1).failed == 4
        (tmp_path / "there").touch()
        assert run_cells(cells, store, workers=1).failed == 4
        tally = run_cells(cells, store, workers=1, retry_failed=True)
    assert (tally.ok, tally.failed) == (4, 0)


def test_what_cannot_be_stored_fails(tmp_path):
    cells = numbers(1, "sweep_work:not_json")
    with Store.to_write(tmp_path / "s.sqlite") as store:
        run_cells(cells, store, workers=1)
    (outcome,) = read_outcomes(tmp_path / "s.sqlite", cells).values()
    assert outcome.error == "TypeError: a set cannot be stored, got {1}"


def test_a_function_must_return_a_flat_dict_of_numbers(tmp_path):
    answers = {
        "[1]": "flat dict",
        "{'a': 'text'}": "'a': 'text'",
        "{'a': {'b': 1}}": "'a'",
        "{'a': 10**30}": "'a'",
        "{1: 2}": "1: 2",
    }
    source = f"def job(problem, seed):\n    return [{', '.join(answers)}][seed]\n"
    file = write_sweep(tmp_path, source=source, seeds="5", grid="sigma = [5.0]")
    assert sweep(file, workers=1, engine=HERE).failed == 5
    for error, words in zip(load(tmp_path / "s.sqlite")["error"], answers.values(), strict=True):
        assert error.startswith(
            "ContractError: jobs.py:job must return a flat dict of numbers, got"
        )
        assert words in error


def test_numbers_of_numpy_are_numbers(tmp_path, recwarn):
    source = (
        "import numpy as np\ndef job(problem, seed):\n"
        "    nan = np.float32('nan')\n"
        "    return {'a': np.float64(0.1), 'b': np.int64(2), 'c': np.True_, 'd': nan}\n"
    )
    file = write_sweep(tmp_path, source=source, seeds="2", grid="sigma = [5.0]")
    assert sweep(file, workers=1, engine=HERE).failed == 2  # d is no number
    frame = load(tmp_path / "s.sqlite")
    assert frame[["a", "b", "c"]].values.tolist() == [[0.1, 2, True]] * 2
    assert frame["d"].isna().all() and frame["c"].dtype == bool and frame["b"].dtype == "int64"
    assert not [w for w in recwarn if issubclass(w.category, RuntimeWarning)]


def test_a_file_that_changes_under_way_stops_the_sweep(tmp_path):
    source = (
        "from pathlib import Path\ndef job(problem, seed):\n    if seed == 5:\n"
        "        Path(__file__).write_text('def job(problem, seed): return {}')\n    return {}\n"
    )
    file = write_sweep(tmp_path, source=source, seeds="40", grid="sigma = [5.0]")
    with pytest.raises(InputError, match=r"jobs.py: must not change while a sweep runs"):
        sweep(file, workers=1)
    kept = load(tmp_path / "s.sqlite")["status"].tolist()
    assert set(kept) == {"ok", "interrupted"} and kept[:6] == ["ok"] * 6
