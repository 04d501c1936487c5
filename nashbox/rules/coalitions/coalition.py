"""What coalitions gain, at least, and at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nashbox.experiments.saving import read_json, versions, write_json
from nashbox.problem.notebook import Shown

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas as pd


@dataclass(frozen=True)
class Coalition:
    """One coalition, its best scheme found, and what it brings.

    collected, forms: of the scheme, per distribution. owed: what the members owe together.
    penalties: honest, by member. error: of the joint estimate, per distribution. cost: of the
    points collected. gain: joint penalty saved, estimate and standard error on fresh seeds; lower:
    a bound below which it lies with the chance stated; upper: nobody of this coalition can know
    more than its points and all the others' (normal data, else None). exact: gain of the best of
    the schemes whose joint penalty is known without simulation (None where there is none). common:
    what every member saves if the points are divided as evenly as costs allow and nobody pays
    another.
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


@dataclass(frozen=True)
class Coalitions(Shown):
    """Gains of coalitions of one size.

    complete: whether every coalition was examined or looks like an examined one of equal agents;
    `search` says how they were chosen.
    """

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

    def to_json(self) -> dict[str, Any]:
        """The mapping of nashbox-coalitions/1."""
        return {
            "format": "nashbox-coalitions/1",
            "mechanism": self.mechanism,
            "plan": self.plan,
            "size": self.size,
            "class": self.class_,
            "search": self.search,
            "complete": self.complete,
            "delta": self.delta,
            "worlds": self.worlds,
            "coalitions": [vars(c) for c in self.coalitions],
            "seeds": dict(self.seeds),
            "versions": dict(self.versions),
            "problem": dict(self.problem),
        }

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

    def save(self, path: str | Path) -> None:
        """Write the JSON to a file."""
        write_json(self.to_json(), path)

    @classmethod
    def load(cls, path: str | Path) -> Coalitions:
        """Read what `save` wrote."""
        body = read_json(path, "nashbox-coalitions/1")
        names = "mechanism plan size search complete delta worlds seeds problem versions"
        return cls(
            class_=body["class"],
            coalitions=[Coalition(**row) for row in body["coalitions"]],
            **{key: body[key] for key in names.split()},
        )

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw every coalition's gain between its bounds, as a share of its honest penalty."""
        from nashbox.rules.coalitions.figure import gains

        return gains(self, ax)
