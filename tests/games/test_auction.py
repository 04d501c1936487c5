"""Auctions by formula against integrals of their own."""

import numpy as np
import pytest

import nashbox

V = (np.arange(4000) + 0.5) / 4000  # of each of two bidders


def second_price(mine, rival):
    """Mean payoff of a bid against one rival, by a sum over both values, the rival's in order."""
    below = np.searchsorted(rival(V), mine(V))  # how many of the rival's bids are less
    paid = np.concatenate([[0.0], np.cumsum(rival(V))])[below]
    return float((V * below - paid).mean() / len(V))


@pytest.mark.parametrize("factor", [0.7, 1.0, 1.02, 1.5, 3.0])
@pytest.mark.parametrize("other", [0.5, 1.0, 1.2])
def test_second_prices_below_and_above_what_rivals_bid(factor, other):
    bids = {"ann": {"name": "bid", "factor": factor}, "ben": {"name": "bid", "factor": other}}
    problem = {"game": "auction", "agents": ["ann", "ben"], "rule": "second_price"}
    ann = nashbox.audit(problem | {"strategies": bids}, method="exact").agents[0]
    paid = second_price(lambda v: factor * v, lambda v: other * v)
    honest = second_price(lambda v: v, lambda v: other * v)
    assert ann.payoff == pytest.approx(paid, abs=3e-4)
    assert ann.gain.estimate == pytest.approx(honest - paid, abs=3e-4)
    assert ann.gain.lower - 3e-4 <= honest - paid <= ann.gain.upper + 3e-4
