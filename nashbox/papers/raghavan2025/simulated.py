"""The worked cases played through the Mesa model: every number of a race, with its error bar."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

import numpy as np

from nashbox.games.testing import prepare_testing
from nashbox.measure.moments import Moments
from nashbox.measure.seeds import Stage, child
from nashbox.papers.raghavan2025.games import CASES, HALF, problem_of
from nashbox.problem.lattice import Floats
from nashbox.problem.observations import ObservationModel
from nashbox.problem.payoffs import Outcome
from nashbox.solver import solve

BLOCK = 1 << 16


def blocks(games: int, seed: int, *path: int) -> Iterator[tuple[int, int]]:
    """Sizes of blocks that add up to `games`, a seed each."""
    for b in range(-(-games // BLOCK)):
        yield min(BLOCK, games - b * BLOCK), child(seed, Stage.RUN, *path, b)


def play_case(case: str, beta: Fraction, games: int, seed: int) -> dict[str, Moments]:
    """Play with and without anticipation (w = 1); names as in `race_numbers`, and by winner."""
    found: dict[str, Moments] = {}
    for anticipate in (False, True):
        found |= play_models(CASES[case], beta, games, seed, HALF, anticipate=anticipate)
    return found


def play_models(
    models: Mapping[str, ObservationModel],
    beta: Fraction,
    games: int,
    seed: int,
    prior: Fraction,
    *,
    anticipate: bool,
) -> dict[str, Moments]:
    """Play a game of two agents A and B; what is measured depends on whether they anticipate.

    Game by game, as runs tell nothing of those who win apart from those who lose.
    """
    found: dict[str, Moments] = {}
    game = prepare_testing(problem_of(models, beta, prior=prior, anticipate=anticipate))
    for size, number in blocks(games, seed, int(anticipate)):
        outcomes = game.opened(size, number, None, 0).play().outcomes()
        for name, sample in _samples(outcomes, anticipate).items():
            found.setdefault(name, Moments()).add(np.asarray(sample, dtype=float))
    return found


def _samples(outcomes: list[Outcome], anticipate: bool) -> dict[str, Floats]:
    tau = np.stack([o.tau for o in outcomes]).astype(float)
    wrong = np.stack([o.wrong for o in outcomes]).astype(float)
    if not anticipate:
        return {
            "E tau alone, A": tau[0],
            "E tau alone, B": tau[1],
            "error alone, A": wrong[0],
            "error alone, B": wrong[1],
            "E max": tau.max(axis=0),
        }
    share = np.stack([o.share for o in outcomes])
    strict = (share == 1).any(axis=0)
    first = np.argmax(share[:, strict], axis=0)
    games = np.arange(first.size)
    won, lost = wrong[:, strict][first, games], wrong[:, strict][1 - first, games]
    by_winner = {
        f"error of the {who} if {name} is first": sample[first == i]
        for i, name in enumerate("AB")
        for who, sample in (("winner", won), ("loser", lost))
    }
    return by_winner | {
        "P(A wins)": (share[0] == 1).astype(float),
        "P(B wins)": (share[1] == 1).astype(float),
        "P(tie)": (share[0] == 0.5).astype(float),
        "E min": tau[0],
        "error of the winner": won,
        "error of the loser": lost,
        "error of A over win, tie and loss": wrong[0],
        "error of B over win, tie and loss": wrong[1],
    }


def race_numbers(case: str, beta: Fraction) -> tuple[dict[str, float], float]:
    """The same names from the exact recursion, and a bound of their error."""
    s = solve(CASES[case], HALF, beta)
    names = {
        "E tau alone, A": s.expected_time["A"],
        "E tau alone, B": s.expected_time["B"],
        "error alone, A": s.error["A"],
        "error alone, B": s.error["B"],
        "P(A wins)": s.wins["A"],
        "P(B wins)": s.wins["B"],
        "P(tie)": s.tie,
        "E min": s.expected_min,
        "E max": s.expected_max,
        "error of the winner": s.error_winner,
        "error of the loser": s.error_loser,
        "error of A over win, tie and loss": s.error_interactive["A"],
        "error of B over win, tie and loss": s.error_interactive["B"],
    }
    return names, s.error_bound
