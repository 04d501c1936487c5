"""Packs: read in place of cells as long as they say what the cells do, and never else."""

import random
import shutil
import sqlite3
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from sweep_jobs import write_sweep

import nashbox.experiments.sweep.packs as packing
from nashbox.experiments.sweep import (
    Cell,
    Store,
    load,
    read_outcomes,
    run_cells,
    store,
    sweep,
)
from nashbox.experiments.sweep.cell import SweepWarning
from nashbox.experiments.sweep.layout import Layout
from nashbox.experiments.sweep.packs import Pack
from nashbox.problem.errors import InputError

THREADS = "test_sweep_engines:threads"  # up at once
SOURCE = "def job(problem, seed):\n    return {'x': 1.5 * seed, 'y': 1 / (10_000 + seed)}\n"
CELLS = [Cell({"i": i}, "sweep_work:some_rows", {"i": i}) for i in range(8)]


def sql(path, statement):
    with closing(sqlite3.connect(path)) as connection, connection:
        return connection.execute(statement).fetchall()


def packs(path):
    return [number for (number,) in sql(path, "SELECT pack FROM packs ORDER BY pack")]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A finished sweep of 24 cells in several packs, and its frame."""
    folder = tmp_path_factory.mktemp("packed")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "BLOCK", 500)
        sweep(write_sweep(folder, source=SOURCE, seeds="12"), engine=THREADS)
    assert len(packs(folder / "s.sqlite")) > 3
    return folder, load(folder / "s.sqlite")


@pytest.fixture
def packed(finished, tmp_path):
    """A copy of it: store and frame."""
    shutil.copytree(finished[0], tmp_path, dirs_exist_ok=True)
    return tmp_path / "s.sqlite", finished[1]


def test_a_finished_sweep_is_read_from_packs_alone(packed, monkeypatch):
    path, expected = packed
    monkeypatch.setattr(store, "checksum", lambda *_: pytest.fail("a cell was read"))
    assert load(path).equals(expected)


def test_what_is_packed_stays_and_what_is_new_is_added(packed):
    path, expected = packed
    before = packs(path)
    sweep(path.with_name("s.toml"), engine=THREADS)
    assert packs(path) == before
    sweep(write_sweep(path.parent, source=SOURCE, seeds="15"), engine=THREADS)
    assert packs(path)[:-1] == before
    frame = load(path)
    assert len(frame) == 30 and set(frame["status"]) == {"ok"}
    assert frame[frame["iteration"] < 12]["y"].tolist() == expected["y"].tolist()
    sweep(write_sweep(path.parent, source=SOURCE, seeds="12"), engine=THREADS)
    assert load(path).equals(expected)  # without rows of the larger sweep, and with their types


CHANGES = {
    "a digit": "UPDATE cells SET payload = replace(payload, 'x\":', 'x\":1') WHERE rowid = 2",
    "a status": "UPDATE cells SET status = 'failed' WHERE rowid = 2",
    "gone": "DELETE FROM cells WHERE rowid = 2",
    "replaced": "INSERT OR REPLACE INTO cells SELECT key, identity, status, replace(payload, "
    "'x\":', 'x\":1'), error, traceback, checksum FROM cells WHERE rowid = 2",
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_cell_that_changes_takes_the_packs_away(packed, change):
    path, expected = packed
    sql(path, CHANGES[change])
    assert packs(path) == []
    assert (load(path)["status"] == "ok").sum() == 23
    sweep(path.with_name("s.toml"), engine=THREADS)
    assert packs(path) and load(path).equals(expected)


@pytest.mark.parametrize("place", [0, 5, 30, 200, -1])
def test_a_damaged_pack_is_not_read_and_made_anew(packed, place):
    path, expected = packed
    for number, body in sql(path, "SELECT pack, body FROM packs"):
        body = bytearray(body)
        body[place] ^= 1
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE packs SET body = ? WHERE pack = ?", (bytes(body), number))
    assert load(path).equals(expected)
    sweep(path.with_name("s.toml"), engine=THREADS)
    with Store.to_read(path) as opened:
        assert all(pack is not None for _, pack in opened._packs("TRUE"))
    assert load(path).equals(expected)


def test_packs_beside_a_driver_that_was_killed_are_not_trusted(packed, monkeypatch):
    path, expected = packed
    sql(path, "UPDATE drivers SET ended = NULL")
    with pytest.warns(SweepWarning, match="is missing"), monkeypatch.context() as patch:
        patch.setattr(Pack, "from_bytes", lambda _: pytest.fail("a pack was read"))
        assert load(path).equals(expected)
    with pytest.warns(SweepWarning, match="is missing"), Store.to_write(path):
        assert packs(path) == []


def test_a_damaged_cell_takes_the_packs_away_when_it_is_found(packed):
    """Also one that is not known by its key any more, so that no trigger sees it replaced."""
    path, expected = packed
    ((guard,),) = sql(path, "SELECT sql FROM sqlite_master WHERE name = 'cells_changed'")
    sql(path, "DROP TRIGGER cells_changed")
    sql(path, "UPDATE cells SET key = 'x' WHERE rowid = 2")  # as a bit in the file would
    sql(path, guard)
    before = packs(path)
    assert load(path).equals(expected)  # as it was written
    sweep(path.with_name("s.toml"), engine=THREADS)
    assert min(packs(path)) > max(before) or len(packs(path)) != len(before)
    assert load(path).equals(expected)


@pytest.mark.parametrize("how", ["DROP TRIGGER cells_deleted", "DROP TABLE packs"])
def test_a_store_that_would_not_notice_changes_is_damaged(packed, nashbox, monkeypatch, how):
    path, _ = packed
    sql(path, how)
    with pytest.raises(InputError, match=r"s\.sqlite: is damaged: its t"):
        load(path)
    monkeypatch.chdir(path.parent)
    nashbox("sweep", "s.toml", "--engine", THREADS).refuses("s.sqlite: is damaged: its t")


def test_a_full_disk_leaves_the_cells_to_be_read(packed, monkeypatch):
    path, expected = packed
    monkeypatch.setattr(packing, "BLOCK", 1)
    with Store.to_write(path) as opened:
        opened.unpack()
        opened._connection.execute("VACUUM")
        opened._connection.execute("PRAGMA max_page_count = 1")  # no more than there are
        opened.pack(opened.layouts()[-1].keys)
    assert packs(path) == [] and load(path).equals(expected)


def test_failed_cells_are_packed_and_tried_again(tmp_path):
    source = (
        "from pathlib import Path\ndef job(problem, seed):\n"
        "    there = (Path(__file__).parent / 'there').exists()\n"
        "    if seed == 1 and not there:\n        raise ValueError('not yet')\n"
        "    return {'x': float('nan') if seed == 2 and not there else 0.5}\n"
    )
    file = write_sweep(tmp_path, source=source, seeds="4", grid="sigma = [5.0]")
    assert sweep(file, engine=THREADS).failed == 2
    before = load(tmp_path / "s.sqlite")
    assert before["status"].tolist() == ["ok", "failed", "failed", "ok"]
    with Store.to_write(tmp_path / "s.sqlite") as opened:
        opened.unpack()
    assert load(tmp_path / "s.sqlite").equals(before)
    (tmp_path / "there").touch()
    assert sweep(file, engine=THREADS, retry_failed=True).failed == 0
    frame = load(tmp_path / "s.sqlite")
    assert frame["x"].tolist() == [0.5] * 4 and set(frame["status"]) == {"ok"}


def test_a_store_of_format_3_is_read_and_goes_on(tmp_path):
    """The file was written by the nashbox that had this format."""
    path = tmp_path / "s.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(Path(__file__).with_name("format_3.sql").read_text())
    frame = load(path)
    assert frame["RunId"].tolist() == [1, *[2] * 2, *[3] * 3, *[4] * 4, *[5] * 5, 6, 7]
    assert frame["status"].tolist() == ["failed", *["ok"] * 14, *["interrupted"] * 2]
    assert frame["third"][1:15].tolist() == [i / 3 for i in (2, 3, 4, 5) for _ in range(i)]
    assert frame["odd"][10:15].tolist() == ["[1, {'x': -0.0}]", "True", "inf", "inf", "\\back"]
    assert frame["mechanism"].tolist()[1:4] == ['{"name": "cbl"}'] * 3
    assert sql(path, "PRAGMA user_version") == [(3,)]  # who only looks changes nothing
    kept = sql(path, "SELECT * FROM cells ORDER BY key")
    with Store.to_write(path) as opened:
        assert load(path)["status"].tolist() == frame["status"].tolist()[:15]  # driven now
        tally = run_cells(CELLS, opened, engine=THREADS)
        assert (tally.found, tally.ok, tally.failed) == (6, 7, 1)
        opened.pack(opened.layouts()[-1].keys)
    assert set(kept) < set(sql(path, "SELECT * FROM cells"))
    assert packs(path) and sql(path, "PRAGMA user_version") == [(4,)]
    whole = load(path)
    assert whole.iloc[:15].drop(columns="error").equals(frame.iloc[:15].drop(columns="error"))
    assert len(whole) == 28 and whole["status"].value_counts()["ok"] == 27
    assert read_outcomes(path, CELLS)[CELLS[3].key].payload[1]["odd"] == 2**70


TEXTS = ["a", ',"paths":', '","points":[', "{", "}", "inf", "\\", "\\inf", "ü", '"', "],[", "\n"]


@pytest.mark.parametrize("number", range(30))
def test_a_layout_is_known_by_its_text(number):
    dice = random.Random(number)  # noqa: S311
    values = [*TEXTS, 1.5, 2, float("inf"), True, [1, 2], {"b": 1, "a": "inf"}]
    points = [[dice.choice(values if number % 2 else values[:9])] for _ in range(2)]
    layout = Layout(*dice.choices(TEXTS, k=2), [dice.choice(TEXTS)], points, [0, 1], ["ab", "cd"])
    text = layout.to_text()
    assert Layout.read(layout.sweep, text) == layout
    for place in range(text.index(',"experiment":'), len(text)):
        other = text[:place] + chr(ord(text[place]) ^ 1) + text[place + 1 :]
        with suppress(IndexError, KeyError, TypeError, ValueError):
            found = Layout.read(layout.sweep, other)
            assert replace(found, file=layout.file) == layout  # written in another way
