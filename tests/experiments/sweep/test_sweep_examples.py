"""The shipped sweeps run, and so does the body of the cluster script on a local Dask cluster."""

import importlib.util
import shutil

import pytest
from sweep_jobs import write_sweep

import nashbox
from nashbox.experiments.sweep import sweep
from tests.places import EXAMPLES


@pytest.fixture
def examples(tmp_path):
    for name in ("figure1.toml", "testing/case_a.toml", "sweep"):
        target = tmp_path / name
        target.parent.mkdir(exist_ok=True)
        copy = shutil.copytree if (EXAMPLES / name).is_dir() else shutil.copy
        copy(EXAMPLES / name, target)
    return tmp_path / "sweep"


def smaller(file, *changes):
    text = file.read_text()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    file.write_text(text)
    return file


@pytest.mark.slow
def test_mechanisms(examples):
    few = (("seeds = 3", "seeds = 1"), ("[5.0, 10.0, 20.0]", "[10.0]"), ("100000", "8000"))
    few += (('"counted_mean", ', ""),)
    file = smaller(examples / "mechanisms.toml", *few)
    assert sweep(file, workers=1).ok == 2
    frame = nashbox.read_store(examples / "mechanisms.sqlite")
    second = frame[frame["AgentID"] == "a1"].set_index("mechanism")["gain.estimate"]
    assert second["sample_mean"] > 0.3 > 0.1 > second["cbl"]


@pytest.mark.slow
def test_alpha(examples):
    file = smaller(examples / "alpha.toml", ("seeds = 4", "seeds = 1"), ("10000}", "500}"))
    assert sweep(file, workers=1).ok == 10
    frame = nashbox.read_store(examples / "alpha.sqlite")
    alone = frame[(frame["agents.B.strategy.weight"] == 1.0) & (frame["AgentID"] == "B")]
    assert alone["tau"].nunique() == 1  # who relies on itself does not care
    listening = frame[(frame["agents.B.strategy.weight"] == 0.5) & (frame["AgentID"] == "B")]
    assert listening["tau"].nunique() == 5


@pytest.mark.slow
def test_the_body_of_the_cluster_script(tmp_path):
    distributed = pytest.importorskip("distributed", reason="needs Dask, which `dev` installs")
    spec = importlib.util.spec_from_file_location("slurm", EXAMPLES / "cluster" / "slurm.py")
    slurm = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(slurm)
    file = write_sweep(tmp_path, source="def job(problem, seed):\n    return {'x': seed / 3}\n")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        assert slurm.run(cluster, file).ok == 6
    assert nashbox.read_store(tmp_path / "s.sqlite")["x"].tolist() == [0, 1 / 3, 2 / 3] * 2
