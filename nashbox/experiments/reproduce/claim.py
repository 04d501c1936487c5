"""A claim of a paper: its statement, the function that checks it, and what that found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Verdict = Literal["holds", "fails", "holds if"]
Method = Literal["exact", "exhaustive", "black box", "exact and black box"]


@dataclass(frozen=True)
class Number:
    """A number that a verdict rests on.

    error: numerical bound, or half a confidence interval under simulation; None for pure counts.
    expected: what the paper (corrected) says it should be, None if it says nothing.
    """

    name: str
    value: float
    error: float | None = None
    expected: float | None = None


@dataclass(frozen=True)
class ClaimTable:
    """A table of a report; every row has as many entries as there are columns."""

    caption: str
    columns: Sequence[str]
    rows: Sequence[Sequence[float | str | None]]


@dataclass(frozen=True)
class Finding:
    """What a check found.

    condition: when the claim holds, where the verdict is "holds if"; else why it holds or fails, in
    a sentence. computed: what was computed, and how, in words. tables: also what figures are drawn
    from, so that a stored finding can be shown again.
    """

    verdict: Verdict
    condition: str
    method: Method
    computed: str
    numbers: Sequence[Number] = ()
    tables: Sequence[ClaimTable] = ()

    def to_json(self) -> dict[str, Any]:
        """Plain mappings and lists."""
        return {
            "verdict": self.verdict,
            "condition": self.condition,
            "method": self.method,
            "computed": self.computed,
            "numbers": [dict(vars(number)) for number in self.numbers],
            "tables": [
                {
                    "caption": table.caption,
                    "columns": list(table.columns),
                    "rows": [list(row) for row in table.rows],
                }
                for table in self.tables
            ],
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Finding:
        """Read what `to_json` wrote."""
        return cls(
            verdict=body["verdict"],
            condition=body["condition"],
            method=body["method"],
            computed=body["computed"],
            numbers=[Number(**number) for number in body["numbers"]],
            tables=[ClaimTable(**table) for table in body["tables"]],
        )


@dataclass(frozen=True)
class Claim:
    """One claim.

    id: short and unique within its paper, e.g. "theorem1". source: where the paper says it.
    statement: what it says, in our notation. check: called with quick and seed. draw: fills a
    matplotlib figure from the finding alone.
    """

    id: str
    source: str
    statement: str
    check: Callable[[bool, int], Finding]
    draw: Callable[[Finding, Figure], None] | None = None
