"""The price of anticipating: from which c/chat on it pays to stop when the other does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nashbox.papers.claim import Claim, Finding, Number
from nashbox.papers.findings import bisect, finding, table
from nashbox.papers.raghavan2025 import drawing
from nashbox.papers.raghavan2025.games import BETA, BETAS, CASES, COIN, HALF
from nashbox.problem.payoffs import Cost
from nashbox.solver import (
    Rival,
    Solution,
    best_response,
    critical_cost_ratio,
    signaller_payoff,
    solve,
)

PRICES = (0.002, 0.005, 0.01, 0.015, 0.02)


def anticipating_gains(game: Solution, name: str) -> Callable[[float], bool]:
    """Whether anticipating is worth more than going on alone, as a function of c/chat."""

    def pays(price: float) -> bool:
        yes, no = (
            signaller_payoff(game, name, Cost(price, 1.0), anticipates=how) for how in (True, False)
        )
        return yes > no

    return pays


def check_price(quick: bool, seed: int) -> Finding:
    """Find the c/chat from which anticipating beats going on alone, by root finding."""
    numbers: list[Number] = []
    rows: list[list[Any]] = []
    criticals: dict[str, float] = {}
    prices = PRICES if quick else tuple(k / 1000 for k in range(1, 41))
    for case, agents in CASES.items():
        for beta in BETAS:
            game = solve(agents, HALF, beta)
            for name in agents if case == "c" else ("A",):
                root = bisect(anticipating_gains(game, name), 0.0, 1.0, 1e-10)
                told = f"case {case}, beta {float(beta):g}, {name}"
                criticals[told] = root
                value = critical_cost_ratio(game, name)
                numbers.append(Number(f"critical c/chat, {told}", root, 1e-8, value))
    game = solve(CASES["a"], HALF, BETA)
    for price in prices:
        pays = [
            -signaller_payoff(game, "A", Cost(price, 1.0), anticipates=yes) for yes in (True, False)
        ]
        best = best_response(COIN, Rival(COIN), HALF, BETA, Cost(price, 1.0))
        rows.append([price, *pays, -best.lower])
    return finding(
        numbers,
        all(value <= 0 for value in criticals.values()),
        "anticipating pays at every price",
        condition="an observation is dear: c/chat above "
        + "; ".join(f"{value:.6f} ({told})" for told, value in criticals.items()),
        method="exact",
        computed="payoffs (4) from the stopping laws as a function of c, root by bisection, "
        "against the ratio of what anticipating loses in accuracy to what it saves in time",
        tables=[
            table(
                "cost (4), case a, beta 0.1",
                ["c/chat", "w = 1, anticipating", "w = 1, alone", "best of all policies"],
                rows,
            ),
            table("Critical c/chat", ["agent", "c/chat"], [[k, v] for k, v in criticals.items()]),
        ],
    )


PRICE_CLAIMS = (
    Claim(
        id="claim2-price",
        source="Abstract (2); cost (4)",
        statement="under the cost (4), without a prize, anticipating the other's stop pays",
        check=check_price,
        draw=drawing.against_cost,
    ),
)
