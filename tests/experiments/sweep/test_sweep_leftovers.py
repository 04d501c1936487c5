"""What a killed driver leaves beside its store: nothing in it is lost without a word."""

import os
import shutil
import sqlite3
import warnings
from contextlib import closing

import pytest
from sweep_jobs import whole_rows, write_sweep

from nashbox.experiments.sweep import Store, load, sweep
from nashbox.experiments.sweep.cell import SweepWarning
from nashbox.experiments.sweep.expand import expand
from nashbox.experiments.sweep.group import run_group
from nashbox.experiments.sweep.leftovers import has_log
from nashbox.experiments.sweep.reading import read_sweep
from nashbox.experiments.sweep.sources import sources
from nashbox.experiments.sweep.wal import read_log
from nashbox.problem.errors import InputError

SOURCE = "def job(problem, seed):\n    return {'x': 1.5 * seed}\n"
THREADS = "test_sweep_engines:threads"  # up at once
CELLS, DONE = 40, 24  # of a sweep, and of those what was finished when it was killed


def killed(folder, before=0):
    """As kill -9 leaves it: `before` cells in the store, the rest up to DONE in its -wal."""
    here, there = folder / "here", folder / "there"
    folder.mkdir(exist_ok=True)
    expanded = expand(read_sweep(write_sweep(here, source=SOURCE, seeds="20")))
    done = run_group(expanded.cells[:DONE], sources(), 60)
    if before:
        with Store.to_write(here / "s.sqlite") as store:
            store.register(expanded.layout)
            for cell, answer in zip(expanded.cells[:before], done, strict=False):
                store.finish(cell, answer)
    with Store.to_write(here / "s.sqlite") as store:
        store.register(expanded.layout)
        store.begin(expanded.cells[before : DONE + 2])
        for cell, answer in list(zip(expanded.cells, done, strict=False))[before:]:
            store.finish(cell, answer)
        shutil.copytree(here, there)
    return there


