"""What tests of sweeps share: sweep files, functions that leave a trace, drivers to be killed."""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from tests.signals import hearing

PROBLEM = 'game = "estimation"\nsigma = 10.0\ncosts = [[0.033], [0.066], [0.1]]\n'
TRACED = """
import os, time
from pathlib import Path

LOG = Path(__file__).parent / "log"

def job(problem, seed):
    with LOG.open("a") as stream:
        stream.write(f"{os.getpid()} {problem['sigma']} {seed}\\n")
    time.sleep(SECONDS)
    return {"value": problem["sigma"] * seed / 3, "third": 1 / (seed + 3)}
"""


HERE = "concurrent.futures:ThreadPoolExecutor"  # an engine without processes, which take a second


def write_sweep(folder, *, source="", **keys):
    """A problem file, a sweep file over it and jobs.py in `folder`; the sweep file's path."""
    folder.mkdir(exist_ok=True)
    (folder / "p.toml").write_text(PROBLEM)
    (folder / "jobs.py").write_text(source)
    grid = keys.pop("grid", "sigma = [5.0, 10.0]")
    body = {
        "problem": '"p.toml"',
        "experiment": '"jobs.py:job"',
        "store": '"s.sqlite"',
        "seeds": "3",
        **keys,
    }
    lines = [f"{key} = {value}\n" for key, value in body.items() if value is not None]
    (folder / "s.toml").write_text("".join(lines) + f"[grid]\n{grid}\n")
    return folder / "s.toml"


def traced(folder, seconds, seeds):
    """A sweep of 2 x `seeds` cells that last `seconds` and note in `log` that they began."""
    return write_sweep(folder, source=TRACED.replace("SECONDS", str(seconds)), seeds=str(seeds))


def log(folder):
    """Worker and cell of every computation that began, in order."""
    path = folder / "log"
    lines = path.read_text().splitlines() if path.exists() else []
    return [(int(line.split()[0]), line.split(" ", 1)[1]) for line in lines]


def command(folder, *options):
    """The command line of `nashbox sweep s.toml` with two workers."""
    return [sys.executable, "-m", "nashbox.cli", "sweep", "s.toml", "--workers", "2", *options]


def start(folder, *options, **others):
    """Start a driver, which hears signals even where these tests are run in the background."""
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    given = {**streams, "preexec_fn": hearing, **others}
    return subprocess.Popen(command(folder, *options), cwd=folder, **given)


def wait_for(condition, seconds=60.0):
    """Wait until it is so; a test that waits too long fails."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)


def gone(process):
    """Whether a process has ended (one that nobody has buried has)."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    status = Path(f"/proc/{process}/stat")
    try:
        return status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def whole_rows(store):
    """Status of every finished cell whose row is what was written, by key."""
    return {key: status for key, status in store.standing().items() if status != "damaged"}


def table(path, name, by):
    """All rows of a table of a store in the order of a column."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"SELECT * FROM {name} ORDER BY {by}").fetchall()  # noqa: S608


def difference(first, second):
    """The first row in which two stores differ, in words; None if their results are the same bits.

    Compared are the result tables row by row; times, hosts and drivers are not results.
    """
    for name, by in (("cells", "key"), ("sweeps", "sweep")):
        rows, others = table(first, name, by), table(second, name, by)
        for row, other in zip(rows, others, strict=False):
            if row != other:
                return f"{name}: {row} is not {other}"
        if len(rows) != len(others):
            return f"{name}: {len(rows)} rows in {first}, {len(others)} in {second}"
    return None
