"""What coalitions gain, at least, and at most."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from nashbox.results.base import Result, list_of
from nashbox.results.saving import versions

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas as pd


@dataclass(frozen=True)
class Coalition:
    """One coalition, its best scheme found, and what it brings.

    collected, forms: of the scheme, per distribution. owed: what the members owe together.
    penalties: honest, by member, penalties_se: their standard errors. error: of the joint estimate,
    per distribution. cost: of the points collected. gain: joint penalty saved, estimate and
    standard error on fresh seeds; lower:
    a bound below which it lies with the chance stated; upper: nobody of this coalition can know
    more than its points and all the others' (normal data, else None). exact: gain of the best of
    the schemes whose joint penalty is known without simulation (None where there is none). common:
    what every member saves if the points are divided as evenly as costs allow and nobody pays
    another; common_se: its standard error.
    """

    members: Sequence[str]
    represents: int
    owed: Sequence[float]
    collected: Sequence[int]
    forms: Sequence[str]
    penalties: Sequence[float]
    error: Sequence[float]
    cost: float
    gain: float
    se: float
    lower: float
    upper: float | None
    exact: float | None
    common: float
    tried: int
    penalties_se: Sequence[float] = ()
    common_se: float = 0.0


@dataclass(frozen=True)
class Coalitions(Result):
    """Gains of coalitions of one size.

    complete: whether every coalition was examined or looks like an examined one of equal agents;
    `search` says how they were chosen.
    """

    FORMAT: ClassVar[str] = "nashbox-coalitions/1"
    KEYS: ClassVar[str] = (
        "mechanism plan size class search complete delta worlds coalitions seeds versions problem"
    )
    NAMES: ClassVar[Mapping[str, str]] = {"class": "class_"}
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "coalitions": list_of(lambda row: Coalition(**row))
    }

    mechanism: str
    plan: str
    size: int
    class_: str
    search: str
    complete: bool
    delta: float
    worlds: int
    coalitions: Sequence[Coalition]
    seeds: Mapping[str, Any]
    problem: Mapping[str, Any]
    versions: Mapping[str, str] = field(default_factory=versions)

    @property
    def worst(self) -> Coalition:
        """The coalition with the largest gain found."""
        return max(self.coalitions, key=lambda c: c.gain)

    def to_frame(self) -> pd.DataFrame:
        """One row per coalition; lists are joined by blanks."""
        import pandas as pd

        rows = [
            {
                key: " ".join(map(str, value)) if isinstance(value, (list, tuple)) else value
                for key, value in vars(c).items()
            }
            for c in self.coalitions
        ]
        return pd.DataFrame(rows)

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw every coalition's gain between its bounds, as a share of its honest penalty."""
        from nashbox.rules.coalitions.figure import gains

        return gains(self, ax)
