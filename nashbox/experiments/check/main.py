"""`check`: find what a target names, and hold it to the contract of its kind."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from nashbox.experiments.check.games import check_game
from nashbox.experiments.check.mechanisms import check_mechanism
from nashbox.experiments.check.report import CheckReport
from nashbox.experiments.check.strategies import check_strategy
from nashbox.experiments.listing import KINDS, kind_of
from nashbox.games.base import Game
from nashbox.games.estimation import prepare
from nashbox.games.registry import GROUP, game_class, game_of
from nashbox.mechanisms import Mechanism
from nashbox.mechanisms.exchange import Exchange
from nashbox.problem.errors import InputError, told
from nashbox.problem.estimation import EstimationProblem
from nashbox.problem.files import GAMES
from nashbox.problem.spec import Spec, build, find_object, suggest
from nashbox.strategies.testing import TestingStrategy


def check(target: str, folder: Path | str = ".", problem: Any = None) -> CheckReport:
    """Check ``file.py:Class``, a built-in name or an entry point, with parameters if given.

    problem: one to check it on as well. A name of both games means the one of estimation games.
    Raises InputError if there is no such class, or if it refuses the parameters.
    """
    spec = Spec.parse_call(target, "check")
    found = _find(spec.name, Path(folder))
    if issubclass(found, Game):
        if spec.parameters:
            raise InputError("check: a game's parameters come from a problem: give --problem FILE")
        if problem is not None and game_of(problem) is not found:
            raise InputError(f"--problem {problem.shown}: its game is not {target}")
        return check_game(found, target, Path(folder), problem)
    made: Any = build(found, spec.parameters, "check")
    if isinstance(made, (TestingStrategy, Exchange)):
        if isinstance(problem, EstimationProblem):
            raise InputError(f"--problem {problem.shown}: {target} is for testing games")
        from nashbox.experiments.testing.check import check_testing

        return CheckReport(target, check_testing(made, problem))
    if problem is not None and not isinstance(problem, EstimationProblem):
        raise InputError(f"--problem {problem.shown}: {target} is for estimation games")
    if isinstance(made, Mechanism):
        return CheckReport(target, check_mechanism(made, problem))
    own = None
    if problem is not None:
        game = prepare(problem, recommended=True)
        own = (problem.shown, problem, game.mechanism, game.terms)
    return CheckReport(target, check_strategy(made, own))


def _find(name: str, folder: Path) -> type[Any]:
    found: Any
    for kind in KINDS:
        if name in kind.builtin:
            return kind.builtin[name]
    if name in GAMES:
        return game_class(name, folder, "check")
    if ":" in name:
        found = find_object(name, folder, "check")
    else:
        groups = [*(kind.group for kind in KINDS), GROUP]
        points = {point.name: point for group in groups for point in entry_points(group=group)}
        if name not in points:
            allowed = [*dict.fromkeys(n for kind in KINDS for n in kind.builtin), *GAMES, *points]
            raise InputError(
                f"check: unknown name {name!r} ({suggest(name, [*allowed, 'file.py:Class'])})"
            )
        try:
            found = points[name].load()
        except Exception as error:
            raise InputError(f"check: entry point {name!r} fails: {told(error)}") from error
    if isinstance(found, type) and issubclass(found, Game):
        return found
    if kind_of(found) is None:
        what = f"the class {found.__name__}" if isinstance(found, type) else repr(found)
        raise InputError(
            f"check: {name!r} must be a subclass of nashbox.Strategy, nashbox.Mechanism, "
            f"TestingStrategy, Exchange or Game, got {what}"
        )
    return found  # type: ignore[no-any-return]
