"""Paths of a grid that say one thing twice: one of them would be played, and the other one shown.

So do two spellings of one place (agents.A.cost, agents.0.cost), a path and one above it whose value
has another value in that place, and an agent's strategy in her own table and in `strategies`, which
goes first.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nashbox.problem.errors import InputError

Place = tuple[str | int, ...]
WITHOUT_TABLE = (("strategies", "recommended"), ("source", "normal"))  # words that no table says
NOTHING = object()


@dataclass(frozen=True)
class Said:
    """A path of the grid, the keys and positions on its way, and its value at a point."""

    path: str
    place: Place
    value: Any

    def says(self, place: Place) -> bool:
        """Whether the value of this path has something in a place at or below it."""
        return self.at(place) is not NOTHING

    def denies(self, other: Said) -> bool:
        """Whether the value of this path has something else in the place of another one."""
        there = self.at(other.place)
        return there is not NOTHING and (self.place == other.place or there != other.value)

    def at(self, place: Place) -> Any:
        """What the value of this path has in a place, NOTHING if that is not said."""
        if place[: len(self.place)] != self.place:
            return NOTHING
        value, key = self.value, self.place[-1]
        for part in place[len(self.place) :]:
            if isinstance(value, str):
                if (key, value) not in WITHOUT_TABLE and part != named_by(key):
                    return NOTHING
                return value
            if isinstance(value, Mapping):
                there = part in value
            else:
                there = isinstance(value, list) and isinstance(part, int) and part < len(value)
            if not there:
                return NOTHING
            value, key = value[part], part
        return value


def named_by(key: object) -> str:
    """The key of a table that a word stands for."""
    return "kind" if key == "payoff" else "name"


def check_once(said: Sequence[Said], problem: Mapping[str, Any], where: str) -> None:
    """Refuse paths that say one thing twice; problem: with all of them in their places."""
    for one, other in itertools.combinations(said, 2):
        if one.denies(other) or other.denies(one):
            _refuse(one.path, other.path, where)
    table = Said("strategies", ("strategies",), problem.get("strategies"))
    for one in said:
        for name in _own(one, problem):
            place = ("strategies", name)
            for other in said:
                if other.says(place) or other.place[:2] == place:
                    _refuse(one.path, other.path, where)
            if table.says(place):
                raise InputError(
                    f"{where}: {one.path}: the problem's strategies say what {name} plays, or "
                    "options.everyone does, and go first; leave one out"
                )


def _own(said: Said, problem: Mapping[str, Any]) -> Iterator[str]:
    """Names of agents whose own tables get their strategy from a path."""
    agents = problem["agents"] if said.place[0] == "agents" else ()
    for position, agent in enumerate(agents if isinstance(agents, list) else ()):
        place = ("agents", position, "strategy")
        own = isinstance(agent, Mapping) and "strategy" in agent
        if own and (said.place[:3] == place or said.says(place)):
            yield str(agent.get("name"))


def _refuse(one: str, other: str, where: str) -> None:
    raise InputError(f"{where}: {one} and {other} say the same; leave one out")
