"""What a reproduction found: every claim with its finding, saved, loaded, shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self

from nashbox.papers.claim import Finding, Verdict
from nashbox.results.base import Body, Result, list_of
from nashbox.results.saving import versions

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas as pd

VERDICTS: tuple[Verdict, ...] = ("holds", "holds if", "fails")
DESCRIBED = ("paper", "id", "source", "statement")


@dataclass(frozen=True)
class Checked(Body):
    """A claim with what its check found."""

    paper: str
    id: str
    source: str
    statement: str
    finding: Finding

    def to_json(self) -> dict[str, Any]:
        """The finding with the words of its claim."""
        return {name: getattr(self, name) for name in DESCRIBED} | self.finding.to_json()

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Rebuild what `to_json` wrote."""
        told = {name: body[name] for name in DESCRIBED}
        return cls(**told, finding=Finding.from_json(body))


@dataclass(frozen=True)
class Unchecked:
    """A claim whose check broke off, and why."""

    paper: str
    id: str
    error: str
    traceback: str


@dataclass(frozen=True)
class Reproduction(Result):
    """Claims in the papers' order. unchecked: those of which nothing is known, by an error."""

    FORMAT: ClassVar[str] = "nashbox-reproduce/1"
    KEYS: ClassVar[str] = "papers quick seed verdicts claims unchecked versions"
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "claims": list_of(Checked.from_json),
        "unchecked": list_of(lambda row: Unchecked(**row)),
    }

    papers: Sequence[str]
    quick: bool
    seed: int
    claims: Sequence[Checked]
    unchecked: Sequence[Unchecked] = ()
    versions: Mapping[str, str] = field(default_factory=versions)

    def count(self, verdict: Verdict) -> int:
        """How many claims have this verdict."""
        return sum(claim.finding.verdict == verdict for claim in self.claims)

    @property
    def verdicts(self) -> dict[str, int]:
        """How many claims have each verdict."""
        return {verdict: self.count(verdict) for verdict in VERDICTS}

    def finding(self, id: str) -> Finding:
        """Return the finding of the claim with this id. Raises KeyError if there is none."""
        return {claim.id: claim.finding for claim in self.claims}[id]

    def to_frame(self) -> pd.DataFrame:
        """One row per number of a claim (a claim without numbers has one row without them)."""
        import pandas as pd

        rows = []
        for claim in self.claims:
            body = claim.to_json()
            kept = {name: body[name] for name in (*DESCRIBED, "verdict", "condition", "method")}
            nothing = {"name": None, "value": None, "error": None, "expected": None}
            rows += [kept | number for number in body["numbers"] or [nothing]]
        return pd.DataFrame(rows)

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw the verdicts, a row for every claim."""
        from nashbox.papers.drawing import verdict_chart

        return verdict_chart(self, ax)
