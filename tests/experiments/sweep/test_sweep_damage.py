"""Stores that are moved, deleted, linked or damaged: nothing is lost or passed on silently."""

import os
import random
import shutil
import sqlite3
from contextlib import closing

import pytest
from sweep_jobs import HERE, log, start, traced, wait_for, write_sweep

from nashbox.experiments.sweep import Store, load, sweep
from nashbox.problem.errors import InputError

SOURCE = "def job(problem, seed):\n    return {'x': 1.5 * seed, 'y': 10_000 + seed}\n"


@pytest.fixture(scope="module")
def undamaged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    file = write_sweep(folder, source=SOURCE, seeds="40", grid="sigma = [5.0, 6.0]")
    sweep(file, workers=1, engine=HERE)
    return folder, load(folder / "s.sqlite")


def sql(statement):
    def damage(path):
        with closing(sqlite3.connect(path)) as connection:
            connection.execute(statement)
            connection.commit()

    return damage


def rewritten(change):
    def damage(path):
        path.write_bytes(change(path.read_bytes()))

    return damage


def flipped(seed):
    def change(content):
        content = bytearray(content)
        dice = random.Random(seed)  # noqa: S311
        for _ in range(5):
            content[dice.randrange(100, len(content))] ^= 1 << dice.randrange(8)
        return bytes(content)

    return rewritten(change)


def page(number, filling):
    return rewritten(lambda c: c[: 4096 * number] + filling(4096) + c[4096 * (number + 1) :])


