"""What comparisons of mechanisms say in all games: five profiles a mechanism, the same five."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from nashbox.games.registry import draw
from nashbox.results.base import Result
from nashbox.results.saving import versions

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas as pd

PROFILES = HONEST, FROM_HONEST, FROM_FREE_RIDING, WORST, BEST = (
    "honest",
    "from_honest",
    "from_free_riding",
    "worst",
    "best",
)
ENFORCED = (
    "compliance is taken for granted; gains are what an agent would win if it were not enforced"
)
SHOWN = {profile: profile.replace("_", " ") for profile in PROFILES}


@dataclass(frozen=True, kw_only=True)
class Compared(Result, ABC):
    """Mechanisms side by side: a row per mechanism and profile.

    names: of the players. epsilon: least gain that counts, None for shares. problem: as its file
    has it.
    """

    FORMAT: ClassVar[str] = "nashbox-compare/1"

    names: Sequence[str]
    rows: Sequence[Any]
    epsilon: float | None
    seeds: Mapping[str, Any]
    problem: Mapping[str, Any]
    notes: Sequence[str] = ()
    versions: Mapping[str, str] = field(default_factory=versions)

    @staticmethod
    @abstractmethod
    def by_key(row: Any) -> Mapping[str, Any]:
        """A row as a mapping, keys as in the JSON."""

    @abstractmethod
    def alike(self, one: Any, other: Any) -> bool:
        """Whether two rows say the same."""

    @abstractmethod
    def cells(self, row: Any, i: int) -> Mapping[str, Any]:
        """What a row says of player i, by column of the frame."""

    def profiles(self, mechanism: str) -> list[tuple[str, Any]]:
        """The rows of a mechanism, each after the name of its profile."""
        told = ((self.by_key(row), row) for row in self.rows)
        return [(keys["profile"], row) for keys, row in told if keys["mechanism"] == mechanism]

    @property
    def kept(self) -> dict[str, bool | None]:
        """Whether honest play is an equilibrium, by mechanism; None where that is open."""
        told = map(self.by_key, self.rows)
        return {keys["mechanism"]: keys["honest_is_equilibrium"] for keys in told}

    def merged(self, mechanism: str) -> list[tuple[str, Any]]:
        """Rows of a mechanism; those that are alike share one, under the names of all profiles."""
        groups: list[tuple[list[str], Any]] = []
        for profile, row in self.profiles(mechanism):
            for names, other in groups:
                if self.alike(row, other):
                    names.append(SHOWN[profile])
                    break
            else:
                groups.append(([SHOWN[profile]], row))
        return [(_named(names), row) for names, row in groups]

    def to_frame(self) -> pd.DataFrame:
        """One row per mechanism, profile and player."""
        import pandas as pd

        players = range(len(self.names))
        return pd.DataFrame([self.cells(row, i) for row in self.rows for i in players])

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw every mechanism, profile by profile, as the game declares to."""
        return draw(self.problem["game"], "compare_figure", self, ax)


def _named(profiles: list[str]) -> str:
    equilibria = [name for name in profiles if name != SHOWN[HONEST]]
    if len(equilibria) == len(PROFILES) - 1:
        equilibria = ["equilibrium"]
    return ", ".join([SHOWN[HONEST]] * (SHOWN[HONEST] in profiles) + equilibria)
