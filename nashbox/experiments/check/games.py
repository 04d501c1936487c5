"""The contract of a game: what every engine counts on, tried on its own example and on yours."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from nashbox.experiments.audit.pool import CandidatePool
from nashbox.experiments.audit.promises.alikeness import declares_alike, hold_alike
from nashbox.experiments.audit.promises.formulas import disagreement
from nashbox.experiments.audit.promises.one_shot import hold_one_shot
from nashbox.experiments.check.report import CheckReport
from nashbox.games.base import Game
from nashbox.games.checking import BrokenError, SkippedError, held, run_all
from nashbox.games.one_shot import OneShot
from nashbox.games.promises.paying import hold_seed, hold_sizes
from nashbox.games.registry import prepare_game
from nashbox.problem.errors import InputError
from nashbox.problem.files import from_mapping
from nashbox.problem.parameters import same
from nashbox.problem.ticker import Ticker

WORLDS = 64
TRIED = 12  # candidates played


def check_game(
    cls: type[Game],
    target: str,
    folder: Path,
    problem: Any = None,
    progress: Ticker | None = None,
) -> CheckReport:
    """Hold a game to its contract, with its default parameters and on a problem of yours."""
    games: list[Game] = []

    def builds() -> str:
        try:
            built = from_mapping({"game": target}, folder, target)
        except InputError as error:
            if "is missing" in str(error):
                raise SkippedError(f"it needs parameters: {error}") from error
            raise BrokenError(f"with its default parameters: {error}") from error
        games.append(prepare_game(built))
        return "it is made from its default parameters"

    def on_all(trial: Callable[[Game], None]) -> Callable[[], str]:
        def work() -> str:
            why = "there is no game to try: give --problem FILE"
            tested = False
            for game in games:
                try:
                    trial(game)
                except SkippedError as error:
                    why = str(error)
                    continue
                tested = True
            if not tested:
                raise SkippedError(why)
            return (trial.__doc__ or "").partition("\n")[0].rstrip(".")

        return work

    if problem is not None:
        games.append(prepare_game(problem))
    checks = {"builds": builds, **{name: on_all(trial) for name, trial in CHECKS.items()}}
    return CheckReport(target, run_all(checks, ("builds", "plays"), progress))


def _plays(game: Game) -> None:
    """A game of R worlds pays (m, R) finite numbers, whatever R."""
    held(lambda: hold_sizes(game))


def _repeats(game: Game) -> None:
    """The same seed gives the same payments."""
    held(lambda: hold_seed(game))


def _worlds(game: Game) -> None:
    """What is paid in a world does not depend on the other worlds."""
    if not isinstance(game, OneShot):
        raise SkippedError("it is not a game of one step")
    held(lambda: hold_one_shot(game, 7))


def _deviations(game: Game) -> None:
    """Everything that an audit would try can be played, by every player."""
    for i in range(game.m):
        pool = CandidatePool.of(game, i, 60)
        if not pool.deviations:
            raise BrokenError(
                f"{game.players[i]} has nothing to deviate to: deviations(i) is empty"
            )
        again = CandidatePool.of(game, i, 60)
        if [d.label for d in again.deviations] != [d.label for d in pool.deviations]:
            raise BrokenError(f"{game.players[i]}: deviations(i) are others when asked again")
        some = pool.strategies[:: max(1, len(pool.strategies) // TRIED)]
        for strategy, paid in zip(some, game.trials(i, some, 8, 3), strict=True):
            if np.asarray(paid).shape != (game.m, 8):
                raise BrokenError(
                    f"{game.players[i]} with {strategy.label}: payments of another shape"
                )


def _alike(game: Game) -> None:
    """Strategies that it calls alike are paid the same in every world."""
    if not declares_alike(game):
        raise SkippedError("not promised (alike is as in most games)")
    held(lambda: hold_alike(game, 7))


def _replaced(game: Game) -> None:
    """A player's strategy can be replaced without changing the others'."""
    other = _another(game)
    changed = game.with_strategies({game.players[0]: other})
    kept = all(same(changed.strategy(j), game.strategy(j)) for j in range(1, game.m))
    if not kept:
        raise BrokenError("with_strategies changes what other players play")
    if not same(changed.strategy(0), other):
        raise BrokenError("with_strategies changes nothing")


def _another(game: Game) -> Any:
    """A strategy that the first player could play instead."""
    found = CandidatePool.of(game, 0, 20).strategies[1:]
    if not found:
        raise SkippedError("the first player has nothing else to play")
    return found[0]


def _streams(game: Game) -> None:
    """Another strategy of one player leaves the draws of all others alone."""
    played = []
    for changed in (game, game.with_strategies({game.players[0]: _another(game)})):
        model = changed.model(WORLDS, 5)
        model.step()
        if not all(hasattr(player, "action") for player in model.players):
            raise SkippedError("its players do not show what they did (`action`)")
        played.append([np.asarray(player.action) for player in model.players[1:]])
    for name, before, after in zip(game.players[1:], *played, strict=True):
        if not np.array_equal(before, after):
            raise BrokenError(f"{name} acts otherwise if {game.players[0]} plays another strategy")


def _exact(game: Game) -> None:
    """Exact answers agree with simulation, and no candidate beats their bound."""
    for i in range(game.m):
        answer = game.formula(i)
        if isinstance(answer, str):
            raise SkippedError(answer)
        problem = disagreement(game, i, answer)
        if problem is not None:
            raise BrokenError(problem)


CHECKS: dict[str, Callable[[Game], None]] = {
    "plays": _plays,
    "repeats": _repeats,
    "worlds_are_independent": _worlds,
    "deviations": _deviations,
    "alike": _alike,
    "strategies": _replaced,
    "streams": _streams,
    "exact": _exact,
}
