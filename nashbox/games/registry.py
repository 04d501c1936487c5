"""How a problem file names a game, and how it is made ready to play.

A game is a built-in name, the name of an entry point of the group ``nashbox.games``, or
``"file.py:Class"``. `problem.files.GAMES` says where the built-in ones are.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from nashbox.games.base import Game
from nashbox.problem.errors import ContractError, InputError, brief, plugin_line, told
from nashbox.problem.files import GAMES, problem_of
from nashbox.problem.options import Option
from nashbox.problem.own import OWN
from nashbox.problem.spec import find_class

if TYPE_CHECKING:
    from matplotlib.axes import Axes

GROUP = "nashbox.games"
_OWN: dict[str, dict[Path, type[Game]]] = {}  # found so far by names that are not built in
Work = TypeVar("Work", bound=Callable[..., Any])


def builtin(name: str) -> type[Game]:
    """The class of a game that comes along."""
    module, _, attribute = GAMES[name].partition(":")
    found: type[Game] = getattr(importlib.import_module(module), attribute)
    return found


def game_class(name: str, folder: Path, where: str) -> type[Game]:
    """Return the class of a game. Raises InputError naming `where`, what is allowed, what came."""
    if name in GAMES:
        return builtin(name)
    known = dict.fromkeys(GAMES, Game)
    # only subclasses of the abstract class come back
    found = find_class(name, known, Game, GROUP, folder, where)  # type: ignore[type-abstract]
    _hold_names(found, f"{where}: {name}")
    _OWN.setdefault(name, {})[folder.resolve() if ":" in name else Path()] = found
    return found


def _hold_names(cls: type[Game], where: str) -> None:
    """Refuse names of strategies and mechanisms that stand for anything but classes."""
    for what in ("menu", "mechanisms"):
        for name, found in named(cls, what).items():
            if not isinstance(name, str) or not isinstance(found, type):
                raise InputError(
                    f"{where}: {what} must be classes by name, got {brief(name)}: {brief(found)}"
                )


def game_of(problem: Any) -> type[Game]:
    """The class of a problem's game."""
    found: type[Game] = problem.cls if problem.game not in GAMES else builtin(problem.game)
    return found


def prepare_game(problem: Any, *, recommended: bool = False, **own: Any) -> Game:
    """Make a problem ready to play. recommended: nobody plays a strategy of her own.

    own: options that only its game has. Raises InputError for those of other games.
    """
    own = own_options_read(problem, "audit", own)
    game: Game = game_of(problem).prepared(problem, recommended=recommended, **own)
    return game


def own_options_read(problem: Any, verb: str, own: Mapping[str, Any]) -> dict[str, Any]:
    """What options of an experiment mean that only some games have. Raises InputError."""
    options, read = game_of(problem).own_options.get(verb, {}), {}
    for name, value in own.items():
        if name not in options:
            owners = [game for game, verbs in OWN.items() if name in verbs.get(verb, ())]
            allowed = f"for {' or '.join(owners)} games" if owners else f"no option of {verb}"
            raise InputError(f"{name} is {allowed}, got {brief(value)} and game = {problem.game!r}")
        read[name] = None if value is None else options[name].read(name, value)
    return read


def own_options(verb: str) -> dict[str, Option]:
    """Options of an experiment that only some of the games that come along have, saying which."""
    found: dict[str, Option] = {}
    for game, verbs in OWN.items():
        for name, option in verbs.get(verb, {}).items():
            found[name] = replace(option, help=f"{game} games: {option.help}", default=None)
    return found


def check_names(problem: Any) -> None:
    """Find everything that a problem names. Raises InputError."""
    game_of(problem).check_names(problem)


@contextmanager
def blamed(problem: Any) -> Iterator[None]:
    """Whatever a game of a user's own raises is an error that names it."""
    try:
        yield
    except KeyboardInterrupt:
        raise
    except InputError as error:
        # what a game's own code refuses, as a parameter that it makes up, names no file by itself
        place = plugin_line(error) if type(error) is InputError and _is_plugin(problem) else None
        if place is None:
            raise
        raise InputError(f"{problem.shown}: {error} ({place})") from error
    except BaseException as error:  # a plug-in may raise whatever it likes
        if not _is_plugin(problem):
            raise
        raise ContractError(f"{problem.shown}: {problem.game} raised {told(error)}") from error


def _is_plugin(problem: Any) -> bool:
    """Whether a game or its classes come from outside of this package."""
    cls = getattr(problem, "cls", None)
    return cls is not None and not cls.__module__.startswith("nashbox.")


def blaming(work: Work) -> Work:
    """Decorate an experiment on a problem, its first argument: see `problem_of` and `blamed`."""

    @wraps(work)
    def asked(problem: Any, *arguments: Any, **options: Any) -> Any:
        found = problem_of(problem)
        with blamed(found):
            return work(found, *arguments, **options)

    return cast(Work, asked)


def declared(name: str) -> type[Game]:
    """The class of a game, by the name that results tell.

    For a name that this process has not met, or that folders have different files of, what most
    games declare.
    """
    if name in GAMES:
        return builtin(name)
    found = {*_OWN.get(name, {}).values()}  # files that are the same make one class
    return found.pop() if len(found) == 1 else Game


def named(cls: type[Game], what: str) -> Mapping[str, Any]:
    """Classes that problem files name, by name: `menu` or `mechanisms` of a game's class.

    Empty for games of one's own that know theirs only once they are made.
    """
    found = getattr(cls, what)
    return found if isinstance(found, Mapping) else {}


def check_verb(verb: str, name: str, where: str, cls: type[Game] | None = None) -> None:
    """Refuse an experiment that a game does not have. Raises InputError naming `where`.

    cls: the game's class, where it may be one of a user's own.
    """
    if verb in (cls or declared(name)).engines:
        return
    owners = [game for game in GAMES if verb in builtin(game).engines]
    if owners:
        raise InputError(f"{where}: {verb} is for {' or '.join(owners)} games, got game = {name!r}")


def engine(game: Any, name: str) -> Callable[..., Any]:
    """What a game declares to do something for it."""
    module, _, attribute = game.engines[name].partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return found


def draw(game: str, figure: str, result: Any, ax: Axes | None) -> Axes:
    """Draw a result as its game declares to, on new axes unless given."""
    axes: Axes = engine(declared(game), figure)(result, ax)
    return axes


def perform(verb: str, problem: Any, *arguments: Any, **options: Any) -> Any:
    """Ask a game's own engine for an experiment. Raises InputError where it has none."""
    check_verb(verb, problem.game, problem.shown, game_of(problem))
    return engine(game_of(problem), verb)(problem, *arguments, **options)
