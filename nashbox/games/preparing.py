"""Games whose keys in a problem file are the fields of their class, made ready to play."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nashbox.problem.parametric import ParametricProblem
from nashbox.problem.spec import Spec, build, find_class


def with_files(cls: type[Any], parameters: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Parameters with the paths that a game declares (`files`) started at the problem's folder."""
    return {
        key: str(folder / value) if key in cls.files and isinstance(value, str) else value
        for key, value in parameters.items()
    }


def prepare_parametric(problem: ParametricProblem, *, recommended: bool = False) -> Any:
    """Build game, mechanism and strategies. recommended: nobody plays a strategy of her own."""
    cls: type[Any] = problem.cls
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


def make_mechanism(cls: type[Any], spec: Spec, folder: Path, where: str) -> Any:
    """Make a mechanism of a game by its name there, or of ``file.py:Class``."""
    known: Mapping[str, type[Any]] = cls.mechanisms
    found = find_class(spec.name, known, object, "nashbox.mechanisms", folder, where)
    return build(found, spec.parameters, where)
