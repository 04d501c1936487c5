"""The store: full disks, two drivers, other formats, readers while it grows."""

import resource
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from sweep_jobs import difference, log, start, traced, wait_for, whole_rows

from nashbox.experiments.sweep import (
    Cell,
    Store,
    load,
    read_outcomes,
    run_cells,
    schema,
    sweep,
)
from nashbox.problem.errors import InputError
from tests.places import EXAMPLES

BIG = [Cell({"big": i}, "sweep_work:big", {"i": i}) for i in range(60)]


def whole(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_full_disk_is_one_error_and_nothing_is_lost(tmp_path, monkeypatch):
    path = tmp_path / "s.sqlite"
    with monkeypatch.context() as patch:
        patch.setattr(schema, "SETTINGS", (*schema.SETTINGS, "max_page_count = 60"))
        with (
            pytest.raises(InputError, match=r"s\.sqlite: .* is full; what is finished is kept"),
            Store.to_write(path) as store,
        ):
            run_cells(BIG, store, workers=2)
    kept = read_outcomes(path, BIG)
    assert 5 < len(kept) < 60 and whole(path)
    assert all(outcome.status == "ok" for outcome in kept.values())
    with Store.to_write(path) as store:
        tally = run_cells(BIG, store, workers=2)
    assert (tally.found, tally.ok) == (len(kept), 60)
    with Store.to_write(tmp_path / "other.sqlite") as store:
        run_cells(BIG, store, workers=2)
    assert difference(path, tmp_path / "other.sqlite") is None


@pytest.mark.slow
def test_a_limit_of_file_sizes(tmp_path):
    traced(tmp_path, 0, 400)

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, 150_000))

    driver = start(tmp_path, preexec_fn=limit)
    out, err = driver.communicate()
    assert (driver.returncode, out) == (2, "")
    *progress, said = err.splitlines()  # on a busy machine its log has begun
    assert said.startswith("nashbox: s.sqlite: cannot be read or written")
    assert all(" cells, " in line for line in progress)
    assert whole(tmp_path / "s.sqlite")
    with Store.to_read(tmp_path / "s.sqlite") as store:
        assert len(whole_rows(store)) < 800
    assert sweep(tmp_path / "s.toml", workers=2).ok == 800


@pytest.mark.slow
def test_two_drivers_and_a_reader(tmp_path, nashbox, monkeypatch):
    traced(tmp_path, 0.02, 400)
    first = start(tmp_path)
    wait_for(lambda: len(log(tmp_path)) > 5)
    answer = nashbox("sweep", "s.toml")
    assert answer.code == 2 and answer.err.count("\n") == 1
    for word in ("s.sqlite: is being written by another sweep", f"process {first.pid} on"):
        assert word in answer.err
    seen = [len(load(tmp_path / "s.sqlite"))]
    wait_for(lambda: len(load(tmp_path / "s.sqlite")) > seen[0])  # it grows while it is read
    seen.append(len(load(tmp_path / "s.sqlite")))
    assert seen[0] < seen[1] < 800
    assert set(load(tmp_path / "s.sqlite")["status"]) == {"ok"}  # nothing is interrupted yet
    status = nashbox("sweep", "s.toml", "--status", "--json", "-", "--export", "part.csv")
    for part in ('"driven": true', '"total": 800', '"interrupted": 0'):
        assert part in status.out
    assert status.code == 0 and first.poll() is None
    assert len((tmp_path / "part.csv").read_text().splitlines()) > seen[1]
    first.kill()
    first.communicate()
    frame = load(tmp_path / "s.sqlite")
    assert len(frame) == 800 and set(frame["status"]) == {"ok", "interrupted"}
    with Store.to_write(tmp_path / "s.sqlite"):  # its lock went with it
        pass
    assert not (tmp_path / "s.sqlite.lock").exists()


def test_a_link_to_a_store_is_that_store(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "link.sqlite").symlink_to(tmp_path / "there" / "s.sqlite")
    with Store.to_write(tmp_path / "there" / "s.sqlite"):
        with (
            pytest.raises(InputError, match=r"link\.sqlite: is being written"),
            Store.to_write(tmp_path / "link.sqlite"),
        ):
            pass
        with Store.to_read(tmp_path / "link.sqlite") as store:
            assert store.driven


