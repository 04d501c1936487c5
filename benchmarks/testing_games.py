"""Speed of testing games: complete two-agent games a second on one core, and the exact solver.

    python -m benchmarks.testing_games [games]

Case a: P(1|0) = .4, P(1|1) = .6 for both, prior 1/2, anticipation on. The first line is w = 1; the
second has coins (alpha = 1/2) that the rival looks at, fusion (w = 0.7) and anticipation.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from fractions import Fraction

from nashbox.games.testing import prepare_testing
from nashbox.model import testing as crowds
from nashbox.problem.files import from_mapping
from nashbox.solver import solve


def case_a(strategy: dict[str, object], beta: str = "1/10") -> dict[str, object]:
    coin = {"p0": ["0.6", "0.4"], "p1": ["0.4", "0.6"], "strategy": strategy}
    agents = [{"name": name, **coin} for name in "AB"]
    return {"game": "testing", "beta": beta, "agents": agents}


def games_per_second(strategy: dict[str, object], games: int) -> float:
    game = prepare_testing(from_mapping(case_a(strategy)))
    game.model(1000, seed=0).play()
    best = 0.0
    for seed in range(3):
        start = time.perf_counter()
        for block in range(max(1, games // game.block)):
            game.model(game.block, seed=1000 * seed + block).play()
        took = time.perf_counter() - start
        best = max(best, max(1, games // game.block) * game.block / took)
    return best


def rounds_on_a_ring(
    agents: int, games: int, most: int = 60, weight: float = 1.0
) -> Iterator[tuple[str, float]]:
    """CPU ms of a round of equal signallers, played together (if w = 1) and each by herself."""
    raw = case_a({"name": "signaller", "weight": weight}, "1/100")
    agent = raw["agents"][0]  # type: ignore[index]
    ring = [{**agent, "name": f"a{i}"} for i in range(agents)]
    game = prepare_testing(from_mapping({**raw, "agents": ring, "graph": "cycle"}))
    few = crowds.LEAST
    for name, least in (("one by one", agents + 1), ("together", few)):
        crowds.LEAST = least
        model = game.model(games, seed=0)
        start, n = time.process_time(), 0
        while model.running and n < most:
            model.step()
            n += 1
        yield name, 1e3 * (time.process_time() - start) / n


def main() -> None:
    games = int(sys.argv[1]) if sys.argv[1:] and sys.argv[1].isdigit() else 1_000_000
    for label, weight in (("w = 1", 1.0), ("coins, fusion w = 0.7", 0.7)):
        speed = games_per_second({"name": "signaller", "alpha": 0.5, "weight": weight}, games)
        print(f"{label:24s} {speed / 1e6:6.2f} million games a second")
    for worlds in (100, 1000):
        spent = dict(rounds_on_a_ring(1000, worlds))
        faster = spent["one by one"] / spent["together"]
        print(
            f"ring of 1000 agents, {worlds} games: {spent['together']:.2f} ms a round, "
            f"{faster:.1f} times faster than one by one (limit: at least 10)",
            flush=True,
        )
    fused = dict(rounds_on_a_ring(1000, 100, most=20, weight=0.7))["together"]
    print(f"ring of 1000 agents who fuse (w = 0.7), 100 games: {fused:.2f} ms a round", flush=True)
    problem = from_mapping(case_a({"name": "signaller"}, "1/100"))
    models = dict(zip(problem.names, problem.models, strict=True))
    times = []
    for _ in range(10):
        start = time.perf_counter()
        solve(models, problem.prior, Fraction(1, 100))
        times.append(time.perf_counter() - start)
    print(f"{'solve, beta = .01':24s} {1e3 * min(times):6.2f} ms (first {1e3 * times[0]:.1f} ms)")


if __name__ == "__main__":
    main()