DAMAGE = {
    "digit": sql("UPDATE cells SET payload = replace(payload, '1000', '2000') WHERE rowid = 3"),
    "status": sql("UPDATE cells SET status = 'failed' WHERE rowid = 3"),
    "key": sql("UPDATE cells SET key = 'x' WHERE rowid = 3"),
    "payload gone": sql("UPDATE cells SET payload = NULL WHERE rowid = 3"),
    "payload no JSON": sql("UPDATE cells SET payload = '[{' WHERE rowid = 3"),
    "payload no text": sql("UPDATE cells SET payload = x'ff00' WHERE rowid = 3"),
    "row gone": sql("DELETE FROM cells WHERE rowid = 3"),
    "checksum gone": sql("UPDATE cells SET checksum = NULL WHERE rowid = 3"),
    "layout no JSON": sql("UPDATE sweeps SET layout = '{'"),
    "layout of others": sql("UPDATE sweeps SET layout = replace(layout, '5.0', '7.0')"),
    "no cells": sql("DROP TABLE cells"),
    "no sweeps": sql("DROP TABLE sweeps"),
    "no times": sql("DROP TABLE times"),
    "checksums dropped": lambda path: (
        sql("ALTER TABLE cells DROP COLUMN checksum")(path),
        sql("UPDATE cells SET payload = replace(payload, '1000', '2000') WHERE rowid = 3")(path),
    ),
    "another application": sql("PRAGMA application_id = 7"),
    "from the future": sql("PRAGMA user_version = 99"),
    "half": rewritten(lambda c: c[: len(c) // 2]),
    "no header": rewritten(lambda c: b"\0" * 100 + c[100:]),
    "a text": rewritten(lambda c: b"hello"),
    "page of zeros": page(2, bytes),
    "page of noise": page(3, os.urandom),
    "last page": rewritten(lambda c: c[:-4096] + b"\xff" * 4096),
    "longer": rewritten(lambda c: c + b"\0" * 5000),
    **{f"bits {seed}": flipped(seed) for seed in range(8)},
}


@pytest.mark.sparse(4)
@pytest.mark.parametrize("kind", DAMAGE)
def test_a_damaged_store_gives_the_same_rows_or_says_so(undamaged, tmp_path, kind):
    folder, expected = undamaged
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    DAMAGE[kind](tmp_path / "s.sqlite")
    try:
        seen = load(tmp_path / "s.sqlite")
    except InputError as error:
        assert "s.sqlite" in str(error) and "\n" not in str(error)
    else:  # what is read is what was written
        whole = seen[seen["status"] == "ok"]
        same = expected.set_index("RunId").loc[whole["RunId"]].reset_index()
        assert (
            whole[["RunId", "x", "y"]].values.tolist() == same[["RunId", "x", "y"]].values.tolist()
        )
        assert len(seen) == len(expected)
    try:
        report = sweep(tmp_path / "s.toml", workers=1, engine=HERE)
    except InputError as error:
        assert "s.sqlite" in str(error) and "\n" not in str(error)
    else:  # what was damaged is computed again
        assert (report.ok, report.left) == (80, 0)
        assert load(tmp_path / "s.sqlite").equals(expected)


def test_a_store_of_the_format_before_is_read_and_goes_on(undamaged, tmp_path):
    folder, expected = undamaged
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    sql("ALTER TABLE cells DROP COLUMN checksum")(tmp_path / "s.sqlite")
    sql("PRAGMA user_version = 1")(tmp_path / "s.sqlite")
    assert load(tmp_path / "s.sqlite").equals(expected)
    with Store.to_write(tmp_path / "s.sqlite") as store:
        assert set(store.standing().values()) == {"ok"}
    assert load(tmp_path / "s.sqlite").equals(expected)


@pytest.mark.slow
@pytest.mark.sparse(1)
@pytest.mark.parametrize("how", ["moved", "deleted", "replaced"])
def test_a_sweep_stops_when_its_store_is_no_longer_there(tmp_path, how):
    traced(tmp_path, 0.02, 400)
    store = tmp_path / "s.sqlite"
    driver = start(tmp_path)
    wait_for(lambda: len(log(tmp_path)) > 5)
    if how == "deleted":
        store.unlink()
    else:
        store.rename(tmp_path / "elsewhere.sqlite")
        if how == "replaced":
            store.write_bytes(b"")
    out, err = driver.communicate(timeout=60)
    assert (driver.returncode, out) == (2, "")
    (said,) = [line for line in err.splitlines() if "remaining" not in line]  # a busy machine's
    assert "s.sqlite: is " in said and "moved, deleted or replaced" in said
    assert len(log(tmp_path)) < 300


def test_names_that_mean_something_else_to_sqlite_are_refused(tmp_path, nashbox):
    for name in (":memory:", "file:x?mode=memory", "s.sqlite?cache=shared", ""):
        write_sweep(tmp_path, source=SOURCE, seeds="1", grid="sigma = [5.0]", store=f'"{name}"')
        nashbox("sweep", "s.toml").refuses("store")


@pytest.mark.parametrize("kind", ["pipe", "device", "folder"])
def test_what_is_no_regular_file_is_no_store(tmp_path, nashbox, kind):
    write_sweep(tmp_path, source=SOURCE, seeds="1", grid="sigma = [5.0]")
    store = tmp_path / "s.sqlite"
    if kind == "pipe":
        os.mkfifo(store)
    elif kind == "device":
        store.symlink_to("/dev/null")
    else:
        store.mkdir()
    nashbox("sweep", "s.toml").refuses("s.sqlite")


def test_hard_links_have_no_second_driver(tmp_path, nashbox):
    write_sweep(tmp_path, source=SOURCE, seeds="3", grid="sigma = [5.0]")
    with Store.to_write(tmp_path / "s.sqlite"):
        os.link(tmp_path / "s.sqlite", tmp_path / "other.sqlite")
        with (
            pytest.raises(InputError, match="hard links"),
            Store.to_write(tmp_path / "other.sqlite"),
        ):
            pass
    (tmp_path / "other.sqlite").unlink()
    assert nashbox("sweep", "s.toml", "--workers", "1", "--engine", HERE).code == 0


def test_cells_that_fail_or_are_left_are_no_success(tmp_path, nashbox):
    source = "def job(problem, seed):\n    return {'x': [1.0, float('nan')][seed]}\n"
    write_sweep(tmp_path, source=source, seeds="2", grid="sigma = [5.0]")
    answer = nashbox("sweep", "s.toml", "--workers", "1", "--engine", HERE)
    assert answer.code == 1 and "NaN: no number for x" in answer.out
    assert nashbox("sweep", "s.toml", "--status").code == 0


@pytest.mark.slow
def test_a_module_beside_a_plugin_is_part_of_the_identity(tmp_path, nashbox):
    source = (
        "def job(problem, seed):\n    import deep.inner\n    import values\n"
        "    return {'x': values.X, 'y': deep.inner.Y}\n"
    )
    (tmp_path / "values.py").write_text("from more import X\n")
    (tmp_path / "more.py").write_text("X = 1\n")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "__init__.py").write_text("")
    (tmp_path / "deep" / "inner.py").write_text("Y = 1\n")
    write_sweep(tmp_path, source=source, seeds="2", grid="sigma = [5.0]")
    for name, text, expected in (
        ("more.py", "X = 1\n", [1, 1]),
        (
            "more.py",
            "X = 22\n",
            [22, 1],
        ),  # of another length: bytecode knows files by second and size
        ("deep/inner.py", "Y = 33\n", [22, 33]),
    ):
        (tmp_path / name).write_text(text)
        assert nashbox("sweep", "s.toml", "--workers", "1", "--export", "o.csv").code == 0
        frame = load(tmp_path / "s.sqlite")
        assert frame[["x", "y"]].values.tolist() == [expected] * 2


POINTS = {
    "csv": 'points = "p.csv"',
    "tables": "[[points]]\nsigma = 5.0\noptions.rounds = 2\n[[points]]\nsigma = 6.0\n"
    '"options.rounds" = 3',
}


@pytest.mark.sparse(1)
@pytest.mark.parametrize("how", POINTS)
def test_points_are_cells_in_their_order(tmp_path, nashbox, how):
    (tmp_path / "p.csv").write_text("sigma,options.rounds\n5.0,2\n6.0,3\n")
    write_sweep(tmp_path, source=SOURCE, seeds="2", grid="")
    text = (tmp_path / "s.toml").read_text().partition("[grid]")[0]
    text = text.replace('"jobs.py:job"', '"run"')
    extra = 'options = {mechanism = "cbl", replications = 50}\n'
    (tmp_path / "s.toml").write_text(text + extra + POINTS[how] + "\n")
    answer = nashbox("sweep", "s.toml", "--workers", "1", "--engine", HERE, "--export", "o.csv")
    assert answer.code == 0, answer.err
    frame = load(tmp_path / "s.sqlite")
    first = frame.drop_duplicates("RunId")
    assert first[["sigma", "options.rounds", "iteration", "Step"]].values.tolist() == [
        [5.0, 2, 0, 2],
        [5.0, 2, 1, 2],
        [6.0, 3, 0, 3],
        [6.0, 3, 1, 3],
    ]


@pytest.mark.sparse(1)
@pytest.mark.parametrize(
    ("experiment", "options", "columns"),
    [
        ("plan", "{}", ["AgentID", "count.x0", "penalty", "social_penalty"]),
        ("design", '{goal = "social"}', ["AgentID", "kind.x0", "penalty", "social_penalty"]),
        ("compare", '{mechanisms = ["cbl"]}', ["AgentID", "mechanism", "profile", "penalty"]),
        ("adapt", '{menu = ["truthful", "free_rider"], rounds = 2}', ["shares.truthful", "Step"]),
        (  # as on the command line
            "adapt",
            '{menu = "truthful, withholder(fraction=0.5)", start = "withholder=1", rounds = 1, '
            'rule = "logit", temperature = 0.1}',
            ["shares.withholder(fraction=0.5)"],
        ),
        ("compare", '{mechanism = "cbl, sample_mean", design = "social", starts = 1}', ["profile"]),
        ("design", '{goal = "social", kinds = "alone, free, threshold"}', ["kind.x0"]),
    ],
)
def test_more_experiments(tmp_path, nashbox, experiment, options, columns):
    write_sweep(tmp_path, source=SOURCE, seeds="1", grid="sigma = [5.0, 6.0]")
    text = (tmp_path / "s.toml").read_text().replace('"jobs.py:job"', f'"{experiment}"')
    (tmp_path / "s.toml").write_text(f"options = {options}\n{text}")
    answer = nashbox("sweep", "s.toml", "--workers", "1", "--engine", HERE)
    assert answer.code == 0, answer
    frame = load(tmp_path / "s.sqlite")
    assert set(columns) <= set(frame) and set(frame["RunId"]) == {0, 1}
    assert frame["status"].eq("ok").all()
