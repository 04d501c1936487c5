"""What the page takes on: beyond these sizes it refuses with a message that says where to go."""

from __future__ import annotations

from typing import Any

from nashbox.problem.errors import InputError, whole

FILES, BYTES = 10, 2_000_000  # of one upload, and of each of its files
AGENTS, DISTRIBUTIONS, SYMBOLS = 100, 20, 20
WORLDS, POINTS = 20_000, 50_000_000  # parallel worlds, and points drawn in a round in all of them
STARTS = 200  # random ones, in a comparison of mechanisms
BUDGET = 100_000_000  # worlds per agent of an audit
ROUNDS, ROUNDS_KEPT = 200, 1_000  # asked for at once, and in all
GAMES, GAMES_KEPT = 100_000, 10_000_000
INSTEAD = "the command line has no such limit"


def at_most(what: str, value: float, limit: int) -> None:
    """Raise InputError if `value` is beyond the page's limit."""
    if value > limit:
        raise InputError(f"{what} must be at most {limit:,} on the page, got {value:,g}; {INSTEAD}")


def check_problem(problem: Any) -> None:
    """Raise InputError for a problem too large to look at or to compute while one waits."""
    at_most(f"{problem.shown}: agents", problem.m, AGENTS)
    most = {"distributions": DISTRIBUTIONS, "symbols": SYMBOLS}
    for what, value in problem.sizes.items():
        at_most(f"{problem.shown}: {what}", value, most[what.partition(" ")[0]])


def check_worlds(worlds: Any, points: float) -> None:
    """Raise InputError for more worlds, or more points in all of them, than a round should draw."""
    worlds = whole("worlds", worlds, low=2)
    at_most("worlds", worlds, WORLDS)
    at_most("points drawn in a round (worlds x points collected)", worlds * points, POINTS)


def check_rounds(rounds: Any, played: int) -> None:
    """Raise InputError for more rounds than the page keeps."""
    rounds = whole("rounds", rounds, low=1)
    at_most("rounds at once", rounds, ROUNDS)
    at_most("rounds since the last reset", played + rounds, ROUNDS_KEPT)


def check_games(games: Any, played: int) -> None:
    """Raise InputError for more games than the page keeps."""
    games = whole("games", games, low=1)
    at_most("games at once", games, GAMES)
    at_most("games since the last reset", played + games, GAMES_KEPT)
