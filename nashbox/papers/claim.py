"""A claim of a paper: its statement, the function that checks it, and what that found."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from nashbox.results.base import Body, list_of

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

    def column(self, name: str) -> list[Any]:
        """Entries of the column of that name, from top to bottom."""
        j = list(self.columns).index(name)
        return [row[j] for row in self.rows]


@dataclass(frozen=True)
class Finding(Body):
    """What a check found.

    condition: when the claim holds, where the verdict is "holds if"; else why it holds or fails, in
    a sentence. computed: what was computed, and how, in words. tables: also what figures are drawn
    from, so that a stored finding can be shown again.
    """

    KEYS: ClassVar[str] = "verdict condition method computed numbers tables"
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "numbers": list_of(lambda row: Number(**row)),
        "tables": list_of(lambda row: ClaimTable(**row)),
    }

    verdict: Verdict
    condition: str
    method: Method
    computed: str
    numbers: Sequence[Number] = ()
    tables: Sequence[ClaimTable] = ()

    @property
    def verdict_in_words(self) -> str:
        """Verdict and condition as one sentence."""
        return f"{self.verdict}{'' if self.verdict == 'holds if' else ':'} {self.condition}"


@dataclass(frozen=True)
class Parts:
    """A check in parts that need nothing of each other, such as lots of random instances.

    count: how many, called with quick. work: one part, called with quick, seed and its number;
    returns plain mappings and lists. merge: the finding of all parts in order.
    """

    count: Callable[[bool], int]
    work: Callable[[bool, int, int], Mapping[str, Any]]
    merge: Callable[[Sequence[Mapping[str, Any]]], Finding]


@dataclass(frozen=True)
class Claim:
    """One claim.

    id: short and unique within its paper, e.g. "theorem1". source: where the paper says it.
    statement: what it says, in our notation. check: called with quick and seed. draw: fills a
    matplotlib figure from the finding alone. parts: the same check cut in parts, for those who
    run them apart.
    """

    id: str
    source: str
    statement: str
    check: Callable[[bool, int], Finding]
    draw: Callable[[Finding, Figure], None] | None = None
    parts: Parts | None = None


def claim_in_parts(
    id: str,
    source: str,
    statement: str,
    parts: Parts,
    draw: Callable[[Finding, Figure], None] | None = None,
) -> Claim:
    """Return a claim whose check does its parts one after another."""

    def check(quick: bool, seed: int) -> Finding:
        return parts.merge([parts.work(quick, seed, j) for j in range(parts.count(quick))])

    return Claim(id, source, statement, check, draw, parts)