def seen(folder):
    """Cells that a reader finds, and what it is warned of."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", SweepWarning)
        frame = load(folder / "s.sqlite")
    return frame["status"].eq("ok").sum(), [str(t.message) for t in told]


def test_whole_leftovers_are_taken_without_a_word(tmp_path, recwarn):
    folder = killed(tmp_path / "a", before=10)
    before = {path.name: path.read_bytes() for path in folder.glob("s.sqlite*")}
    assert seen(folder) == (DONE, [])
    after = {path.name: path.read_bytes() for path in folder.glob("s.sqlite*")}
    del before["s.sqlite-shm"], after["s.sqlite-shm"]
    assert after == before  # who only looks takes nothing in
    assert sweep(folder / "s.toml", engine=THREADS).ok == CELLS
    assert not has_log(folder / "s.sqlite")
    assert seen(folder) == (CELLS, [])
    assert [w for w in recwarn if w.category is SweepWarning] == []


def log_bytes(change):
    def damage(folder):
        path = folder / "s.sqlite-wal"
        path.write_bytes(change(path.read_bytes()))

    return damage


def flipped(share):
    def change(content):
        at = int(len(content) * share)
        return content[:at] + bytes([content[at] ^ 4]) + content[at + 1 :]

    return log_bytes(change)


DAMAGED = {
    "a bit": flipped(0.5),
    "the first page": flipped(0.01),
    "the last page": flipped(0.999),
    "header": log_bytes(lambda c: bytes(32) + c[32:]),
    "salt": log_bytes(lambda c: c[:17] + bytes([c[17] ^ 1]) + c[18:]),
    "noise": log_bytes(lambda c: os.urandom(len(c))),
    "half": log_bytes(lambda c: c[: len(c) // 2]),
    "empty": log_bytes(lambda c: b""),
    "missing": lambda folder: (folder / "s.sqlite-wal").unlink(),
}


@pytest.mark.sparse(4)
@pytest.mark.parametrize("kind", DAMAGED)
def test_what_is_lost_of_a_log_is_said(tmp_path, kind):
    folder = killed(tmp_path, before=10)
    DAMAGED[kind](folder)
    resumed = shutil.copytree(folder, tmp_path / "resumed")
    cells, told = seen(folder)
    assert 10 <= cells < DONE and len(told) == 1
    assert told[0].startswith(f"{folder / 's.sqlite'}-wal: is ")
    with pytest.warns(SweepWarning, match="computes again what is gone") as again:
        assert sweep(resumed / "s.toml", engine=THREADS).ok == CELLS
    assert len(again) == 1
    assert seen(resumed) == (CELLS, [])


def test_a_transaction_that_was_not_finished_is_no_damage(tmp_path):
    folder = killed(tmp_path)
    log = folder / "s.sqlite-wal"
    whole = read_log(log, folder / "s.sqlite-shm")
    (folder / "s.sqlite-shm").unlink()
    content = log.read_bytes()
    page = 24 + 4096
    unfinished = bytearray(content[-page:])
    unfinished[4:8] = bytes(4)  # not the last frame of its transaction
    log.write_bytes(content + bytes(unfinished) + content[-page:][:1000])
    assert read_log(log, folder / "s.sqlite-shm") == whole
    assert whole.whole == whole.written == (len(content) - 32) // page
    assert seen(folder) == (DONE, [])


@pytest.mark.parametrize("before", [0, 10])
def test_the_log_of_another_store_is_refused(tmp_path, before):
    folder, other = killed(tmp_path / "one", before), killed(tmp_path / "two", before)
    shutil.copy(other / "s.sqlite-wal", folder / "s.sqlite-wal")
    store = (folder / "s.sqlite").read_bytes()
    for look in (
        lambda: load(folder / "s.sqlite"),
        lambda: sweep(folder / "s.toml", engine=THREADS),
    ):
        with pytest.raises(InputError, match=r"s\.sqlite-wal: is not of this store"):
            look()
    assert (folder / "s.sqlite").read_bytes() == store
    (folder / "s.sqlite-wal").unlink()
    (folder / "s.sqlite-shm").unlink()
    with pytest.warns(SweepWarning, match="is missing"), Store.to_read(folder / "s.sqlite") as left:
        assert len(whole_rows(left)) == before


@pytest.mark.parametrize("how", ["is gone", "is empty"])
def test_a_log_without_its_store_is_kept(tmp_path, nashbox, monkeypatch, how):
    folder = killed(tmp_path / "k")
    store = folder / "s.sqlite"
    content = store.read_bytes()
    store.unlink() if how == "is gone" else store.write_bytes(b"")
    monkeypatch.chdir(folder)
    for options in ([], ["--status"]):
        nashbox("sweep", "s.toml", *options).refuses(f"s.sqlite: {how}", "s.sqlite-wal beside it")
    store.write_bytes(content)
    assert seen(folder) == (DONE, [])


@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal", ".lock"])
@pytest.mark.parametrize("kind", ["folder", "pipe", "link"])
def test_what_lies_there_under_these_names_is_looked_at(tmp_path, nashbox, ending, kind):
    write_sweep(tmp_path, source=SOURCE, seeds="1")
    sweep(tmp_path / "s.toml", engine=THREADS)
    side, precious = tmp_path / f"s.sqlite{ending}", tmp_path / "precious"
    precious.write_text("precious")
    if kind == "folder":
        side.mkdir()
    elif kind == "pipe":
        os.mkfifo(side)
    else:
        side.symlink_to(precious)
    nashbox("sweep", "s.toml").refuses(side.name)
    assert precious.read_text() == "precious" and os.path.lexists(side)


def test_a_journal_of_another_store_is_not_rolled_back(tmp_path, nashbox):
    write_sweep(tmp_path, source=SOURCE, seeds="1")
    sweep(tmp_path / "s.toml", engine=THREADS)
    with closing(sqlite3.connect(tmp_path / "other", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA cache_spill = 1")
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("CREATE TABLE t (x)")
        connection.execute("INSERT INTO t VALUES (zeroblob(90000))")
        connection.execute("BEGIN")
        connection.execute("UPDATE t SET x = randomblob(90000)")
        connection.execute("INSERT INTO t VALUES (zeroblob(90000))")
        shutil.copy(tmp_path / "other-journal", tmp_path / "s.sqlite-journal")
    before = (tmp_path / "s.sqlite").read_bytes()
    nashbox("sweep", "s.toml").refuses("s.sqlite-journal", "move it away")
    nashbox("sweep", "s.toml", "--status").refuses("s.sqlite-journal")
    assert (tmp_path / "s.sqlite").read_bytes() == before


def test_the_command_says_it_in_a_line(tmp_path, nashbox, monkeypatch):
    folder = killed(tmp_path / "k")
    (folder / "s.sqlite-wal").unlink()
    monkeypatch.chdir(folder)
    answer = nashbox("sweep", "s.toml", "--status")
    assert answer.code == 0 and "0 of 40 cells done" in answer.out
    assert answer.err.startswith("nashbox: s.sqlite-wal: is missing")
    assert answer.err.count("\n") == 1


def test_stores_are_not_called_like_the_files_beside_them(tmp_path, nashbox):
    for ending in ("-wal", "-shm", "-journal", ".lock"):
        write_sweep(tmp_path, source=SOURCE, seeds="1", store=f'"s.sqlite{ending}"')
        nashbox("sweep", "s.toml").refuses("store must not end in", ending)
