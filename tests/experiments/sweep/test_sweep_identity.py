"""What makes a cell another cell, and what does not."""

import pytest
from sweep_jobs import HERE, PROBLEM, TRACED, log, write_sweep

from nashbox.experiments.sweep import Cell, load, sources, sweep
from nashbox.experiments.sweep.expand import expand
from nashbox.experiments.sweep.reading import read_sweep

CSV = 'game = "estimation"\nsigma = 10.0\ncosts = "c.csv"\nplan = "plan.csv"\n'
FILES = {
    "p.toml": CSV + 'mechanism = "rules.py:Mine"\nsource = {csv = "m.csv", columns = ["y"]}\n',
    "c.csv": "agent,x\na,0.1\nb,0.2\n",
    "plan.csv": "agent,x\na,3\nb,4\n",
    "m.csv": "y\n1.0\n2.0\n4.0\n",
    "rules.py": "from nashbox.mechanisms import SampleMean\nclass Mine(SampleMean):\n    pass\n",
    "jobs.py": "def job(problem, seed):\n    return {'x': 1.0}\n",
}
EDGES = """game = "testing"
beta = "1/10"
graph = "edges.csv"
payoff = {kind = "pay.py:pay"}
[[agents]]
name = "A"
csv = "data.csv"
[[agents]]
name = "B"
p0 = ["0.6", "0.4"]
p1 = ["0.4", "0.6"]
"""
TESTING = {
    "p.toml": EDGES,
    "edges.csv": "from,to\nA,B\n",
    "data.csv": "label,symbol\n0,a\n0,b\n1,b\n",
    "pay.py": "def pay(outcome):\n    return 1.0 * outcome.qualified\n",
    "jobs.py": FILES["jobs.py"],
}


def keys(folder, files, **changes):
    file = write_sweep(
        folder, **{"grid": "cap = [9, 10]" if "edges.csv" in files else "", **changes}
    )
    for name, content in files.items():
        (folder / name).write_text(content)
    return [cell.key for cell in expand(read_sweep(file), thorough=False).cells]


def test_a_plugin_that_an_option_names_counts(tmp_path):
    liar = "from nashbox.strategies import Truthful\nclass Liar(Truthful):\n    pass\n"
    files = {**FILES, "liar.py": liar}
    chosen = {"experiment": '"adapt"', "options": '{menu = "truthful, liar.py:Liar"}'}
    before = keys(tmp_path / "a", files, **chosen)
    assert keys(tmp_path / "b", files, **chosen) == before
    assert keys(tmp_path / "b", {**files, "liar.py": f"{liar}# more\n"}, **chosen) != before


@pytest.mark.parametrize("files", [FILES, TESTING])
def test_every_named_file_counts(tmp_path, files):
    before = keys(tmp_path / "a", files)
    assert keys(tmp_path / "b", files) == before  # wherever it lies
    assert len(set(before)) == len(before)
    for name in files:
        changed = {**files, name: files[name] + ("# more\n" if name.endswith("py") else "\n")}
        if name == "p.toml":
            assert keys(tmp_path / "b", changed) == before  # what it says is what counts
        else:
            assert not set(keys(tmp_path / "b", changed)) & set(before), name


PACKAGE = {
    "rules.py": "import importlib\nfrom pkg import Base\nspare = importlib.import_module('spare')\n"
    "class Mine(Base):\n    pass\n",
    "pkg/__init__.py": "from .core import Base\nfrom . import side\n",
    "pkg/core.py": "from nashbox.mechanisms import SampleMean as Base\nfrom .deep import low\n",
    "pkg/side.py": "",
    "pkg/deep/__init__.py": "",
    "pkg/deep/low.py": "from ..up import x\n",
    "pkg/up.py": "x = 1\n",
    "spare.py": "",
}


