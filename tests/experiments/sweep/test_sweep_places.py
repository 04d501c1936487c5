"""Where a store may lie: every spelling of its name is one store; read-only places can be read."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from sweep_jobs import write_sweep

import nashbox.experiments.sweep.lock as lock
from nashbox.experiments.sweep import Store, load, sweep
from nashbox.problem.errors import InputError

SOURCE = "def job(problem, seed):\n    return {'x': 1.5 * seed}\n"
THREADS = "test_sweep_engines:threads"  # up at once
NOBODY = 65534
SPELLINGS = [
    "real/s.sqlite",
    "./real/../real//s.sqlite",
    "real/deep/../s.sqlite",
    "folder/s.sqlite",
    "deep/../s.sqlite",  # through a link: the folder above what it leads to
    "file.sqlite",
    "link-to-link.sqlite",
]


@pytest.fixture
def spelled(folder):
    """A folder with one place for a store, and links that lead to it."""
    (folder / "real" / "deep").mkdir(parents=True)
    (folder / "folder").symlink_to("real")
    (folder / "deep").symlink_to("real/deep")
    (folder / "file.sqlite").symlink_to("folder/s.sqlite")
    (folder / "link-to-link.sqlite").symlink_to(folder / "file.sqlite")
    return folder


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_store_by_any_name_is_that_store(spelled, name):
    file = write_sweep(spelled, source=SOURCE, seeds="2", store=f'"{name}"')
    assert sweep(file, engine=THREADS).ok == 4
    assert len(load(spelled / "real" / "s.sqlite")) == 4
    assert [p.name for p in spelled.rglob("s.sqlite*")] == ["s.sqlite"]


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_second_driver_by_any_name_is_refused(spelled, monkeypatch, name):
    monkeypatch.setattr(lock, "PATIENCE", 0.0)
    with Store.to_write(spelled / "real" / "s.sqlite"):
        for path in (name, str(spelled / name), os.path.join("..", name)):
            monkeypatch.chdir(spelled / "real" if path.startswith("..") else spelled)
            second = pytest.raises(InputError, match="is being written by another sweep")
            with second, Store.to_write(path):
                pass
            with Store.to_read(path) as store:
                assert store.driven


@pytest.mark.parametrize("name", ["a#b", "a%41b", "new\nline", " sp ace ", "a:b", "q?q", "\udcff"])
def test_folders_of_any_name(tmp_path, name):
    file = write_sweep(tmp_path / name, source=SOURCE, seeds="2")
    assert sweep(file, engine=THREADS).ok == 4
    assert len(load(tmp_path / name / "s.sqlite")) == 4
    assert {p.name for p in tmp_path.iterdir()} == {name}


def test_a_name_that_steers_the_terminal_is_shown_harmless(folder, nashbox):
    write_sweep(folder, source=SOURCE, seeds="1", store='"a\\u001b[31m\\nb\\u202e.sqlite"')
    answer = nashbox("sweep", "s.toml", "--engine", THREADS)
    assert answer.code == 0 and answer.out.count("\n") == 2
    assert "\x1b" not in answer.out and "\u202e" not in answer.out


def test_links_in_a_circle_are_no_store(folder, nashbox):
    (folder / "a.sqlite").symlink_to("b.sqlite")
    (folder / "b.sqlite").symlink_to("a.sqlite")
    write_sweep(folder, source=SOURCE, seeds="1", store='"a.sqlite"')
    for options in ([], ["--export", "x.csv", "--status"]):
        nashbox("sweep", "s.toml", *options).refuses("a.sqlite")


READ = f"""
import contextlib, io, os, sys
from nashbox.cli import main
with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
    main(["sweep", "../other/s.toml", "--status"])  # loads what nobody else may be able to
os.setgid({NOBODY}); os.setuid({NOBODY})
sys.exit(main(["sweep", "s.toml", *sys.argv[1:]]))
"""


def as_nobody(folder, *options):
    """The command as a user whom the modes of files bind."""
    done = subprocess.run(
        [sys.executable, "-c", READ, *options],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.slow
def test_what_may_only_be_read_is_read_and_not_written():
    with tempfile.TemporaryDirectory() as place:  # pytest's own folders are closed to others
        Path(place).chmod(0o755)
        folder = Path(place, "read-only")
        sweep(write_sweep(folder, source=SOURCE, seeds="2"), engine=THREADS)
        shutil.copytree(folder, Path(place, "other"))
        before = sorted(p.name for p in folder.iterdir())
        for mode in (0o555, 0o755):
            folder.chmod(mode)
            code, out, err = as_nobody(folder, "--status", "--json", "-")
            assert (code, err, '"ok": 4' in out) == (0, "", True)
            code, out, err = as_nobody(folder)
            assert (code, out, err.count("\n")) == (2, "", 1)
            assert "cannot be written" in err
            assert sorted(p.name for p in folder.iterdir()) == before
        for ending in ("-wal", "-shm"):
            side = folder / f"s.sqlite{ending}"
            side.write_bytes(b"")
            side.chmod(0)
            code, out, err = as_nobody(folder, "--status")
            assert (code, out, err.count("\n")) == (2, "", 1)
            assert err.startswith(f"nashbox: {side.name}: cannot be read")
            side.unlink()
