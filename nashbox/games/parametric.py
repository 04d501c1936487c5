"""Problems of games whose keys in a file are the fields of their class."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nashbox.games.base import Game
from nashbox.games.one_shot import OneShot, check_players
from nashbox.games.preparing import prepare_parametric, with_files
from nashbox.games.registry import blamed, game_class
from nashbox.problem.errors import ContractError, InputError, brief, told
from nashbox.problem.parametric import ParametricProblem, parameters_of
from nashbox.problem.profile import read_strategies
from nashbox.problem.spec import Spec, build
from nashbox.problem.tables import check_names


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
        strategies=read_strategies(
            raw.get("strategies", "recommended"), names, shown, built.spec_of
        ),
        names=names,
        folder=folder,
        raw=dict(raw),
        shown=shown,
    )
    with blamed(problem):
        prepare_parametric(problem)  # whatever is wrong is said on loading
    return problem


def _players(game: Game, shown: str) -> tuple[str, ...]:
    """Names of the players. Raises ContractError where a game of a user's own has none.

    A class of a user's own may have left out what `OneShot` asks of `agents` when it is made.
    """
    name = type(game).__name__
    if isinstance(game, OneShot) and type(game).players is OneShot.players:
        check_players(game.agents, f"{shown}: {name}")
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
    check_names(list(found), f"{shown}: {name}.players", "agent")
    return found
