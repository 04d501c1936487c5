"""Games whose keys in a problem file are the fields of their class: read, and made ready."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nashbox.games.base import Game
from nashbox.games.registry import blamed, game_class
from nashbox.problem.errors import ContractError, InputError, brief, told
from nashbox.problem.parametric import ParametricProblem, parameters_of, read_strategies
from nashbox.problem.spec import Spec, build, find_class


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


def with_files(cls: type[Game], parameters: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Parameters with the paths that a game declares (`files`) started at the problem's folder."""
    return {
        key: str(folder / value) if key in cls.files and isinstance(value, str) else value
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
