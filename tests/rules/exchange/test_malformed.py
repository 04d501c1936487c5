"""Submission folders that are not as they must be: one line says so, and nothing is written."""

import contextlib
import io
import os
import random
import shutil
from pathlib import Path

import pytest

from nashbox.cli import main
from nashbox.rules.exchange.handed_in import MOST_BYTES
from tests.exchanges import EXCHANGE, PICK, files
from tests.fuzz.harness import judged

CELLS = ["nan", "NaN", "inf", "-inf", "1e999", "1e60", "x", "1,2", "1;2", "1.2.3", "0x10", "1_000",
         "\u0661", "--1", "1e", "=1+1", "NA", "n/a", "\u22121", "1 2", "'1", '"', "\t", "\x00",
         "\u202e", "1" * 5000, "", " ", "1e-400", "+1", "-0", "1.", ".5", "1e5", "True",
         "\U0001d7d9"]  # fmt: skip
HEADERS = ["volume,marker", "marker", "x9", "Marker", "marker,marker", "", ",", "agent,marker",
           "marker;volume", "marker\tvolume", "marker,volume,", " marker , volume ", "1,2",
           "marker\u200b", '"marker"', '"marker', "mark\ner", "x" * 3000]  # fmt: skip
RAW = [b"", b"\n\n", b"\xef\xbb\xbf", b"\xff\xfe\x00m", b"\x00" * 50, b"marker\n\xff\n",
       b"PK\x03\x04zip", b'marker\n"1\n', b"marker,volume\n1\n", b"marker\r1\r2\r",
       b"marker\n" + b"1\n" * 3000,
       b"%PDF-1.7", b"marker\n1" + b"," * 2000]  # fmt: skip
NAMES = ["West.csv", "north.csv", "North.CSV", "North.csv.bak", "North.txt", "Thumbs.db",
         ".DS_Store", "%4Eorth.csv", "North .csv", "-x.csv", "receipt.json", "North",
         "\udcff.csv", "a\nb.csv",
         "x" * 200]  # fmt: skip


def table(dice):
    """A submission with wrong headers, cells or shapes, more often than not."""
    header = dice.choice(HEADERS) if dice.random() < 0.4 else "marker,volume"
    width = dice.choice([1, 2, 2, 2, 3])
    pool = CELLS if dice.random() < 0.6 else ["1.5", "-2", "3e1"]
    rows = [",".join(dice.choice(pool) for _ in range(width)) for _ in range(dice.randrange(5))]
    return (header + "\n" + "\n".join(rows)).encode(errors="surrogatepass")


def spoil(folder, dice):
    """Spoil a folder of submissions in one way, or in a few."""
    for _ in range(dice.choice([1, 1, 2, 3])):
        path = folder / dice.choice(["North.csv", "South.csv", "East.csv"])
        kind = dice.randrange(9)
        if kind < 3:
            write(path, table(dice))
        elif kind == 3:
            write(path, dice.choice(RAW))
        elif kind == 4:
            remove(path)
        elif kind == 5:
            write(folder / dice.choice(NAMES), dice.choice([b"", b"marker\n1\n"]))
        elif kind == 6:
            remove(path)
            dice.choice([os.mkdir, os.mkfifo, lambda p: os.symlink("nowhere", p),
                         lambda p: os.symlink(p, p), lambda p: os.symlink("/dev/zero", p),
                         lambda p: os.symlink("/proc/self/mem", p)])(path)  # fmt: skip
        elif kind == 7:
            write(path, b"marker\n1\n")
            os.truncate(path, dice.choice([MOST_BYTES + 1, 1 << 40, 3000]))
        else:
            (folder / "below").mkdir(exist_ok=True)


def write(path, content):
    remove(path)
    path.write_bytes(content)


def remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def refusals(place, cases, seed):
    """Play cases; how many ended with which exit code, and what was wrong with any."""
    os.chdir(place)
    codes, faults = {}, {}
    for number in cases:
        dice = random.Random(f"{seed}/{number}")  # noqa: S311
        mechanism = dice.choice(["sample_mean", "counted_mean", "cbl", "threshold", "own.py:Pick"])
        for name, content in ({**files(mechanism), "own.py": PICK}).items():
            Path(name).parent.mkdir(exist_ok=True)
            Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
        spoil(Path("in"), dice)
        more = (
            ["--without", dice.choice(["North", "South", "x", ""])] if dice.random() < 0.2 else []
        )
        before, out, err = set(os.listdir()), io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = main([*EXCHANGE, *more])
            except BaseException as error:
                code, fault = 99, repr(error)
        written = set(os.listdir()) - before - {"__pycache__"}
        fault = fault if code == 99 else judged(code, out.getvalue(), err.getvalue(), written, [""])
        if fault is None and code == 2 and (err.getvalue().count("\n") != 1 or out.getvalue()):
            fault = f"more than one line: {err.getvalue()}"
        if fault is None and code == 0 and written != {"out"}:
            fault = f"written: {written}"
        if fault is not None:
            faults[number] = fault
        codes[code] = codes.get(code, 0) + 1
        for name in ("in", "out"):
            shutil.rmtree(name, ignore_errors=True)
    return codes, faults


@pytest.mark.slow
def test_malformed_folders_get_one_line(folder):
    codes, faults = refusals(folder, range(200), 0)
    assert faults == {}
    assert codes[2] > 100 and codes[0] > 10  # it refuses, and it exchanges


@pytest.mark.fuzz
@pytest.mark.long
def test_ten_thousand_malformed_folders(folder, capsys):
    seed = random.SystemRandom().randrange(10**9)
    with capsys.disabled():
        print(f"\nfuzz of exchanges: seed {seed}")
    codes, faults = refusals(folder, range(10_000), seed)
    assert faults == {}, (seed, codes)
    assert codes[2] > 5000 and codes[0] > 500


@pytest.mark.parametrize(
    ("file", "content", "words"),
    [
        (
            "North.csv",
            "marker,volume\n1,2\n3,x\n",
            "in/North.csv: row 3, column volume: point must",
        ),
        ("North.csv", "marker\nnan\n", "in/North.csv: row 2, column marker: point must"),
        ("North.csv", "marker\n-inf\n", "got '-inf'"),
        ("North.csv", "marker\n1e51\n", "got '1e51'"),
        (
            "North.csv",
            "marker,volum\n1,2\n",
            "row 1, column 2: must name a distribution, got 'volum'",
        ),
        ("North.csv", "marker,marker\n1,2\n", "column 'marker' is there twice"),
        ("North.csv", "marker,volume\n1,2\n3\n", "row 3 (3): must have 2 cells"),
        ("North.csv", "", "in/North.csv: is empty; a header is needed"),
        ("West.csv", "marker\n1\n", "in/West.csv: is no agent's file (allowed: North.csv"),
        ("north.csv", "marker\n1\n", "agent 'North' has two files"),
    ],
)
def test_what_is_wrong_is_named(nashbox, file, content, words):
    nashbox(*EXCHANGE, files={**files(), f"in/{file}": content}).refuses(words)


def test_no_folder_is_refused(nashbox, folder):
    given = {k: v for k, v in files().items() if not k.startswith("in/")}
    nashbox(*EXCHANGE, files=given).refuses("'in' cannot be read as a folder")
    (folder / "in").write_text("")
    nashbox(*EXCHANGE).refuses("'in' cannot be read as a folder")
    (folder / "in").unlink()
    (folder / "in").mkdir()
    nashbox(*EXCHANGE).refuses("there is no file 'North.csv' of agent 'North' and 2 more")


def test_what_spreadsheets_write_is_read(nashbox, folder):
    given = {**files(), "in/North.csv": b'\xef\xbb\xbf"volume","marker"\r\n"1.5",\r\n,2\r\n\r\n'}
    assert nashbox(*EXCHANGE, files={**given, "in/.DS_Store": "x"}).code == 0
    assert "answer,marker,30,1," in (folder / "out" / "North.csv").read_text()
