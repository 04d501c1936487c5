"""A thousand malformed cases, another seed each time; `python -m tests.fuzz.harness`: more."""

import random

import pytest

from tests.fuzz.harness import judged, play


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
