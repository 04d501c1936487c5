"""Black-box audits of one agent and the damage she does, under every mechanism's own plans.

The yardstick is what drawing the points of as many worlds costs.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.round import MECHANISMS, PLANS, prepared
from benchmarks.timing import Row, compared, interleaved, shown
from nashbox.experiments.audit.simulated import audit_player
from nashbox.experiments.damage import simulated_damage

BUDGET = 200_000
REPEATS = 2
CASES = [(m, d) for m in (10, 100) for d in (1, 3)]
LARGE = (1000, 1)  # under one plan only


def case(mechanism: str, plan: str, m: int, d: int) -> list[Row]:
    """An audit of the agent with the median cost, and the damage of her best deviation."""
    game = prepared(mechanism, plan, m, d, equal=False)
    player = int(np.argsort(game.problem.costs[:, 0])[m // 2])
    said: list[Any] = []

    def audited() -> None:
        said.append(audit_player(game, player, None, 0.01, 0, BUDGET))

    audited()
    best, worlds = said[0].deviation, said[0].spent
    total = int(np.asarray(game.terms.counts).sum())
    block = max(1, min(worlds, 1_000_000 // max(1, total)))
    rng = np.random.default_rng(0)
    spent = interleaved(
        {
            "audit": audited,
            "damage": lambda: simulated_damage(game, player, best, 0),
            "draws": lambda: rng.standard_normal((block, total)),
        },
        REPEATS,
    )
    draws = [one * worlds / block for one in spent["draws"]]
    name = f"{mechanism} {plan} m={m} d={d}"
    return [
        compared(f"{name} {said[0].verdict[:9]}", spent["audit"], draws),
        compared(f"{name} damage", spent["damage"], draws),
    ]


def main() -> list[Row]:
    """Print CPU times of all cases."""
    cases = [(plan, m, d) for plan in PLANS for m, d in CASES] + [(PLANS[0], *LARGE)]
    all_cases = ((mechanism, *of) for mechanism in MECHANISMS for of in cases)
    return [shown(row) for of in all_cases for row in case(*of)]


if __name__ == "__main__":
    main()
