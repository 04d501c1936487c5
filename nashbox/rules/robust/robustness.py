"""What rules are worth in a world that differs from the one they were made for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nashbox.experiments.saving import read_json, versions, write_json
from nashbox.problem.notebook import Shown
from nashbox.rules.robust.dropout import Drop
from nashbox.rules.robust.pair import Worst
from nashbox.rules.robust.rules import AgentRow

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas as pd

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Measured:
    """One agent on the problem's real measurements, beside what normal theory says.

    gain: of the best deviation found by the black box, with bounds; verdict: of the audit.
    by_counts: what the best other count saves who is honest otherwise, far more precisely, with its
    standard error (None where rules are tied together).
    """

    name: str
    penalty: float
    penalty_se: float
    gain: float
    lower: float
    upper: float
    verdict: str
    normal_penalty: float | None
    normal_gain: float | None
    by_counts: float | None = None
    by_counts_se: float | None = None


@dataclass(frozen=True, eq=False)
class RulesReport:
    """One set of rules over the interval.

    agents: worst gains and margins. curve: gains (factors, m) with all costs (or all sigmas)
    multiplied by a common factor. widest: the widest interval, as a relative half-width, over which
    nobody gains more than epsilon. drops: who drops out and what follows; measured: on real data.
    """

    name: str
    agents: Sequence[AgentRow]
    curve: Array
    widest: float
    drops: Sequence[Drop]
    measured: Sequence[Measured]
    problem: Mapping[str, Any]

    @property
    def social_penalty(self) -> float:
        """Sum of the honest penalties in the world the rules were made for."""
        return sum(a.penalty for a in self.agents)

    @property
    def honest(self) -> bool:
        """Whether nobody gains more than epsilon anywhere in the interval."""
        return all(a.honest for a in self.agents)

    @property
    def rational(self) -> bool:
        """Whether nobody is anywhere worse off than outside by more than epsilon."""
        return all(a.rational for a in self.agents)

    @property
    def worst(self) -> AgentRow:
        """The agent with the largest gain relative to her epsilon."""
        return max(self.agents, key=lambda a: a.excess)


@dataclass(frozen=True, eq=False)
class Robust(Shown):
    """Rules compared over an interval of costs and sigmas, with agents missing, on real data.

    costs, sigma: relative half-widths of the intervals. epsilon: absolute, or None for 1e-3 of each
    penalty. factors: of the curves, which scale `along` ("costs" or "sigma"). reason: whether there
    is a design that holds over the interval, and if not, what it lacks (None without a goal).
    """

    costs: float
    sigma: float
    epsilon: float | None
    goal: str | None
    along: str
    factors: Array
    rules: Sequence[RulesReport]
    found: bool | None
    reason: str | None
    least_epsilon: float | None
    widest: float | None
    searched: str
    seeds: Mapping[str, Any]
    versions: Mapping[str, str] = field(default_factory=versions)
    designed: Any = None  # the problem under the rules that hold, not saved

    def to_json(self) -> dict[str, Any]:
        """The mapping of nashbox-robust/1."""
        return {
            "format": "nashbox-robust/1",
            "costs": self.costs,
            "sigma": self.sigma,
            "epsilon": self.epsilon,
            "goal": self.goal,
            "along": self.along,
            "factors": self.factors,
            "found": self.found,
            "reason": self.reason,
            "least_epsilon": self.least_epsilon,
            "widest": self.widest,
            "drops": self.searched,
            "rules": [_rules_json(r) for r in self.rules],
            "seeds": dict(self.seeds),
            "versions": dict(self.versions),
        }

    def to_frame(self) -> pd.DataFrame:
        """One row per set of rules and agent."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "rules": r.name,
                    "agent": a.name,
                    "penalty": a.penalty,
                    "epsilon": a.epsilon,
                    "gain.found": a.gain.found,
                    "gain.bound": a.gain.bound,
                    "margin": a.margin,
                    "honest": a.honest,
                    "rational": a.rational,
                }
                for r in self.rules
                for a in r.agents
            ]
        )

    def save(self, path: str | Path) -> None:
        """Write the JSON to a file."""
        write_json(self.to_json(), path)

    @classmethod
    def load(cls, path: str | Path) -> Robust:
        """Read what `save` wrote."""
        body = read_json(path, "nashbox-robust/1")
        names = "costs sigma epsilon goal along found reason least_epsilon widest seeds versions"
        return cls(
            factors=np.array(body["factors"]),
            searched=body["drops"],
            rules=[_rules(row) for row in body["rules"]],
            **{key: body[key] for key in names.split()},
        )

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw the largest gain over the interval for every set of rules."""
        from nashbox.rules.robust.figure import gains_over_interval

        return gains_over_interval(self, ax)


def _rules_json(r: RulesReport) -> dict[str, Any]:
    return {
        "name": r.name,
        "social_penalty": r.social_penalty,
        "honest": r.honest,
        "rational": r.rational,
        "widest": r.widest,
        "agents": [{**asdict(a), "honest": a.honest, "rational": a.rational} for a in r.agents],
        "curve": r.curve,
        "drops": [{**asdict(d), "lost": d.lost} for d in r.drops],
        "measured": [asdict(x) for x in r.measured],
        "problem": dict(r.problem),
    }


def _rules(row: Mapping[str, Any]) -> RulesReport:
    def agent(a: dict[str, Any]) -> AgentRow:
        kept = {k: v for k, v in a.items() if k not in ("gain", "honest", "rational")}
        return AgentRow(gain=Worst(**a["gain"]), **kept)

    return RulesReport(
        name=row["name"],
        agents=[agent(a) for a in row["agents"]],
        curve=np.array(row["curve"], dtype=float),
        widest=row["widest"],
        drops=[Drop(**{k: v for k, v in d.items() if k != "lost"}) for d in row["drops"]],
        measured=[Measured(**x) for x in row["measured"]],
        problem=row["problem"],
    )
