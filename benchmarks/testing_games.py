"""Testing games: complete games of two agents, rounds of a thousand, and the exact solver.

Case a: P(1|0) = .4, P(1|1) = .6 for both, prior 1/2, anticipation on. The first games have w = 1;
the second coins (alpha = 1/2) that the rival looks at, fusion (w = 0.7) and anticipation. The
yardstick is to draw a number for each observation; of races on graphs, whose agents rely on
themselves, to play each by herself, as version 0.1.0 did; of the solver, a plain loop over the
beliefs of one agent until she plays on with probability 1e-15. Nothing is recorded step by step.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np

from benchmarks.timing import REPEATS, Row, compared, interleaved, shown
from nashbox.games.testing import prepare_testing
from nashbox.model import testing as crowds
from nashbox.problem.files import from_mapping
from nashbox.solver import solve

BLOCK = 1 << 17  # games of two
AGENTS = 1000  # of a graph
GRAPHS: dict[str, Any] = {
    "ring": "cycle",
    "star": "star",
    "small world": {"name": "watts_strogatz", "k": 4, "p": 0.1},
    "gnp": {"name": "gnp_random", "p": 0.01},
}
ON_GRAPHS = (100, 1000)  # games
ITERATIONS = 30  # the first few pass without a stop, in the others most agents stop
FEW = crowds.LEAST


def case_a(strategy: dict[str, object], beta: str = "1/10") -> dict[str, Any]:
    coin = {"p0": ["0.6", "0.4"], "p1": ["0.4", "0.6"], "strategy": strategy}
    agents = [{"name": name, **coin} for name in "AB"]
    return {"game": "testing", "beta": beta, "agents": agents}


def games(label: str, weight: float) -> Row:
    """A block of games of two agents, played to their ends."""
    strategy: dict[str, object] = {"name": "signaller", "alpha": 0.5, "weight": weight}
    game = prepare_testing(from_mapping(case_a(strategy)))
    played = game.opened(BLOCK, 0, None, 0).play()
    observations = sum(int(outcome.tau.sum()) for outcome in played.outcomes())
    rng = np.random.default_rng(0)
    spent = interleaved(
        {
            "games": lambda: game.opened(BLOCK, 0, None, 0).play(),
            "draws": lambda: rng.random(observations),
        }
    )
    found = compared(f"games of two, {label}", spent["games"], spent["draws"])
    return shown(found, f", {BLOCK / found.least / 1e3:.2f} million games a second")


def race(graph: str, weight: float, beta: str) -> Any:
    """Equal signallers who hear their neighbours."""
    raw = case_a({"name": "signaller", "weight": weight}, beta)
    agents = [{**raw["agents"][0], "name": f"a{i}"} for i in range(AGENTS)]
    return prepare_testing(from_mapping({**raw, "agents": agents, "graph": GRAPHS[graph]}))


def playing(game: Any, worlds: int, most: int, least: int = FEW) -> Callable[[], None]:
    """What plays another model at every call; `least` agents of one kind are played together."""
    models = [game.opened(worlds, 0, None, 0) for _ in range(REPEATS + 1)]

    def play() -> None:
        crowds.LEAST = least
        model = models.pop()
        while model.running and model.round < most:
            model.step()
        crowds.LEAST = FEW

    return play


def together(graph: str, worlds: int) -> Row:
    """Iterations of agents who rely on themselves, as one array."""
    game = race(graph, 1.0, "1/10")
    works = {
        "alone": playing(game, worlds, ITERATIONS, AGENTS + 1),
        "together": playing(game, worlds, ITERATIONS),
    }
    spent = interleaved(works, REPEATS)
    case = f"{graph} of {AGENTS} and one by one, {worlds} games"
    return compared(case, spent["together"], spent["alone"], 0.1)


def fused(worlds: int, most: int = 20) -> Row:
    """Iterations of agents who fuse, w = 0.7."""
    rng = np.random.default_rng(0)
    draws = partial(rng.random, (most, AGENTS, worlds))
    spent = interleaved(
        {"fused": playing(race("ring", 0.7, "1/100"), worlds, most), "draws": draws}, REPEATS
    )
    return compared(f"ring of {AGENTS}, w = 0.7, {worlds} games", spent["fused"], spent["draws"])


def plain_walk(bound: int) -> None:
    """How long an agent of case a plays whose belief has crossed after `bound` steps one way."""
    for up in (0.4, 0.6):
        playing = np.zeros(2 * bound + 1)
        playing[bound] = 1.0
        while playing.sum() > 1e-15:
            moved = np.zeros_like(playing)
            moved[1:] = up * playing[:-1]
            moved[:-1] += (1 - up) * playing[1:]
            moved[[0, -1]] = 0.0
            playing = moved


def solving() -> Row:
    """The exact answer for beta = .01."""
    problem = from_mapping(case_a({"name": "signaller"}, "1/100"))
    models = dict(zip(problem.names, problem.models, strict=True))
    spent = interleaved(
        {
            "solve": lambda: solve(models, problem.prior, Fraction(1, 100)),
            "loop": lambda: plain_walk(12),  # log(99) / log(1.5)
        },
        2 * REPEATS,
    )
    return compared("solve, beta = .01", spent["solve"], spent["loop"])


def main() -> list[Row]:
    """Print CPU times of all cases."""
    pairs = [games("w = 1", 1.0), games("coins, fusion w = 0.7", 0.7)]
    graphs = [shown(together(graph, worlds)) for graph in GRAPHS for worlds in ON_GRAPHS]
    return [*pairs, *graphs, shown(fused(ON_GRAPHS[0])), shown(solving())]


if __name__ == "__main__":
    main()
