"""How a problem file names a game, and how it is made ready to play.

A game is a built-in name, the name of an entry point of the group ``nashbox.games``, or
``"file.py:Class"``. `problem.files.GAMES` says where the built-in ones are.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import wraps
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any, TypeVar, cast

from nashbox.games.base import Game, Pay
from nashbox.problem.errors import ContractError, InputError, brief, told
from nashbox.problem.files import GAMES, READERS
from nashbox.problem.parametric import ParametricProblem, parameters_of, read_strategies
from nashbox.problem.spec import Spec, build, find_class

GROUP = "nashbox.games"
Work = TypeVar("Work", bound=Callable[..., Any])
PAPERS = tuple(READERS)  # games of the two papers, whose files have readers of their own


def game_class(name: str, folder: Path, where: str) -> type[Game]:
    """Return the class of a game. Raises InputError naming `where`, what is allowed, what came."""
    if name in GAMES:
        module, _, attribute = GAMES[name].partition(":")
        found: type[Game] = getattr(importlib.import_module(module), attribute)
        return found
    known = dict.fromkeys((*PAPERS, *GAMES), Game)
    # only subclasses of the abstract class come back
    return find_class(name, known, Game, GROUP, folder, where)  # type: ignore[type-abstract]


def known_games() -> Iterator[str]:
    """Names of all games that are installed."""
    yield from GAMES
    yield from (point.name for point in entry_points(group=GROUP))


def prepare_game(problem: Any, *, recommended: bool = False, **extra: Any) -> Game:
    """Make a problem ready to play. recommended: nobody plays a strategy of her own.

    extra: options that only its game has. Raises InputError for those of other games.
    """
    if problem.game == "testing":
        from nashbox.games.testing import prepare_testing

        return prepare_testing(problem, recommended=recommended, **extra)
    for name, value in extra.items():
        raise InputError(
            f"{name} (--{name}) is not an option of {problem.game} games, got {brief(value)}"
        )
    return prepare_parametric(problem, recommended=recommended)


def check_names(problem: Any) -> None:
    """Find everything that a problem names. Raises InputError."""
    if has_plan(problem):
        from nashbox.games.estimation import check_names as named

        named(problem)
    else:
        prepare_game(problem)


@contextmanager
def blamed(problem: Any) -> Iterator[None]:
    """Whatever a game of a user's own raises is an error that names it."""
    try:
        yield
    except (InputError, KeyboardInterrupt):
        raise
    except BaseException as error:  # a plug-in may raise whatever it likes
        if not _is_plugin(problem):
            raise
        raise ContractError(f"{problem.shown}: {problem.game} raised {told(error)}") from error


def _is_plugin(problem: Any) -> bool:
    """Whether a game or its classes come from outside of this package."""
    cls = getattr(problem, "cls", None)
    return cls is not None and not cls.__module__.startswith("nashbox.")


def blaming(work: Work) -> Work:
    """Decorate an experiment on a problem, its first argument: see `blamed`."""

    @wraps(work)
    def asked(problem: Any, *arguments: Any, **options: Any) -> Any:
        with blamed(problem):
            return work(problem, *arguments, **options)

    return cast(Work, asked)


def has_plan(problem: Any) -> bool:
    """Whether a problem asks for a plan of what everybody collects."""
    return hasattr(problem, "plan")


def pays_of(problem: Any) -> Pay:
    """What a problem's players are paid."""
    return Pay("penalty", -1) if has_plan(problem) else game_of(problem).pays


def game_of(problem: Any) -> type[Game]:
    """The class of a problem's game."""
    if problem.game == "testing":
        from nashbox.games.testing import TestingGame

        return TestingGame
    found: type[Game] = problem.cls
    return found


def menu_of(name: str) -> Mapping[str, type]:
    """Strategies of a game by name, none where the game is a file's."""
    if name == "testing":
        from nashbox.games.testing import TestingGame

        return TestingGame.menu
    return game_class(name, Path(), "game").menu if name in GAMES else {}


def read_parametric(raw: Mapping[str, Any], folder: Path, shown: str) -> ParametricProblem:
    """Validate the mapping of a problem file of a game with parameters. Raises InputError."""
    name = raw["game"]
    if not isinstance(name, str):
        raise InputError(f"{shown}: game must be a name or 'file.py:Class', got {brief(name)}")
    cls = game_class(name, folder, f"{shown}: game")
    parameters = parameters_of(cls, raw, shown)
    mechanism = raw.get("mechanism")
    built = build(cls, with_files(cls, parameters, folder), shown)
    names = _players(built, shown)
    problem = ParametricProblem(
        game=name,
        cls=cls,
        parameters=parameters,
        mechanism=None if mechanism is None else Spec.parse(mechanism, f"{shown}: mechanism"),
        strategies=read_strategies(raw.get("strategies", "recommended"), names, shown),
        names=names,
        folder=folder,
        raw=dict(raw),
        shown=shown,
    )
    with blamed(problem):
        prepare_parametric(problem)  # whatever is wrong is said on loading
    return problem


def _players(game: Game, shown: str) -> tuple[str, ...]:
    """Names of the players. Raises ContractError where a game of a user's own has none."""
    name = type(game).__name__
    try:
        found = tuple(game.players)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise ContractError(f"{shown}: {name}.players raised {told(error)}") from error
    if len(found) < 2 or not all(isinstance(one, str) and one for one in found):
        raise ContractError(
            f"{shown}: {name}.players must be at least two names, got {brief(found)}"
        )
    return found


def with_files(cls: type, parameters: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Parameters with the paths that a game declares (`files`) started at the problem's folder."""
    files = getattr(cls, "files", ())
    return {
        key: str(folder / value) if key in files and isinstance(value, str) else value
        for key, value in parameters.items()
    }


def prepare_parametric(problem: ParametricProblem, *, recommended: bool = False) -> Game:
    """Build game, mechanism and strategies. recommended: nobody plays a strategy of her own."""
    cls: type[Game] = problem.cls
    parameters = with_files(cls, problem.parameters, problem.folder)
    if problem.mechanism is not None:
        where = f"{problem.shown}: mechanism"
        parameters["mechanism"] = make_mechanism(cls, problem.mechanism, problem.folder, where)
    game = build(cls, parameters, problem.shown)
    if recommended:
        return game
    strategies = {
        name: game.read_strategy(
            problem.names.index(name), spec, problem.folder, f"{problem.shown}: strategies.{name}"
        )
        for name, spec in problem.strategies.items()
    }
    return game.with_strategies(strategies, specs=problem.strategies)


def make_mechanism(cls: type[Game], spec: Spec, folder: Path, where: str) -> Any:
    """Make a mechanism of a game by its name there, or of ``file.py:Class``."""
    known: Mapping[str, type[Any]] = cls.mechanisms
    found = find_class(spec.name, known, object, "nashbox.mechanisms", folder, where)
    return build(found, spec.parameters, where)
