"""What cancels is 0: no digit of numerical error stands in tables as if somebody were paid it."""

import pytest

import nashbox
from nashbox.games.deviations import Deviation
from nashbox.games.formulas import Exact
from nashbox.problem.spec import Spec
from tests.games import from_mapping

EVEN = 2 / 3  # of the value: what wins an auction in which all pay is then worth what it costs
ALL_PAY = {"game": "auction", "rule": "all_pay", "agents": ["a", "b"]}
BID = {"name": "bid", "factor": EVEN}
ZERO_SUM = {
    "game": "table",
    "payoffs": {
        "row": [[[0.1, 0.7], [0.3, 0.1]], [[0.1, 0.7], [0.3, 0.1]]],
        "column": [[[0.2, 0.1], [0.3, 0.1]], [[0.2, 0.1], [0.3, 0.1]]],
        "third": [[[-0.3, -0.8], [-0.6, -0.2]], [[-0.3, -0.8], [-0.6, -0.2]]],
    },
}


def test_payments_that_cancel_are_nothing():
    even = {**ALL_PAY, "strategies": {"a": BID, "b": BID}}
    audit = nashbox.audit(even, method="exact")
    assert [row.payoff for row in audit.agents] == [0.0, 0.0] and audit.social_payoff == 0.0
    found = nashbox.empirical_game(from_mapping(ALL_PAY), [BID, "bid"])
    assert found.row_payoffs[0, 0] == found.column_payoffs[0, 0] == 0.0
    path = nashbox.adapt(ALL_PAY, menu=[BID, "bid"], start={"bid": 0}, rounds=1)
    assert path.runs[0].rounds[0]["social_payoff"] == 0.0


@pytest.mark.parametrize("rule", ["replicator", "best_response"])
def test_sums_of_payments_that_cancel_are_nothing(rule):
    compared = nashbox.compare(ZERO_SUM)
    assert all(row["social_payoff"] in (None, 0.0) for row in compared.rows)
    path = nashbox.adapt(ZERO_SUM, rule, menu=["1", "2"], rounds=2)
    assert [row["social_payoff"] for row in path.runs[0].rounds] == [0.0] * 3
    assert nashbox.run(ZERO_SUM, replications=3).to_json()["social"][0]["payoff"] == 0.0


def exact(paid, error, **others):
    return Exact(paid, 0.5, Deviation(Spec("x"), None), error=error, **others)


def test_only_what_is_within_its_error_and_rounding_of_what_is_reached_is_nothing():
    assert exact(-4.8e-12, 1e-6, recommended=1e-12).settled().paid == 0.0
    assert exact(-4.8e-12, 1e-6, recommended=1e-12).settled().recommended == 0.0
    for kept in (exact(1e-12, 0.0), exact(1e-9, 1e-6), exact(1e-12, 1e-13)):
        assert kept.settled() == kept
