"""Problems of games whose keys in a file are the dataclass fields of the game's class."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from nashbox.problem.base import Problem
from nashbox.problem.errors import InputError
from nashbox.problem.profile import own_ones
from nashbox.problem.spec import Spec, check_known

RESERVED = ("game", "mechanism", "strategies")
HIDDEN = (*RESERVED, "specs")  # fields that no file gives


@dataclass(frozen=True, eq=False)
class ParametricProblem(Problem):
    """A game's class with its parameters, its mechanism and what named players play.

    game: as the file names it. parameters: by field, as in the file. mechanism: None is the game's
    own. strategies: by player; who is not named plays what the game recommends.
    """

    game: str
    cls: type
    parameters: Mapping[str, Any]
    mechanism: Spec | None
    strategies: Mapping[str, Spec]
    names: tuple[str, ...]
    folder: Path = Path()
    raw: Mapping[str, Any] = field(default_factory=dict)
    shown: str = "problem"

    @property
    def integer(self) -> bool:
        """Whether counts are whole: there are none that are not."""
        return True

    def with_strategies(self, strategies: Mapping[str, Spec]) -> ParametricProblem:
        """Return the same problem with the named players' strategies replaced."""
        return replace(self, strategies=own_ones({**self.strategies, **strategies}, self.shown))

    def to_json(self) -> dict[str, Any]:
        """Return what a problem file would hold."""
        body: dict[str, Any] = {"game": self.game, **self.parameters}
        if self.mechanism is not None:
            body["mechanism"] = self.mechanism.to_json()
        if self.strategies:
            body["strategies"] = {name: spec.to_json() for name, spec in self.strategies.items()}
        return body


def parameters_of(cls: type, raw: Mapping[str, Any], shown: str) -> dict[str, Any]:
    """Return the parameters that a file gives. Raises InputError for keys that are none."""
    allowed = [f.name for f in dataclasses.fields(cls) if f.init and f.name not in HIDDEN]
    check_known(raw, [*RESERVED, *allowed], "key", shown)
    needed = [
        f.name
        for f in dataclasses.fields(cls)
        if f.name in allowed
        and f.default is dataclasses.MISSING
        and f.default_factory is dataclasses.MISSING
    ]
    for key in needed:
        if key not in raw:
            raise InputError(f"{shown}: the key {key!r} is missing; {cls.__name__} needs it")
    return {key: raw[key] for key in allowed if key in raw}
