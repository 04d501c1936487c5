"""The black box for every player of a game, in several processes if that pays."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from typing import Any

from nashbox.experiments.audit.game_audit import PlayerAudit
from nashbox.experiments.audit.simulated import audit_player
from nashbox.experiments.processes import default_workers, in_order
from nashbox.games.base import Game
from nashbox.games.registry import prepare_game


def black_box_rows(
    problem: Any,
    game: Game,
    recommended: bool,
    extra: Mapping[str, Any],
    options: tuple[Any, ...],
    workers: int | None,
    progress: Callable[[int, int], None] | None,
) -> list[PlayerAudit]:
    """Audit every player; rows come in the players' order whatever the number of workers.

    options: epsilon, delta, seed, budget. What cannot be sent to another process, as a payoff or a
    game from a user's file, keeps the work in this one.
    """
    jobs = [(problem, recommended, dict(extra), i, *options) for i in range(game.m)]
    if workers is None:
        workers = default_workers(len(jobs) * options[-1], len(jobs))
    if workers > 1 and not _travels(problem):
        workers = 1
    if workers == 1:
        own = [(game, i, *options) for i in range(game.m)]
        return in_order(audit_player, own, 1, progress)
    return in_order(_work, jobs, workers, progress)


def _travels(problem: Any) -> bool:
    try:
        text = pickle.dumps(problem)
    except Exception:
        return False
    return b"nashbox_plugin_" not in text


def _work(
    problem: Any, recommended: bool, extra: Mapping[str, Any], player: int, *options: Any
) -> PlayerAudit:
    game = prepare_game(problem, recommended=recommended, **extra)
    return audit_player(game, player, *options)
