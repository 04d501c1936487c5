"""`nashbox new`: what it writes works, is held to its promises, and its test can fail."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import nashbox as package
from nashbox.experiments.check import check

KINDS = [(g, k) for g in ("estimation", "testing") for k in ("strategy", "mechanism")]


def pytest_in(folder, *options):
    """Names of the tests that pass and that fail there, in a process of its own."""
    environment = {**os.environ, "PYTHONPATH": str(Path(package.__file__).parent.parent)}
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "--rootdir", "."]
    command += options
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    found = {}
    for test, word in re.findall(r"^(\S+::\w+)\s+(PASSED|FAILED|ERROR)", done.stdout, re.M):
        found.setdefault(word, set()).add(test.replace(".py::", "::"))
    return found, done.stdout


def write_all(nashbox):
    for game, kind in KINDS:
        answer = nashbox("new", kind, f"My{game.capitalize()}{kind.capitalize()}", "--game", game)
        assert answer.code == 0, answer


@pytest.mark.slow
def test_all_four_are_written_documented_and_pass_their_check_and_their_test(nashbox, folder):
    write_all(nashbox)
    for game, kind in KINDS:
        name, cls = f"my_{game}_{kind}", f"My{game.capitalize()}{kind.capitalize()}"
        report = check(f"{name}.py:{cls}")
        assert report.passed, report
        assert all(row.reason for row in report.checks)
        source = (folder / f"{name}.py").read_text()
        assert source.count('"""') >= 6 and "$" not in source
        assert "$" not in (folder / f"test_{name}.py").read_text()
    found, out = pytest_in(folder)
    assert set(found) == {"PASSED"} and len(found["PASSED"]) >= 11, out


MUTATIONS = {  # what turns each class into one that is not what its test says
    "my_estimation_strategy": ("self.disguise *", "2 * self.disguise *"),
    "my_estimation_mechanism": ("self.rate *", "2 * self.rate *"),
    "my_testing_strategy": ("self.part *", "1.0 *"),
    "my_testing_mechanism": ("< self.reach", "< self.reach / 2"),
}


@pytest.mark.slow
def test_the_written_tests_can_fail(nashbox, folder):
    write_all(nashbox)
    for name, (old, new) in MUTATIONS.items():
        path = folder / f"{name}.py"
        source = path.read_text()
        assert source.count(old) == 1, name
        path.write_text(source.replace(old, new))
    found, out = pytest_in(folder, "-k", "not contract")  # which they keep
    assert {test.split("::")[0] for test in found["FAILED"]} == {f"test_{n}" for n in MUTATIONS}, (
        out
    )


BROKEN = [
    ("estimation", "strategy", "    deterministic = False  # the disguise is drawn\n", "",
     "deterministic", "set deterministic = False"),
    ("estimation", "strategy", "rng.normal(", "np.random.normal(",
     "uses_only_its_generator", "use the generator passed in"),
    ("estimation", "strategy", "copies = handed_in[:, measured:] + ", "copies = ",
     "equivariant", "set equivariant = False"),
    ("estimation", "mechanism", "total = own.sum[:, k]",
     "total = np.nanmax(own.points(k), 1, initial=0)", "sees", "set sees = 'points'"),
    ("estimation", "mechanism", "total / np.maximum(count, 1)", "total / (count + 1)",
     "equivariant", "set equivariant = False"),
    ("estimation", "mechanism", "rng.permutation", "np.random.permutation",
     "uses_only_its_generator", "use the generator passed in"),
    ("testing", "strategy", "paper_signals: ClassVar = False", "pass",
     "paper_signals", "set paper_signals = False"),
    ("testing", "mechanism", "faithful: ClassVar = False", "faithful: ClassVar = True",
     "faithful", "set faithful = False"),
    ("testing", "mechanism", "rng.random(said.shape)",
     "np.random.random(said.shape)", "uses_only_its_generator", "use the generator passed in"),
]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize(("game", "kind", "line", "instead", "fails", "advice"), BROKEN)
def test_without_what_a_promise_rests_on_the_check_says_what_to_change(
    nashbox, folder, game, kind, line, instead, fails, advice
):
    answer = nashbox("new", kind, "Mine", "--game", game)
    source = (folder / "mine.py").read_text()
    assert source.count(line) == 1
    (folder / "mine.py").write_text(source.replace(line, instead))
    report = nashbox("check", "mine.py:Mine", "--strict", "--json", "-")
    assert (answer.code, report.code) == (0, 1)
    rows = {row["name"]: row for row in json.loads(report.out)["checks"]}
    assert not rows[fails]["passed"] and advice in rows[fails]["reason"], rows
    assert "FAILED" in nashbox("check", "mine.py:Mine").out