@pytest.mark.parametrize("name", [*PACKAGE])
def test_modules_count_that_a_plugin_imports_by_relative_names_or_by_text(tmp_path, name):
    files = {**FILES, **PACKAGE}
    for folder in ("a", "b"):
        (tmp_path / folder / "pkg/deep").mkdir(parents=True)
    before = keys(tmp_path / "a", files)
    changed = {**files, name: files[name] + "# more\n"}
    assert not set(keys(tmp_path / "b", changed)) & set(before)


def test_the_rest_of_the_identity(tmp_path, monkeypatch):
    files = {"p.toml": PROBLEM, "jobs.py": FILES["jobs.py"]}
    before = keys(tmp_path, files)
    more = keys(tmp_path, files, seeds="[2, 7]")
    assert set(more) & set(before) == {before[2]}
    explicit = PROBLEM + 'mechanism = "cbl"\nplan = "ir_optimal"\n'
    assert keys(tmp_path, {**files, "p.toml": explicit}) == before  # defaults are defaults
    assert not set(keys(tmp_path, {**files, "p.toml": PROBLEM + 'counts = "real"\n'})) & set(before)
    audits = keys(tmp_path, files, experiment='"audit"')
    assert keys(tmp_path, files, experiment='"audit"', store='"other.sqlite"') == audits
    assert not set(keys(tmp_path, files, experiment='"audit"', options="{delta = 0.1}")) & set(
        audits
    )
    monkeypatch.setattr(sources, "sources", lambda: "another program")
    assert not set(keys(tmp_path, files)) & set(before)


def test_the_hash_of_the_program_is_that_of_its_files(tmp_path, monkeypatch):
    (tmp_path / "a.py").write_text("1")
    (tmp_path / "notes.txt").write_text("1")
    monkeypatch.setattr(sources, "ROOT", tmp_path)

    def digest():
        sources.sources.cache_clear()
        return sources.sources()

    try:
        before = digest()
        (tmp_path / "notes.txt").write_text("2")
        assert digest() == before
        (tmp_path / "b.py").write_text("")
        second = digest()
        (tmp_path / "b.py").rename(tmp_path / "c.py")
        assert len({before, second, digest()}) == 3
    finally:
        sources.sources.cache_clear()


def test_equal_identities_are_one_cell():
    one = Cell({"a": 1, "b": float("inf")}, "m:f", {"folder": "/x"})
    other = Cell({"b": float("inf"), "a": 1}, "m:f", {"folder": "/y"})
    assert one.key == other.key
    assert one.key != Cell({"a": 1, "b": "inf"}, "m:f", {}).key


@pytest.mark.slow
def test_finished_cells_are_never_run_again_and_changed_ones_are_new(tmp_path):
    source = TRACED.replace("SECONDS", "0")
    file = write_sweep(tmp_path, source=source, seeds="3")
    sweep(file, workers=1)
    assert len(log(tmp_path)) == 6
    sweep(file, workers=1)
    assert len(log(tmp_path)) == 6
    sweep(write_sweep(tmp_path, source=source, seeds="4"), workers=1)
    assert len(log(tmp_path)) == 8
    frame = load(tmp_path / "s.sqlite")
    assert frame["iteration"].tolist() == [0, 1, 2, 3] * 2 and set(frame["status"]) == {"ok"}
    sweep(write_sweep(tmp_path, source=source + "# changed", seeds="4"), workers=1)
    assert len(log(tmp_path)) == 16
    assert len(load(tmp_path / "s.sqlite")) == 8  # of this sweep, not of all the store


def test_cells_that_resolve_to_the_same_problem_are_computed_once(tmp_path):
    grid = (
        "mechanism = ['cbl', {name = 'cbl', alpha_factor = 2.0}]\n'mechanism.alpha_factor' = [2.0]"
    )
    file = write_sweep(tmp_path, source=TRACED.replace("SECONDS", "0"), seeds="2", grid=grid)
    report = sweep(file, workers=1, engine=HERE)
    assert (report.total, report.ok, len(log(tmp_path))) == (2, 2, 2)
    assert load(tmp_path / "s.sqlite")["RunId"].tolist() == [0, 1, 2, 3]
