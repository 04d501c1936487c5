"""Rounds of a thousand agents who revise: imitation, logit at once and in turn.

The yardstick is the time that a round may take: 20 a second on exact payoffs, 2 on payoffs
simulated in 200 worlds. A round of logit in turn asks what the menu pays after every move; on
simulated payoffs that is hundreds of simulations, minutes a round, and is left out.
"""

from __future__ import annotations

import time
from typing import Any

from benchmarks.timing import Row, compared
from nashbox.experiments.dynamics.adapt import make_rule
from nashbox.experiments.dynamics.menu import graph_of, read_start
from nashbox.experiments.dynamics.oracles import oracle_for, read_choices
from nashbox.model.population import Order, Population
from nashbox.problem.files import from_mapping

M = 1000
MENU = ("truthful", {"name": "withholder", "fraction": 0.5}, "free_rider")
LOGIT = {"name": "logit", "temperature": 0.1}
RULES: dict[str, tuple[object, Order]] = {
    "imitation": ("imitation", "sequential"),
    "logit at once": (LOGIT, "simultaneous"),
    "logit in turn": (LOGIT, "sequential"),
}
# payoffs: worlds of an answer, rounds a second at least, rounds timed
PAYOFFS = {"exact": (2, 20.0, 20), "simulated": (200, 2.0, 1)}


def population(rule: object, order: Order, method: str, worlds: int) -> Population:
    """Agents of one kind under the sample mean, a tenth with each other entry of the menu."""
    problem: Any = from_mapping(
        {
            "game": "estimation",
            "sigma": 10.0,
            "costs": [[0.05]] * M,
            "plan": "ir_optimal",
            "mechanism": "sample_mean",
        }
    )
    menu = read_choices(problem, MENU)
    made = make_rule(rule)
    assert made is not None
    edges = graph_of("complete", problem.names, ".", "graph", 0) if made.uses_graph else ()
    start = read_start(None, menu.labels, M, 0, "start")
    oracle = oracle_for(problem, menu, method, worlds, 0)
    return Population(oracle, made, start, edges=edges, order=order, rng=1)


def case(name: str, method: str) -> Row:
    """CPU ms of every round after the first."""
    worlds, fast, rounds = PAYOFFS[method]
    model = population(*RULES[name], method, worlds)
    model.step()
    spent = []
    for _ in range(rounds):
        start = time.process_time()
        model.step()
        spent.append((time.process_time() - start) * 1e3)
    mean = [sum(spent) / len(spent)]  # payoffs are remembered: rounds are not alike
    return compared(f"{name} m={M} {method} payoffs", mean, [1e3 / fast], 1.0)


def main() -> list[Row]:
    """Print CPU times of a round; the ratio is to what a round may take, so its limit is 1."""
    rows = []
    for method in PAYOFFS:
        for name in RULES:
            if (name, method) == ("logit in turn", "simulated"):
                continue
            rows.append(case(name, method))
            print(f"{rows[-1].line()}, {1e3 / rows[-1].least:.1f} rounds a second", flush=True)
    return rows


if __name__ == "__main__":
    main()
