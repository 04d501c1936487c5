"""Benchmarks leave nothing out, and say what changed since another run."""

import subprocess
import sys
from pathlib import Path

from benchmarks import round as rounds
from benchmarks.timing import changes, compared, store
from nashbox.mechanisms import MECHANISMS

FOLDER = Path(__file__).parent.parent / "benchmarks"


def test_every_file_can_be_named():
    line = [sys.executable, "-m", "benchmarks", "--help"]
    said = subprocess.run(line, cwd=FOLDER.parent, capture_output=True, text=True, check=True)
    files = {f.stem for f in FOLDER.glob("*.py")} - {"__init__", "__main__", "timing"}
    assert not {name for name in files if name not in said.stdout}


def test_every_builtin_mechanism_plays_a_round():
    assert {*rounds.MECHANISMS, rounds.PAIRS} == set(MECHANISMS)


def test_a_ratio_is_compared_with_what_it_was(tmp_path):
    file = tmp_path / "before.json"
    store([compared("old", [30.0, 20.0], [10.0], 4.0)], file)
    again, new = changes([compared("old", [30.0], [10.0]), compared("other", [1.0], [1.0])], file)
    assert again.split() == ["old", "2.00x", "->", "3.00x", "+50.0%"]
    assert new.split() == ["other", "new"]
