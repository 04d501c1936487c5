"""Whether an agent would rather stay away: yes, no, or nobody knows."""

import math

import pytest

import nashbox
from nashbox.experiments.audit.base import everybody
from nashbox.experiments.audit.verdict import no_worse


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
def test_bounds_decide_and_what_lies_between_is_open(penalty, se, outside, answer):
    assert no_worse(-penalty, se, -outside, 3.0) is answer


def test_all_any_or_nobody_knows():
    assert everybody([True, True]) is True
    assert everybody([True, None]) is None
    assert everybody([None, False]) is False


def test_agents_of_audits_carry_it():
    """An agent who collects far too much is worse off than alone; the others are not."""
    mapping = {
        "game": "estimation", "sigma": 10.0, "costs": [[0.05]] * 3, "mechanism": "sample_mean",
        "strategies": {"a0": {"name": "collector", "factor": 60.0}},
    }  # fmt: skip
    for method in ("exact", "black_box"):
        audit = nashbox.audit(mapping, method=method, budget=20_000, workers=1)
        rows = [agent.individually_rational for agent in audit.agents]
        assert rows[0] is False and audit.individually_rational is False, method
