"""Whether an agent would rather stay away: yes, no, or nobody knows."""

import math
from dataclasses import replace

import pytest

import nashbox
from nashbox.experiments.audit.base import everybody
from nashbox.experiments.audit.result import rational


@pytest.fixture(scope="module")
def row():
    mapping = {"game": "estimation", "sigma": 10.0, "costs": [[0.05]] * 3}
    return nashbox.audit(mapping).agents[0]


@pytest.mark.parametrize(
    ("penalty", "se", "outside", "answer"),
    [
        (1.0, 0.0, 1.0, True),
        (1.0 + 1e-6, 0.0, 1.0, False),
        (1.0, 0.1, 1.0, None),
        (1.0, 0.1, 1.2, None),
        (1.0, 0.1, 2.0, True),
        (2.0, 0.1, 1.0, False),
        (math.inf, 0.0, 1.0, False),
        (math.inf, 0.0, math.inf, True),
    ],
)
def test_bounds_decide_and_what_lies_between_is_open(row, penalty, se, outside, answer):
    changed = replace(row, penalty=penalty, penalty_se=se, outside=outside)
    assert rational(changed, 0.01, 3) is answer


def test_all_any_or_nobody_knows():
    assert everybody([True, True]) is True
    assert everybody([True, None]) is None
    assert everybody([None, False]) is False
