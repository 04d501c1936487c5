"""`check`: find what a target names, and hold it to the contract of its kind."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from nashbox.experiments.check.games import check_game
from nashbox.experiments.check.report import CheckReport
from nashbox.experiments.listing import KINDS, kind_of
from nashbox.games.base import Game
from nashbox.games.registry import GROUP, builtin, engine, game_class, game_of
from nashbox.problem.errors import InputError, told
from nashbox.problem.files import GAMES
from nashbox.problem.spec import Spec, build, find_object, suggest
from nashbox.problem.ticker import Ticker


def check(
    target: str,
    folder: Path | str = ".",
    problem: Any = None,
    progress: Ticker | None = None,
) -> CheckReport:
    """Check ``file.py:Class``, a built-in name or an entry point, with parameters if given.

    problem: one to check it on as well. progress: called with how many checks are done, and how
    many there are. A name of both games means the one of estimation games.
    Raises InputError if there is no such class, or if it refuses the parameters.
    """
    spec = Spec.parse_call(target, "check")
    found = _find(spec.name, Path(folder))
    if issubclass(found, Game):
        if spec.parameters:
            raise InputError("check: a game's parameters come from a problem: give --problem FILE")
        if problem is not None and game_of(problem) is not found:
            raise InputError(f"--problem {problem.shown}: its game is not {target}")
        return check_game(found, target, Path(folder), problem, progress)
    made: Any = build(found, spec.parameters, "check")
    kind = kind_of(found)
    assert kind is not None  # noqa: S101 - else it would not have been found
    if problem is not None and problem.game != kind.game:
        raise InputError(f"--problem {problem.shown}: {target} is for {kind.game} games")
    checks = engine(builtin(kind.game), f"{kind.kind}_check")
    return CheckReport(target, checks(made, problem, progress))


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
            f"RaceStrategy, Exchange or Game, got {what}; what is of another game is checked with "
            "its game: check GAME --problem FILE, a problem that names it"
        )
    return found  # type: ignore[no-any-return]