def test_a_newer_format_is_refused(tmp_path, nashbox):
    traced(tmp_path, 0, 1)
    with Store.to_write(tmp_path / "s.sqlite"):
        pass
    with closing(sqlite3.connect(tmp_path / "s.sqlite")) as connection:
        connection.execute(f"PRAGMA user_version = {schema.FORMAT + 1}")
    for options in ([], ["--status"]):
        nashbox("sweep", "s.toml", *options).refuses(
            "s.sqlite", f"format {schema.FORMAT}", f"got {schema.FORMAT + 1}", "newer"
        )
    with pytest.raises(InputError, match="newer nashbox"):
        load(tmp_path / "s.sqlite")


@pytest.mark.parametrize("content", [b"not a database at all" * 100, b"sqlite"])
def test_another_file_is_left_alone(tmp_path, nashbox, content):
    traced(tmp_path, 0, 1)
    (tmp_path / "s.sqlite").write_bytes(content)
    nashbox("sweep", "s.toml").refuses("s.sqlite: must be a result store of nashbox")
    assert (tmp_path / "s.sqlite").read_bytes() == content


def test_another_database_is_left_alone(tmp_path, nashbox):
    traced(tmp_path, 0, 1)
    with closing(sqlite3.connect(tmp_path / "s.sqlite")) as connection:
        connection.execute("CREATE TABLE precious (x)")
    before = (tmp_path / "s.sqlite").read_bytes()
    nashbox("sweep", "s.toml").refuses("must be a result store of nashbox, got another SQLite")
    assert (tmp_path / "s.sqlite").read_bytes() == before


@pytest.mark.slow
def test_a_store_that_has_only_just_been_begun(tmp_path, nashbox):
    traced(tmp_path, 0, 1)
    (tmp_path / "s.sqlite").touch()
    assert "0 of 2 cells done, 2 left" in nashbox("sweep", "s.toml", "--status").out
    assert "2 of 2 cells done" in nashbox("sweep", "s.toml").out


def test_no_store(tmp_path):
    with pytest.raises(InputError, match="there is no such result store"):
        load(tmp_path / "s.sqlite")
    assert list(tmp_path.iterdir()) == []


def test_difference_sees_one_bit(tmp_path):
    cells = [Cell({"i": i}, "sweep_work:identical", {"i": i}) for i in range(3)]
    for name in ("a", "b"):
        with Store.to_write(tmp_path / name) as store:
            run_cells(cells, store, workers=1)
    assert difference(tmp_path / "a", tmp_path / "b") is None
    with closing(sqlite3.connect(tmp_path / "b")) as connection, connection:
        connection.execute("UPDATE cells SET payload = replace(payload, '0.333', '0.334')")
    assert "0.334" in difference(tmp_path / "a", tmp_path / "b")
    with closing(sqlite3.connect(tmp_path / "b")) as connection, connection:
        connection.execute("DELETE FROM cells WHERE payload LIKE '%0.334%'")
    assert difference(tmp_path / "a", tmp_path / "b") is not None


def test_numbers_come_back_as_they_were(tmp_path):
    cells = [Cell({"i": 1}, "sweep_work:identical", {"i": 1})]
    with Store.to_write(tmp_path / "s") as store:
        run_cells(cells, store, workers=1)
    (outcome,) = read_outcomes(tmp_path / "s", cells).values()
    assert outcome.payload.pop("nan") != outcome.payload.get("nan", 0)
    assert outcome.payload == {"third": 1 / 3, "inf": float("inf"), "text": "inf"}


@pytest.mark.slow
def test_a_script_needs_a_guard_only_for_work_of_its_own(tmp_path):
    """Processes execute the script only if they need something of it."""

    def played(text):
        (tmp_path / "script.py").write_text(f"import nashbox\nprint('begins')\n{text}")
        line = [sys.executable, "script.py"]
        return subprocess.run(line, cwd=tmp_path, capture_output=True, text=True)

    file = traced(tmp_path, 0, 1)
    done = played(f"print(nashbox.sweep({str(file)!r}, workers=2))\n")
    assert done.returncode == 0 and done.stdout.count("begins") == 1, done
    with Store.to_read(tmp_path / "s.sqlite") as store:
        assert set(whole_rows(store).values()) == {"ok"}
    game = str(EXAMPLES / "public_goods.toml")
    done = played(f"print(nashbox.audit({game!r}, method='black_box', budget=4000, workers=2))\n")
    assert done.returncode == 0 and done.stdout.count("begins") == 1, done
    own = """from nashbox.experiments.sweep import Cell, Store, run_cells
def work(): return {}
with Store.to_write("own.sqlite") as store: run_cells([Cell({}, "__main__:work", {})], store)
"""
    done = played(own)
    assert done.returncode == 1 and 'under if __name__ == "__main__":' in done.stderr
