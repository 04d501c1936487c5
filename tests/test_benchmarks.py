"""Benchmarks leave nothing out, and say what changed since another run."""

import importlib
import subprocess
import sys
from typing import Any

import pytest

from benchmarks import round as rounds
from benchmarks.__main__ import NAMES, main
from benchmarks.timing import Row, changes, compared, interleaved, store, stored, with_children
from nashbox.mechanisms import MECHANISMS
from tests.places import ROOT

FOLDER = ROOT / "benchmarks"
SMALL: dict[str, dict[str, Any]] = {  # what makes a benchmark quick
    "startup": {"COMMANDS": {"nothing": ["-c", "pass"]}, "REPEATS": 1},
    "commands": {"LABS": 3, "D": 1, "RACERS": 6, "REPEATS": 1},
    "round": {
        "MECHANISMS": ("cbl",),
        "PLANS": ("ir_optimal",),
        **dict.fromkeys(("SIZES", "PAIRED", "UNEQUAL", "LOOPED"), ((10, 1),)),
        "CROWDS": (("sample_mean", 10, None),),
        "MOST": 10_000,
    },
    "deviations": {
        "MECHANISMS": ("sample_mean",),
        "PLANS": ("ir_optimal",),
        "CASES": [(3, 1)],
        "LARGE": (4, 1),
        "BUDGET": 2000,
    },
    "audits": {"CASES": [("sample_mean", None)], "M": 10, "REPEATS": 1},
    "plans": {"SIZES": ((3, 1),), "SHAPES": (("equal", 4, 2),), "REPEATS": 1},
    "testing_games": {"AGENTS": 10, "ON_GRAPHS": (10,), "BLOCK": 100, "REPEATS": 1},
    "dynamics": {"M": 10, "FEW": 10, "PAYOFFS": {"exact": (2, 20.0, 1), "simulated": (5, 2.0, 1)}},
    "sweeps": {"CASES": (("nothing", 2, 0.0),), "READ": ((1, 10, 0.6),), "TURNS": 1},
    "reproduction": {"work": lambda **cell: None},
}
LONG = ("commands", "deviations", "sweeps")  # although they are small


def test_every_file_can_be_named():
    line = [sys.executable, "-m", "benchmarks", "--help"]
    said = subprocess.run(line, cwd=FOLDER.parent, capture_output=True, text=True, check=True)
    files = {f.stem for f in FOLDER.glob("*.py")} - {"__init__", "__main__", "timing"}
    assert not {name for name in files if name not in said.stdout}


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=[pytest.mark.slow] * (n in LONG)) for n in NAMES]
)
def test_whatever_a_benchmark_prints_is_a_row_to_compare(name, monkeypatch, capsys):
    module = importlib.import_module(f"benchmarks.{name}")
    for constant, value in SMALL[name].items():
        monkeypatch.setattr(module, constant, value)
    rows = module.main()
    assert rows
    assert len({row.case for row in rows}) == len(rows)
    assert all(isinstance(row, Row) and row.least >= 0 and row.ratio >= 0 for row in rows)
    printed = capsys.readouterr().out.splitlines()
    assert printed
    assert not [line for line in printed if not line.startswith(tuple(row.case for row in rows))]


def test_time_of_children_counts():
    line = [sys.executable, "-c", "sum(range(3_000_000))"]
    work = {"child": lambda: subprocess.run(line, check=True)}
    assert min(interleaved(work, 1, with_children)["child"]) > 2 * min(
        interleaved(work, 1)["child"]
    )


def test_every_builtin_mechanism_plays_a_round():
    assert {*rounds.MECHANISMS, rounds.PAIRS} == set(MECHANISMS)


def test_a_ratio_is_compared_with_what_it_was(tmp_path):
    file = tmp_path / "before.json"
    store([compared("old", [30.0, 20.0], [10.0], 4.0)], file)
    again, new = changes(
        [compared("old", [30.0], [10.0]), compared("other", [1.0], [1.0])], stored(file)
    )
    assert again.split() == ["old", "2x", "->", "3x", "+50.0%"]
    assert new.split() == ["other", "new"]


def test_a_file_to_compare_with_is_read_before_anything_is_measured(tmp_path, monkeypatch, capsys):
    other = tmp_path / "other.json"
    other.write_text('{"case": 1}')
    for path in (tmp_path / "none.json", other):
        monkeypatch.setattr("sys.argv", ["benchmarks", "startup", "--compare", str(path)])
        with pytest.raises(SystemExit) as left:
            main()
        assert left.value.code == 2
        assert f"--compare {path}: must be a file that --json wrote" in capsys.readouterr().err
