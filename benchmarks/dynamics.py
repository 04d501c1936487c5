"""Rounds of a thousand agents who revise: imitation, logit at once and in turn.

The yardstick is the time that a round may take: 20 a second on exact payoffs, 2 on payoffs
simulated in 200 worlds. A round of logit in turn asks what the menu pays after every move; on
simulated payoffs that is a simulation for most agents, so that it has fewer and no limit.
"""

from __future__ import annotations

import time
from typing import Any

from benchmarks.timing import Row, compared, shown
from nashbox.experiments.dynamics.adapt import make_rule
from nashbox.experiments.dynamics.menu import graph_of, read_start
from nashbox.experiments.dynamics.oracles import oracle_for, read_choices
from nashbox.model.population import Order, Population
from nashbox.problem.files import from_mapping

M, FEW = 1000, 100
MENU = ("truthful", {"name": "withholder", "fraction": 0.5}, "free_rider")
LOGIT = {"name": "logit", "temperature": 0.1}
RULES: dict[str, tuple[object, Order]] = {
    "imitation": ("imitation", "sequential"),
    "logit at once": (LOGIT, "simultaneous"),
    "logit in turn": (LOGIT, "sequential"),
}
# payoffs: worlds of an answer, rounds a second at least, rounds timed
PAYOFFS = {"exact": (2, 20.0, 20), "simulated": (200, 2.0, 5)}


def population(m: int, rule: object, order: Order, method: str, worlds: int) -> Population:
    """Agents of one kind under the sample mean, a tenth with each other entry of the menu."""
    problem: Any = from_mapping(
        {
            "game": "estimation",
            "sigma": 10.0,
            "costs": [[0.05]] * m,
            "plan": "ir_optimal",
            "mechanism": "sample_mean",
        }
    )
    menu = read_choices(problem, MENU)
    made = make_rule(rule)
    assert made is not None
    edges = graph_of("complete", problem.names, ".", "graph", 0) if made.uses_graph else ()
    start = read_start(None, menu.labels, m, 0, "start")
    oracle = oracle_for(problem, menu, method, worlds, 0)
    return Population(oracle, made, start, edges=edges, order=order, rng=1)


def case(name: str, method: str) -> Row:
    """CPU ms of every round after the first."""
    worlds, fast, rounds = PAYOFFS[method]
    slow = (name, method) == ("logit in turn", "simulated")
    m = FEW if slow else M
    model = population(m, *RULES[name], method, worlds)
    model.step()
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        model.step()
        spent.append((time.process_time() - start) * 1e3)
    mean = [sum(spent) / len(spent)]  # payoffs are remembered: rounds are not alike
    limit = None if slow else 1.0
    return compared(f"{name} m={m} {method} payoffs", mean, [1e3 / fast], limit)


def main() -> list[Row]:
    """Print CPU times of a round; the ratio is to what a round may take, so its limit is 1."""
    rows = []
    for method in PAYOFFS:
        for name in RULES:
            row = case(name, method)
            rows.append(shown(row, f", {1e3 / row.least:.1f} rounds a second"))
    return rows


if __name__ == "__main__":
    main()
