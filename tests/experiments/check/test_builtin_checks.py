"""Every built-in strategy and mechanism keeps the contract; a new one inherits all checks."""

import pytest

from nashbox.experiments.check import check, check_mechanism, check_strategy
from nashbox.mechanisms import MECHANISMS
from nashbox.strategies import STRATEGIES, make_strategy


@pytest.mark.sparse(4)
@pytest.mark.parametrize("name", [*STRATEGIES, *MECHANISMS])
def test_contract(name):
    assert [(r.name, r.reason) for r in check(name).checks if r.passed is False] == []


@pytest.mark.sparse(6)
@pytest.mark.parametrize(
    "spec",
    [
        *({"name": "fabricator", "kind": kind} for kind in ("constant", "resample")),
        {"name": "fabricator", "kind": "pad", "fraction": 0.0},
        {"name": "best_responder", "eager": True},
        {"name": "shrinker", "estimate_too": True},
        {"name": "withholder", "fraction": 0.0},
        {"name": "fabricator", "kind": "own_mean"},
        {"name": "over_collector", "factor": 1.5},
        {"name": "mixer", "weight": -0.5},
        {"name": "equivariant", "submit": 3, "shift": 2.0},
        {"name": "equivariant", "submit": [9, 0], "estimator": [0.3, 1.0]},
        {"name": "equivariant", "estimator": "own"},
        {"name": "equivariant", "collect": 0, "submit": 4},
        {"name": "mixed", "strategies": ["shifter", {"name": "withholder", "fraction": 0.2}]},
    ],
    ids=lambda spec: " ".join(str(v) for v in spec.values()),
)
def test_contract_with_parameters(spec):
    rows = check_strategy(make_strategy(spec, "test"))
    assert [(r.name, r.reason) for r in rows if r.passed is False] == []


@pytest.mark.slow
@pytest.mark.parametrize("factor", [0.0, 0.5, 2.0])
def test_contract_of_weakened_cbl(factor):
    assert all(
        row.passed is not False for row in check_mechanism(MECHANISMS["cbl"](alpha_factor=factor))
    )
