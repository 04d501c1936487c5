"""Audits that have to come to an end: their games are decided at the default budget."""

import pytest

from nashbox import audit
from tests.games import from_mapping
from tests.places import EXAMPLES


@pytest.mark.slow
def test_twenty_agents_under_cbl_are_all_decided():
    """Eleven points each; honesty is an equilibrium. With other dice for other counts none was."""
    costs = 100 / (20 * 11**2)  # at which eleven points are the efficient plan
    body = {"sigma": 10.0, "costs": [[costs]] * 20, "plan": [[11]] * 20, "mechanism": "cbl"}
    found = audit(from_mapping({"game": "estimation", **body}), method="black_box", workers=2)
    assert {row.verdict for row in found.agents} == {"none_above_epsilon"}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["case_a", "six_symbols", "no_exchange"])
def test_races_are_decided_by_forty_thousand_games(name):
    """Rare losses of one size hide nothing, and the last look takes what is left of the budget."""
    file = EXAMPLES / "testing" / f"{name}.toml"
    found = audit(file, method="black_box", budget=40_000, workers=1)
    assert {row.verdict for row in found.agents} == {"none_above_epsilon"}
