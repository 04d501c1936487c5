"""What rules are worth in a world that differs from the one they were made for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from nashbox.results.base import Body, Result, list_of, unwrapped
from nashbox.results.saving import versions
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
class RulesReport(Body):
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

    def to_json(self) -> dict[str, Any]:
        """A mapping, with what follows from the fields."""
        body = {
            "name": self.name,
            "social_penalty": self.social_penalty,
            "honest": self.honest,
            "rational": self.rational,
            "widest": self.widest,
            "agents": [
                {**asdict(a), "honest": a.honest, "rational": a.rational} for a in self.agents
            ],
            "curve": self.curve,
            "drops": [{**asdict(d), "lost": d.lost} for d in self.drops],
            "measured": [asdict(x) for x in self.measured],
            "problem": dict(self.problem),
        }
        return {key: unwrapped(value) for key, value in body.items()}


@dataclass(frozen=True, eq=False)
class Robust(Result):
    """Rules compared over an interval of costs and sigmas, with agents missing, on real data.

    costs, sigma: relative half-widths of the intervals. epsilon: absolute, or None for 1e-3 of each
    penalty. factors: of the curves, which scale `along` ("costs" or "sigma"). reason: whether there
    is a design that holds over the interval, and if not, what it lacks (None without a goal).
    """

    FORMAT: ClassVar[str] = "nashbox-robust/1"
    KEYS: ClassVar[str] = (
        "costs sigma epsilon goal along factors found reason least_epsilon widest drops rules "
        "seeds versions"
    )
    NAMES: ClassVar[Mapping[str, str]] = {"drops": "searched"}
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "factors": np.array,
        "rules": list_of(lambda row: _rules(row)),
    }

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

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw the largest gain over the interval for every set of rules."""
        from nashbox.rules.robust.figure import gains_over_interval

        return gains_over_interval(self, ax)


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