def test_it_says_what_comes_next_and_that_works(nashbox, folder, problem):
    answer = nashbox("new", "strategy", "two-faced liar", "--json", "-")
    body = json.loads(answer.out)
    assert answer.written == {"two_faced_liar.py", "test_two_faced_liar.py"}
    assert body["format"] == "nashbox-new/1" and body["files"] == [
        "two_faced_liar.py", "test_two_faced_liar.py",
    ]  # fmt: skip
    checked, tested, played, named = body["next"]
    assert tested == "pytest test_two_faced_liar.py"
    (folder / "game.toml").write_text(problem())
    for line in (checked, played):
        words = line.partition("#")[0].replace("FILE", "game.toml").split()
        assert words[0] == "nashbox" and nashbox(*words[1:]).code == 0, line
    line = named.partition("#")[0].replace("NAME", "a1")
    (folder / "game.toml").write_text(problem() + line + "\n")
    assert "two_faced_liar" in nashbox("run", "game.toml", "--replications", 50).out


def test_the_folder_may_be_another(nashbox, folder):
    (folder / "mine").mkdir()
    answer = nashbox("new", "mechanism", "Barter", "--folder", "mine")
    assert answer.written == {"mine/barter.py", "mine/test_barter.py"}
    assert "nashbox check mine/barter.py:Barter" in answer.out


@pytest.mark.parametrize("there", ["liar.py", "test_liar.py"])
def test_nothing_is_overwritten(nashbox, folder, there):
    files = {there: "mine\n"}
    nashbox("new", "strategy", "Liar", files=files).refuses(f"'{there}' exists", "another name")
    assert (folder / there).read_text() == "mine\n"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("", ["NAME must be letters", "''"]),
        ("3d", ["start with a letter", "'3d'"]),
        ("a/b", ["NAME must be letters", "'a/b'"]),
        ("../liar", ["NAME must be letters"]),
        ("class", ["'class' is a word of Python's own"]),
        ("Random", ["would hide the installed module 'random'"]),
        ("numpy", ["would hide the installed module 'numpy'"]),
        ("nashbox", ["would hide the installed module 'nashbox'"]),
        ("TestLiar", ["pytest takes test_liar.py for a file of tests"]),
    ],
)
def test_bad_names(nashbox, name, words):
    nashbox("new", "strategy", name).refuses(*words)


def test_bad_folders(nashbox):
    nashbox("new", "strategy", "Liar", "--folder", "nowhere").refuses("--folder 'nowhere'")
    nashbox("new", "payoff", "Liar").refuses("'payoff'", "strategy")


@pytest.mark.slow
def test_a_written_mechanism_keeps_its_contract_where_somebody_owes_nothing(nashbox):
    """Barter tells who hands in nothing nothing, which the contract allows."""
    assert nashbox("new", "mechanism", "Barter").code == 0
    text = 'game = "estimation"\nsigma = 10.0\ncosts = [[0.05], [0.07], [0.3]]\n'
    told = nashbox("check", "barter.py:Barter", "--problem", "p.toml", files={"p.toml": text})
    assert told.code == 0 and " keeps its contract" in told.out, told.out
