"""Paths of a grid that say one thing twice: one of them would be played, and the other one shown.

So do two spellings of one place (agents.A.cost, agents.0.cost), a path and one above it whose value
has that place as well, and an agent's strategy in her own table and in `strategies`, which goes
first.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from nashbox.problem.errors import InputError

Place = tuple[str | int, ...]
WITHOUT_TABLE = (("strategies", "recommended"), ("source", "normal"))  # words that no table says


@dataclass(frozen=True)
class Said:
    """A path of the grid, the keys and positions on its way, and its value at a point."""

    path: str
    place: Place
    value: Any

    def says(self, place: Place) -> bool:
        """Whether this is also said by the value of this path, of a place at or below it."""
        if place[: len(self.place)] != self.place:
            return False
        value, key = self.value, self.place[-1]
        for part in place[len(self.place) :]:
            if isinstance(value, str):
                return (key, value) in WITHOUT_TABLE or part == named_by(key)
            if isinstance(value, Mapping):
                there = part in value
            elif isinstance(value, list):
                there = isinstance(part, int) and part < len(value)
            else:
                return True
            if not there:
                return False
            value, key = value[part], part
        return True


def named_by(key: object) -> str:
    """The key of a table that a word stands for."""
    return "kind" if key == "payoff" else "name"


def check_once(said: Sequence[Said], problem: Mapping[str, Any], where: str) -> None:
    """Refuse paths that say one thing twice; problem: with all of them in their places."""
    for one, other in itertools.combinations(said, 2):
        if one.says(other.place) or other.says(one.place):
            _refuse(one.path, other.path, where)
    own, above = [], []
    for one in said:
        if one.place[0] == "agents":
            own += [(name, one.path) for name in _own(one, problem["agents"])]
        elif one.place[0] == "strategies":
            above.append(one)
    table = problem.get("strategies")
    for name, path in own:
        place = ("strategies", name)
        for one in above:
            if one.says(place) or one.place[:2] == place:
                _refuse(path, one.path, where)
        before = Said("strategies", ("strategies",), table)
        if table is not None and before.says(place):
            raise InputError(
                f"{where}: {path}: the problem's strategies say what {name} plays, or "
                "options.everyone does, and go first; leave one out"
            )


def _own(said: Said, agents: object) -> Iterator[str]:
    """Names of agents whose own tables get their strategy from a path."""
    for position, agent in enumerate(agents if isinstance(agents, list) else ()):
        place = ("agents", position, "strategy")
        own = isinstance(agent, Mapping) and "strategy" in agent
        if own and (said.place[:3] == place or said.says(place)):
            yield str(agent.get("name"))


def _refuse(one: str, other: str, where: str) -> None:
    raise InputError(f"{where}: {one} and {other} say the same; leave one out")
