"""What a comparison says: a row per mechanism and profile, and what is known of each mechanism."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from nashbox.games.compared import ENFORCED, Compared
from nashbox.games.estimation.comparison.babbling import Babbling
from nashbox.results.base import Body, list_of

BY_ORDER = "honest, by order"  # whatever the profile, where compliance is taken for granted
Table = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Row:
    """One profile of one mechanism. Everything is None where a profile was not found.

    counts, submitted: (m, d) points collected and handed in. penalties: (m,), standard errors
    beside them where they are simulated. relative: penalties over those of working alone (None for
    who gets nothing either way). least_favoured, most_favoured: agents with the largest and the
    smallest of these; None if all are alike. converged: nobody moves any more (an honest profile
    is not moved). cycle: length in sweeps and range of the social penalty, if the path repeats
    itself. unsuspecting: penalties of agents who take made-up points for measured ones. measured:
    penalties and social penalty of these counts with the file's real measurements, simulated, with
    standard errors. note: why something is None. NAME_se: standard errors of what is simulated, of
    sums at most.
    """

    mechanism: str
    profile: str
    counts: Table | None = None
    submitted: Table | None = None
    penalties: Sequence[float] | None = None
    penalties_se: Sequence[float] | None = None
    relative: Sequence[float | None] | None = None
    social_penalty: float | None = None
    efficiency_ratio: float | None = None
    least_favoured: str | None = None
    most_favoured: str | None = None
    individually_rational: bool | None = None
    honest_is_equilibrium: bool | None = None
    converged: bool = False
    sweeps: int | None = None
    cycle: Mapping[str, Any] | None = None
    unsuspecting: Sequence[float] | None = None
    measured: Mapping[str, Any] | None = None
    note: str | None = None
    relative_se: Sequence[float] | None = None
    social_penalty_se: float | None = None
    efficiency_ratio_se: float | None = None


@dataclass(frozen=True)
class Contender(Body):
    """What is known of a mechanism beyond its rows.

    method: exact, simulated, or enforced (compliance taken for granted). class_: the strategies
    that the dynamics run over, in words. max_gain: most that an agent gains by leaving honesty,
    and who. equilibria: number of distinct ones found; social_penalties: theirs, ascending, each
    value once. cycles: length and range of social penalty of each one found. starts: paths walked;
    unfinished: those that neither ended nor repeated themselves. checks: what each agent owes and
    how she is checked (`checks.checks`), None where nobody is. max_gain_bounds,
    gains_bounds: lower and upper ones of max_gain and of gains, where these are simulated.
    """

    KEYS: ClassVar[str] = (
        "mechanism spec method class honest_is_equilibrium max_gain max_gain_agent gains "
        "equilibria social_penalties cycles starts unfinished notes checks"
    )
    OPTIONAL: ClassVar[str] = "max_gain_bounds gains_bounds"
    NAMES: ClassVar[Mapping[str, str]] = {"class": "class_"}

    mechanism: str
    spec: Any
    method: str
    class_: str
    honest_is_equilibrium: bool | None
    max_gain: float | None
    max_gain_agent: str | None
    gains: Sequence[float] | None
    equilibria: int
    social_penalties: Sequence[float]
    cycles: Sequence[Mapping[str, Any]]
    starts: int
    unfinished: int
    notes: Sequence[str] = ()
    checks: Mapping[str, Any] | None = None
    max_gain_bounds: Sequence[float] | None = None
    gains_bounds: Sequence[Sequence[float]] | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison(Compared):
    """Mechanisms side by side.

    best_rational: social penalty of compliance with ir_optimal. no_rule_below: the social penalty
    that no truthful rule gets below, None where unknown, and in what sense or why. babbling:
    equilibria in which some hand in noise, which are not among the rows.
    """

    KEYS: ClassVar[str] = (
        "plan counts agents distributions penalties_alone best_rational no_rule_below "
        "no_rule_below_how babbling epsilon rows mechanisms notes seeds versions problem"
    )
    NAMES: ClassVar[Mapping[str, str]] = {"agents": "names", "mechanisms": "contenders"}
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "rows": list_of(lambda row: Row(**row)),
        "contenders": list_of(Contender.from_json),
        "babbling": list_of(lambda row: Babbling(**row)),
    }

    plan: str
    counts: str
    distributions: Sequence[str]
    penalties_alone: Sequence[float]
    best_rational: float | None
    rows: Sequence[Row]
    contenders: Sequence[Contender]
    no_rule_below: float | None = None
    no_rule_below_how: str = ""
    babbling: Sequence[Babbling] = ()

    def row(self, mechanism: str, profile: str) -> Row:
        """The row of one mechanism and profile. Raises KeyError."""
        for row in self.rows:
            if (row.mechanism, row.profile) == (mechanism, profile):
                return row
        raise KeyError((mechanism, profile))

    def contender(self, mechanism: str) -> Contender:
        """What is known of one mechanism. Raises KeyError."""
        for found in self.contenders:
            if found.mechanism == mechanism:
                return found
        raise KeyError(mechanism)

    @staticmethod
    def by_key(row: Row) -> Mapping[str, Any]:
        """The fields of a row."""
        return vars(row)

    def merged(self, mechanism: str) -> list[tuple[str, Row]]:
        """Rows of a mechanism; where compliance is taken for granted, one for all profiles."""
        found = super().merged(mechanism)
        if self.contender(mechanism).method == "enforced":
            return [(BY_ORDER, row) for _, row in found]
        return found

    def by_order(self, called: Callable[[str], str] = str) -> list[str]:
        """What is said of rules that take compliance for granted, if there are any.

        called: the name of a mechanism, made of its label.
        """
        names = [called(c.mechanism) for c in self.contenders if c.method == "enforced"]
        return [f"{BY_ORDER}: under {', '.join(names)} {ENFORCED}"] if names else []

    def alike(self, one: Row, other: Row) -> bool:
        """Whether two rows say the same, but for rounding."""
        if (one.converged, one.note) != (other.converged, other.note):
            return False
        tables = ((one.counts, other.counts), (one.submitted, other.submitted))
        return all(_close(mine, theirs) for mine, theirs in tables)

    def cells(self, row: Row, i: int) -> Mapping[str, Any]:
        """Counts per distribution, and what they bring; NaN where nothing is known."""
        found: dict[str, Any] = {
            "mechanism": row.mechanism,
            "profile": row.profile,
            "agent": self.names[i],
        }
        for k, x in enumerate(self.distributions):
            found[f"count.{x}"] = math.nan if row.counts is None else row.counts[i][k]
        for column, values in (("penalty", row.penalties), ("relative", row.relative)):
            found[column] = _known(None if values is None else values[i])
        found["social_penalty"] = _known(row.social_penalty)
        found["efficiency_ratio"] = _known(row.efficiency_ratio)
        found["honest_is_equilibrium"] = row.honest_is_equilibrium
        found["converged"] = row.converged
        return found


def _known(value: float | None) -> float:
    return math.nan if value is None else value


def _close(one: Table | None, other: Table | None) -> bool:
    """Whether two tables are one but for rounding, both unknown included."""
    if one is None or other is None:
        return one is other
    pairs = [(x, y) for r, s in zip(one, other, strict=True) for x, y in zip(r, s, strict=True)]
    return all(math.isclose(x, y, rel_tol=1e-6, abs_tol=1e-6) for x, y in pairs)
