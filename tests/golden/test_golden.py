"""Commands give the numbers that they gave: a rebuilt house changes none of them."""

import json

import pytest

from tests.golden.golden_commands import COMMANDS, NUMBERS, answer, differences

KNOWN = json.loads(NUMBERS.read_text())


EACH = [
    pytest.param(c, marks=[pytest.mark.long] * c.startswith("audit examples/testing/ring"))
    for c in COMMANDS
]


@pytest.mark.sparse(12)
@pytest.mark.parametrize("command", EACH)
def test_numbers_are_as_they_were(command):
    assert differences(KNOWN[command], answer(command)) == []


def test_differences_are_seen():
    old = {"a": [1.0, {"b": "x"}], "c": 2}
    assert differences(old, {"a": [1.0, {"b": "x"}], "c": 2, "new": 0}) == []
    assert differences(old, {"a": [1.00001, {"b": "y"}]}) == [
        ".c is gone", ".a[0]: 1.0 -> 1.00001", ".a[1].b: x -> y",
    ]  # fmt: skip
