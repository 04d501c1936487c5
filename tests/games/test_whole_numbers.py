"""Whole numbers that no array holds are the floats they stand for, where a float is asked for."""

import pytest

from nashbox import audit
from nashbox.experiments.listing import listing
from nashbox.experiments.run import run
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping

ENTRIES = [e for e in listing().entries if e.kind == "game" and e.source == "nashbox"]
FLOATS = [(e.name, p.name) for e in ENTRIES for p in e.parameters if p.type == "float"]


def test_there_are_some():
    assert len(FLOATS) >= 5


@pytest.mark.parametrize(("game", "name"), FLOATS)
def test_large_whole_numbers_are_floats(game, name):
    def found(value):
        problem = from_mapping({"game": game, "agents": 3, name: value})
        played = run(problem, replications=20)
        exact = audit(problem, method="exact") if game != "auction" else None
        return [a["payoff"] for a in played.agents], exact and [a.verdict for a in exact.agents]

    try:
        expected = found(float(2**70))
    except InputError:
        with pytest.raises(InputError):
            found(2**70)
        return
    assert found(2**70) == expected
    with pytest.raises(InputError, match=f"{name} must be a number up to 1e308, got 1"):
        found(10**400)


def test_strategies_too():
    raw = {"game": "tullock", "agents": 3, "strategies": {"a0": {"name": "effort", "x": 2**70}}}
    as_float = {**raw, "strategies": {"a0": {"name": "effort", "x": float(2**70)}}}
    played = [run(from_mapping(r), replications=20).agents[0]["payoff"] for r in (raw, as_float)]
    assert played[0] == played[1]
