"""The black box for every player of a game, in several processes if that pays."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from nashbox.experiments.audit.epsilon import Epsilon
from nashbox.experiments.audit.findings import PlayerFinding
from nashbox.experiments.audit.patience import Kept, Patience
from nashbox.experiments.audit.simulated import audit_player
from nashbox.experiments.damage import simulated_damage
from nashbox.experiments.processes import default_workers, in_order
from nashbox.games.base import Game
from nashbox.games.registry import prepare_game
from nashbox.problem.ticker import Ticker

Options = tuple[Epsilon, float, int, int]  # epsilon, delta, seed, budget


def black_box(
    problem: Any,
    game: Game,
    own: Mapping[str, Any],
    options: Options,
    workers: int | None,
    progress: Ticker | None,
    in_box: bool = False,
    patience: Patience | None = None,
) -> list[PlayerFinding]:
    """Audit every player; findings come in the players' order whatever the number of workers.

    own: options that only this game has. What cannot be sent to another process, as a payoff or a
    game from a user's file, keeps the work in this one. patience: go on with those that are
    undecided; who is decided early leaves her time to the others.
    """
    if workers is None:
        workers = default_workers(game.m * options[-1], game.m)
    sent = game.portable(problem)
    if workers > 1 and not _travels(sent):
        workers = 1
    found: dict[int, PlayerFinding] = {}
    left = list(range(game.m))
    while left:
        turns = [(options, in_box, patience, (k, len(left), workers)) for k in range(len(left))]
        if workers == 1:
            jobs = [(game, i, *turn) for i, turn in zip(left, turns, strict=True)]
            said = in_order(_found, jobs, 1, progress)
        else:
            others = [(sent, dict(own), i, *turn) for i, turn in zip(left, turns, strict=True)]
            said = in_order(_work, others, workers, progress)
        found.update(zip(left, said, strict=True))
        left = [i for i in left if found[i].verdict == "undecided"]
        if patience is None or patience.ends is None or patience.over:
            break
    return [found[i] for i in range(game.m)]


def _travels(problem: Any) -> bool:
    try:
        text = pickle.dumps(problem)
    except Exception:
        return False
    return b"nashbox_plugin_" not in text


def _work(problem: Any, own: Mapping[str, Any], player: int, *rest: Any) -> PlayerFinding:
    return _found(prepare_game(problem, **own), player, *rest)


def _found(
    game: Game,
    player: int,
    options: Options,
    in_box: bool,
    patience: Patience | None,
    turn: tuple[int, int, int],
) -> PlayerFinding:
    epsilon, delta, seed, budget = options
    kept = None if patience is None else Kept(patience.shared(*turn), player)
    answer = audit_player(game, player, epsilon, delta, seed, budget, in_box=in_box, kept=kept)
    damage, error = simulated_damage(game, player, answer.deviation, seed)
    return replace(answer, damage=damage, damage_se=error)
