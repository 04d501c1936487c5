"""How many deviations an audit examines per second, by method."""

from __future__ import annotations

import time

from nashbox.experiments.audit import audit
from nashbox.experiments.audit.simulated import audit_player
from nashbox.games.estimation import prepare
from nashbox.problem.files import from_mapping

BUDGET = 400_000


def main() -> None:
    """Print candidates and worlds per second on the worked case of 20 agents."""
    problem = from_mapping({"game": "estimation", "sigma": 10.0, "costs": [[0.05]] * 20})
    for method in ("exact", "exhaustive"):
        start = time.perf_counter()
        result = audit(problem, method=method)
        seconds = time.perf_counter() - start
        examined = sum(a.candidates or 0 for a in result.agents)
        rate = f"{examined / seconds:10.0f} deviations/s" if examined else " " * 23
        print(f"{method:<11} 20 agents {seconds:8.3f} s {rate}")
    game = prepare(problem)
    start = time.perf_counter()
    found = audit_player(game, 0, None, 0.01, 0, BUDGET)
    seconds = time.perf_counter() - start
    print(
        f"black_box   1 agent   {seconds:8.3f} s {found.candidates / seconds:10.1f} deviations/s "
        f"({found.spent / seconds:.0f} worlds/s)"
    )


if __name__ == "__main__":
    main()
