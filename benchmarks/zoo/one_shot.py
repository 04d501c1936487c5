"""One-shot games of the zoo: shocks of mean 0 change what is paid, and no expected payoff.

Every shock is drawn by the mechanism after all have acted, so that nobody's strategy can use it,
and payoffs are linear in it: gains are those of the games without shocks, in closed form.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from benchmarks.zoo.case import Case, Truth

Ratio = float | None


def rarest(tails: str) -> float | None:
    """Probability of the rarest event of some tails."""
    return 1e-4 if tails in ("rare", "errs") else None


def cournot(tails: str, ratio: Ratio) -> Case:
    """Two firms, price 1 - Q, no costs; both make q, which sets the gain.

    Against q the best quantity is (1 - q)/2, and gains ((1 - q)/2 - q)^2 = (1 - 3 q)^2/4. Any audit
    looks at 41 quantities from 0 to 1/2.
    """
    epsilon = 1e-3
    gain = (ratio or 0.0) * epsilon
    q = (1 - 2 * math.sqrt(gain)) / 3
    menu = np.linspace(0, 0.5, 41)
    profits = menu * np.maximum(0, 1 - q - menu) - q * (1 - 2 * q)
    truth = Truth(min(float(profits[menu != q].max()), gain), gain)
    play = {"name": "quantity", "q": q}
    return _case("CostlyCournot", "shocked", tails, 0.3, 2, play, epsilon, truth)


def public_goods(tails: str, ratio: Ratio) -> Case:
    """Four players, M = 1.6; all put everything in, and spend k on who does not: it sets the gain.

    Putting nothing in gains (1 - M/4) - 3 * 3 k; saying that one would punish otherwise gains 0.
    """
    epsilon = 0.01
    gain = (ratio or 0.0) * epsilon
    play = {"name": "contribute", "share": 1.0, "punish": (0.6 - gain) / 9}
    return _case("LuckyPot", "shocked", tails, 0.5, 4, play, epsilon, Truth.of(gain))


def auction(tails: str, ratio: Ratio) -> Case:
    """Two bidders pay what they bid; both bid f v with f >= 1/2, which sets the gain.

    Against f v the best bid is v/2, and is paid 1/(12 f) on average; f v is paid (1 - f)/3: a gain
    of (1 - 2 f)^2/(12 f). At f = 1/2 the best of 16 factors from 0 to 1.5 are 0.4, paid .16, and
    0.6, paid .1537; budgets of 40,000 try 26 of 32 members, not 0.4.
    """
    epsilon = 0.002
    gain = (ratio or 0.0) * epsilon
    f = ((1 + 3 * gain) + math.sqrt((1 + 3 * gain) ** 2 - 1)) / 2
    paid = 0.4 * (0.4 * (5 / 6) ** 3 + (1 - (5 / 6) ** 2) / 2)  # for 0.6
    truth = Truth.of(gain) if gain else Truth(paid - 1 / 6, 0.0)
    play = {"name": "bid", "factor": f}
    return _case("WinnersLuck", "shocked", tails, 0.1, 2, play, epsilon, truth)


def table(tails: str, ratio: Ratio) -> Case:
    """A table with three rows each; both play the first, and the second gains the one player more.

    The lots of different rows are independent. The other player loses three epsilon by the better
    of her other rows.
    """
    epsilon = 0.01
    gain = (ratio or 0.0) * epsilon
    first = [[0.5, 0.2, 0.1], [0.5 + gain, 0.0, 0.3], [0.5 - 5 * epsilon, 0.4, 0.9]]
    second = [[0.7, 0.1, 0.2], [0.7 - 3 * epsilon, 0.8, 0.0], [0.4, 0.3, 0.6]]
    truths = (Truth.of(gain), Truth(-3 * epsilon, 0.0))
    raw = {
        "game": "zoo_markets.py:NoisyTable",
        "table": [first, second],
        "mechanism": {"name": "lots", "scale": 0.1, "tails": tails},
    }
    return Case(raw, epsilon, truths, rarest(tails))


def _case(
    cls: str,
    mechanism: str,
    tails: str,
    scale: float,
    agents: int,
    play: dict[str, Any],
    epsilon: float,
    truth: Truth,
) -> Case:
    """All players do the same, and gain the same."""
    raw = {
        "game": f"zoo_markets.py:{cls}",
        "agents": agents,
        "mechanism": {"name": mechanism, "scale": scale, "tails": tails},
        "strategies": {f"a{i}": play for i in range(agents)},
    }
    return Case(raw, epsilon, (truth,) * agents, rarest(tails))
