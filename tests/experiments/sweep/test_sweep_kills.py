"""kill -9 of the driver at random moments in running work: nothing lost, little done twice."""

import subprocess
from collections import Counter

import numpy as np
import pytest
from sweep_jobs import difference, gone, log, start, traced, wait_for, whole_rows

from nashbox.experiments.sweep import Store, load, sweep

WORKERS = 2


def finished(folder):
    if not (folder / "s.sqlite").exists():
        return 0
    with Store.to_read(folder / "s.sqlite") as store:
        return len(whole_rows(store))


def survive(tmp_path, seconds, seeds, kills, seed):
    """Kill `kills` drivers in running work, let one end, and compare with an undisturbed run."""
    cells, moments = 2 * seeds, np.random.default_rng(seed)
    file = traced(tmp_path / "killed", seconds, seeds)
    folder = file.parent
    stretch = 0.6 * seconds * cells / (kills + 1) / WORKERS  # what a life may compute
    for _ in range(kills):
        before, began = len(log(folder)), finished(folder)
        driver = start(folder)
        wait_for(lambda before=before: len(log(folder)) > before)
        wait_for(lambda began=began: finished(folder) > began)  # between first ...
        with pytest.raises(subprocess.TimeoutExpired):  # it lives on
            driver.wait(moments.uniform(0, stretch))
        driver.kill()
        assert driver.wait() == -9
        workers = {worker for worker, _ in log(folder)[before:]}
        wait_for(lambda workers=workers: all(map(gone, workers)), 10)
        kept = finished(folder)
        assert began < kept < cells  # ... and last cell
        assert len(log(folder)) - before <= kept - began + 2 * WORKERS
    end = start(folder)
    assert (end.communicate()[0].splitlines()[0], end.returncode) == (
        f"s.toml: {cells} of {cells} cells done",
        0,
    )
    computed = Counter(cell for _, cell in log(folder))
    assert len(computed) == cells
    assert sum(computed.values()) <= cells + 2 * WORKERS * kills
    whole = traced(tmp_path / "whole", 0, seeds).parent
    (whole / "jobs.py").write_text((folder / "jobs.py").read_text())  # the same identity
    sweep(whole / "s.toml", workers=WORKERS)
    assert len(log(whole)) == cells
    assert difference(folder / "s.sqlite", whole / "s.sqlite") is None
    frame = load(folder / "s.sqlite")
    assert frame.equals(load(whole / "s.sqlite"))
    assert frame["RunId"].tolist() == list(range(cells)) and set(frame["status"]) == {"ok"}


@pytest.mark.slow
def test_a_few_kills(tmp_path, seed):
    survive(tmp_path, seconds=0.02, seeds=150, kills=5, seed=seed)


@pytest.mark.long
def test_fifty_kills_of_two_thousand_cells(tmp_path, seed):
    survive(tmp_path, seconds=0.02, seeds=1000, kills=50, seed=seed)
