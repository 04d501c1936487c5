"""Parameters so large that payments overflow are refused, and not taken for infinite payoffs."""

import pytest


@pytest.mark.parametrize("method", ["exact", "black_box"])
@pytest.mark.parametrize(
    "text",
    [
        'game = "public_goods"\nmultiplier = 1e300\nendowment = 1e200\n',
        'game = "cournot"\nintercept = 1e200\nslope = 1e-200\n',
        'game = "tullock"\nprize = 1e308\nagents = 3\nmechanism = "publish"\n',
        'game = "federated"\nagents = 3\nmechanism = {name = "averaging", start = 1e200}\n',
    ],
)
def test_payments_beyond_floating_point_numbers_are_refused(text, method, nashbox):
    """Once an infinite payoff, "no deviation gains", and numpy's warning in between."""
    answer = nashbox("audit", "g.toml", "--budget", "4000", "--method", method,
                     "--json", "o.json", files={"g.toml": text})  # fmt: skip
    if answer.code == 0:  # large, and finite
        assert "inf" not in answer.out and "Warning" not in answer.err
    else:
        answer.refuses()
