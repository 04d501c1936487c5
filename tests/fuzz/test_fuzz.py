"""A thousand malformed cases, another seed each time; `python -m tests.fuzz.harness`: more."""

import random
import subprocess
import sys
import time

import pytest

from tests.fuzz import harness
from tests.fuzz.harness import hangs, judged, play


@pytest.mark.fuzz
def test_a_thousand_cases(capsys):
    seed = random.SystemRandom().randrange(10**9)
    with capsys.disabled():
        print(f"\nfuzz: seed {seed}")
        codes, faults = play(seed, range(1000))
        print(f"fuzz: {codes}")
    assert faults == {}
    assert codes.get(0, 0) > 100 and codes.get(2, 0) > 100  # it plays, and it refuses


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        ((0, "", "Traceback (most recent call last)", set()), "traceback"),
        ((3, "", "", set()), "exit code"),
        ((2, "", "nashbox: no\n", {"x"}), "written"),
        ((2, "", "nashbox: no\nnashbox: no\n", set()), "messages"),
        ((2, "", "", set()), "messages"),
        ((2, "", "nashbox: " + "x" * 600, set()), "messages"),
        ((0, '{"a": NaN}', "", set()), "JSON"),
    ],
)
def test_every_fault_is_seen(outcome, word):
    assert word in judged(*outcome, ["plan", "p.toml", "--json", "-"])
    assert judged(0, "{}", "", set(), ["plan", "p.toml", "--json", "-"]) is None


@pytest.mark.parametrize(
    ("work", "seconds", "found"),
    [("import time; time.sleep(60)", 5.0, True), ("while True: pass", 2.5, False)],
)
def test_who_sleeps_hangs_and_who_computes_does_not(monkeypatch, work, seconds, found):
    """Whatever else the machine has to do: computing has a limit of its own."""
    monkeypatch.setattr(harness, "ASLEEP", 1.0)
    monkeypatch.setattr(harness, "LOOK", 0.2)
    child = subprocess.Popen([sys.executable, "-c", work])
    try:
        assert hangs(Words(seconds), child.pid) is found
    finally:
        child.kill()
        child.wait()


class Words:
    """A pipe on which something comes after some seconds."""

    def __init__(self, seconds):
        self.end = time.monotonic() + seconds

    def poll(self, seconds):
        time.sleep(seconds)
        return time.monotonic() > self.end
