"""Problem files: TOML in, a validated problem out."""

from __future__ import annotations

import importlib
import math
import tomllib
from collections.abc import Callable, Mapping
from functools import wraps
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

from nashbox.problem.errors import InputError, brief, sized, told
from nashbox.problem.reading import read_bytes
from nashbox.problem.spec import in_plain

Options = ParamSpec("Options")
Found = TypeVar("Found")
OnSource = Callable[Concatenate[Any, Options], Found]  # what it is about first, however written

READERS = {  # of the games whose files have keys of their own
    "estimation": "nashbox.problem.estimation:read_estimation",
    "testing": "nashbox.problem.testing:read_testing",
}
OTHERS = "nashbox.games.parametric:read_parametric"  # of all games whose keys are their parameters
GAMES = {  # built-in ones, by name: where their classes are
    "estimation": "nashbox.games.estimation:EstimationGame",
    "testing": "nashbox.games.testing:RaceGame",
    "table": "nashbox.games.table:Table",
    "public_goods": "nashbox.games.public_goods:PublicGoods",
    "auction": "nashbox.games.auction:Auction",
    "cournot": "nashbox.games.cournot:Cournot",
    "tullock": "nashbox.games.tullock:Tullock",
    "federated": "nashbox.games.federated:Federated",
}


def read_toml(path: str | Path, shown: str | None = None) -> dict[str, Any]:
    """Read a TOML file; a missing, unreadable or broken one is an InputError naming it.

    `shown` is the file's name in messages, if not its path.
    """
    try:
        text = read_bytes(path, shown or str(path), pipes=True).decode("utf-8-sig")
        return tomllib.loads(text, parse_float=_float)
    except InputError:
        raise
    except (ValueError, RecursionError) as error:  # also what tomllib does not wrap
        raise InputError(f"{shown or path}: is not valid TOML in UTF-8: {told(error)}") from error


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value) and "inf" not in text:
        raise ValueError(f"the number {text} is too large")
    return value


def value_of(text: str) -> Any:
    """A value as TOML writes it. Raises ValueError for what is none."""
    try:
        return tomllib.loads(f"value = {text}", parse_float=_float)["value"]
    except RecursionError:
        raise ValueError(f"{brief(text)} is nested too deeply") from None


def load(path: str | Path, shown: str | None = None) -> Any:
    """Load a problem file, of whichever game. Relative paths start at its own folder.

    `shown` is the file's name in messages, if not its path.
    """
    return from_mapping(read_toml(path, shown), Path(path).parent, shown or str(path))


def from_mapping(raw: Mapping[str, Any], folder: Path | str = ".", shown: str = "problem") -> Any:
    """Validate a mapping with the keys of a problem file; numpy's numbers and arrays will do."""
    raw = in_plain(raw)
    if "game" not in raw:
        allowed = [*GAMES, "file.py:Class"]
        raise InputError(f"{shown}: the key 'game' is missing (allowed: {', '.join(allowed)})")
    name = raw["game"]
    if not isinstance(name, str):
        raise InputError(f"{shown}: game must be a name or 'file.py:Class', got {brief(name)}")
    module, _, reader = READERS.get(name, OTHERS).partition(":")
    problem = getattr(importlib.import_module(module), reader)(raw, Path(folder), shown)
    sized(raw, shown)  # what the key itself allows says more
    return problem


def problem_of(source: Any) -> Any:
    """A problem: of a file's path, of a mapping with a file's keys, or as it is.

    Raises InputError for what is none.
    """
    if isinstance(source, (str, Path)):
        return load(source)
    if isinstance(source, Mapping):
        return from_mapping(source)
    if not hasattr(source, "game") or not hasattr(source, "to_json"):
        raise InputError(
            f"a problem must be a file's path, a mapping or what nashbox.load gives, got "
            f"{type(source).__name__}"
        )
    return source


def of_game(game: str) -> Callable[[OnSource[Options, Found]], OnSource[Options, Found]]:
    """Decorate work on problems of one game, its first argument, which `problem_of` makes.

    Raises InputError for problems of other games.
    """

    def decorated(work: OnSource[Options, Found]) -> OnSource[Options, Found]:
        @wraps(work)
        def asked(problem: Any, *arguments: Options.args, **options: Options.kwargs) -> Found:
            found = problem_of(problem)
            if found.game != game:
                raise InputError(
                    f"{found.shown}: {work.__name__} is for {game} games, got game = {found.game!r}"
                )
            return work(found, *arguments, **options)

        return cast(OnSource[Options, Found], asked)

    return decorated
