"""One CBL round of 100 equal agents with everybody's information, against two yardsticks.

The plain loop plays one world at a time as a straightforward Mesa model would: each agent's points
in one numpy call, sums by numpy. The floor is the time numpy takes to draw the points collected.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import mesa
import numpy as np

from nashbox.mechanisms import Cbl
from nashbox.mechanisms.cbl import CblTerms
from nashbox.model import EstimationModel
from nashbox.problem.files import from_mapping

M, D, N, WORLDS = 100, 10, 5, 1000


def terms_of_the_case() -> tuple[object, Cbl, CblTerms]:
    """100 agents, c = 0.05, sigma = 10, d = 10, 5 points each: every pair is corrupted."""
    problem = from_mapping(
        {"game": "estimation", "sigma": 10.0, "costs": [[0.05] * D for _ in range(M)]}
    )
    mechanism = Cbl()
    return problem, mechanism, mechanism.terms(problem, np.full((M, D), float(N)))


class PlainAgent(mesa.Agent):
    """An agent of a one-world model."""

    def act(self) -> None:
        """Collect and submit everything in one call."""
        self.points = self.model.rng.normal(0.0, 10.0, size=(D, N))


class PlainModel(mesa.Model):
    """Algorithm 2 for one world, written as one would."""

    def __init__(self, terms: CblTerms, rng: int) -> None:
        super().__init__(rng=rng)
        self.terms = terms
        for _ in range(M):
            PlainAgent(self)

    def step(self) -> None:
        """One round with everybody's information."""
        agents, terms, rng = list(self.agents), self.terms, self.rng
        for agent in agents:
            agent.act()
        everything = np.stack([a.points for a in agents], axis=1)  # (D, M, N)
        self.information = np.empty((M, D))
        for i, agent in enumerate(agents):
            for k in range(D):
                others = np.delete(everything[k], i, axis=0).ravel()
                owed = int(terms.counts[i, k])
                drawn = rng.choice(others, int(terms.fixed_totals[k]) - owed, replace=False)
                z, rest, y = drawn[:owed], drawn[owed:], agent.points[k]
                eta = terms.alpha[i, k] * abs(y.mean() - z.mean())
                noisy = rest + rng.normal(0.0, eta, size=rest.size)
                weight = 100.0 / (100.0 + eta**2)
                total = y.sum() + z.sum() + weight * noisy.sum()
                self.information[i, k] = total / (y.size + z.size + weight * rest.size)


def best_of(repeats: int, work: Callable[[], object]) -> float:
    """Least wall time of several runs, seconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def main() -> None:
    """Print replications per second and the two ratios."""
    problem, mechanism, terms = terms_of_the_case()
    plain = PlainModel(terms, 1)
    plain_rate = 3 / best_of(3, lambda: [plain.step() for _ in range(3)])
    model = EstimationModel(problem, mechanism, terms, replications=WORLDS, rng=1)
    whole = best_of(7, model.step)
    rng = np.random.default_rng(1)
    floor = best_of(7, lambda: [rng.standard_normal((WORLDS, D * N)) for _ in range(M)])
    print(f"plain one-world Mesa loop   {plain_rate:10.1f} replications/s")
    print(f"nashbox, {WORLDS} worlds at once {WORLDS / whole:8.1f} replications/s")
    print(f"ratio                       {WORLDS / whole / plain_rate:10.1f} (at least 50)")
    print(f"drawing the points alone    {floor * 1000:10.1f} ms")
    print(f"the whole round             {whole * 1000:10.1f} ms")
    print(f"ratio                       {whole / floor:10.2f} (at most 3)")


if __name__ == "__main__":
    main()
