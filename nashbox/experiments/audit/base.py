"""What the audits of all games share: gains, examined deviations, the summary of the verdicts."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Self

from nashbox.experiments.audit.payments import as_payoffs, as_penalties
from nashbox.games.registry import draw
from nashbox.measure.sums import summed
from nashbox.results.base import Body, Result, list_of
from nashbox.results.saving import versions

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas as pd

VERDICTS = ("profitable", "undecided", "none_above_epsilon")  # the worst first


def of_all(verdicts: Iterable[str]) -> str:
    """The verdict on a profile: the worst that anybody has."""
    return min(verdicts, key=VERDICTS.index, default=VERDICTS[-1])


@dataclass(frozen=True)
class Gain:
    """Penalty saved, or payoff won, by a deviation, with a lower and an upper bound."""

    estimate: float
    lower: float
    upper: float


NOTHING = Gain(0.0, 0.0, 0.0)  # what the recommendation gains over itself


@dataclass(frozen=True)
class Candidate:
    """One examined deviation: its gain with standard error, for the gain landscape."""

    label: str
    gain: float
    se: float
    collected: Sequence[float] = ()


def everybody(answers: Sequence[bool | None]) -> bool | None:
    """True of all, False of any, else None: nobody knows."""
    return None if None in answers and False not in answers else all(answers)


def gain_from_json(body: Mapping[str, Any]) -> Gain:
    """Rebuild a gain."""
    return Gain(**body)


@dataclass(frozen=True)
class PaidDeviation:
    """A strategy as problem files write it, and what it brings.

    how: of games with a plan, whether by another count, by reporting or by estimating otherwise, or
    by several of them.
    """

    strategy: str
    parameters: Mapping[str, Any]
    payoff: float
    se: float = 0.0
    how: str | None = None

    @property
    def penalty(self) -> float:
        """The payoff, where less is better."""
        return 0.0 - self.payoff


JUDGED = (  # keys of what is found of an agent, in their order
    "epsilon verdict gain candidates budget_needed reason individually_rational best_deviation"
)


@dataclass(frozen=True, kw_only=True)
class AuditedAgent(Body):
    """The audit of one agent of any game; payoffs, higher is better.

    best_deviation: a strategy as problem files write it, with what it brings. damage: what it
    costs the others together, where that is known, and damage_se its standard error; in JSON
    damage_to_others. individually_rational: whether she is no worse
    off than outside, None where that is open. pays: "payoff", or "penalty" for games that say so:
    their JSON holds penalties, lower is better.
    """

    KEYS: ClassVar[str] = f"name strategy payoff payoff_se {JUDGED} landscape"
    NAMES: ClassVar[Mapping[str, str]] = {"damage_to_others": "damage"}
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "best_deviation": lambda body: PaidDeviation(**body),
        "gain": gain_from_json,
        "gain_over_recommended": gain_from_json,
        "landscape": list_of(lambda row: Candidate(**row)),
    }

    name: str
    strategy: str
    payoff: float
    payoff_se: float
    epsilon: float
    verdict: str
    gain: Gain
    candidates: int | None
    best_deviation: PaidDeviation
    pays: str = "payoff"
    individually_rational: bool | None = None
    damage: float | None = None
    damage_se: float | None = None
    gain_over_recommended: Gain | None = None
    budget_needed: int | None = None
    reason: str | None = None
    landscape: Sequence[Candidate] = ()

    @property
    def penalty(self) -> float:
        """The payoff, where less is better."""
        return 0.0 - self.payoff

    @property
    def penalty_se(self) -> float:
        """Its standard error."""
        return self.payoff_se

    def to_json(self) -> dict[str, Any]:
        """The keys of nashbox-audit/1, payoffs where the game pays them."""
        body = super().to_json()
        return as_penalties(body) if self.pays == "penalty" else body

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Rebuild what `to_json` wrote, and what versions before wrote as damage."""
        if "damage" in body:
            body = {**body, "damage_to_others": body["damage"]}
        if "penalty" in body:
            return super().from_json({**as_payoffs(body), "pays": "penalty"})
        return super().from_json(body)


@dataclass(frozen=True, kw_only=True)
class AuditResult(Result):
    """The audit of any game, one row per agent; `class_` says which deviations were covered."""

    FORMAT: ClassVar[str] = "nashbox-audit/1"
    KEYS: ClassVar[str] = (
        "game mechanism plan method class epsilon delta seeds versions problem nash "
        "individually_rational social_payoff social_payoff_se efficiency_ratio condition_8 "
        "resolution notes agents"
    )
    NAMES: ClassVar[Mapping[str, str]] = {"class": "class_"}
    WHOLE: ClassVar[str]  # keys that are about all agents, for the rows of a sweep

    game: str
    mechanism: str | None
    method: str
    class_: str
    epsilon: float | None
    delta: float
    seeds: Mapping[str, Any]
    problem: Mapping[str, Any]
    agents: Sequence[Any]
    resolution: str | None = None
    notes: Sequence[str] = ()
    versions: Mapping[str, str] = field(default_factory=versions)

    @property
    def pays(self) -> str:
        """What the game pays: payoff or penalty."""
        pays: str = self.agents[0].pays
        return pays

    @property
    def nash(self) -> str:
        """profitable if any verdict is, else undecided if any is, else none_above_epsilon."""
        return of_all(agent.verdict for agent in self.agents)

    @property
    def individually_rational(self) -> bool | None:
        """Whether nobody would rather stay away; None where that is open."""
        return everybody([agent.individually_rational for agent in self.agents])

    @property
    def social_payoff(self) -> float:
        """Sum of the agents' payoffs."""
        return summed(agent.payoff for agent in self.agents)

    @property
    def social_payoff_se(self) -> float:
        """Standard error of the sum: each payoff is of worlds of its own."""
        return math.hypot(*(agent.payoff_se for agent in self.agents))

    @property
    def social_penalty(self) -> float:
        """Minus the sum of the agents' payoffs."""
        return 0.0 - self.social_payoff

    @property
    def social_penalty_se(self) -> float:
        """Its standard error."""
        return self.social_payoff_se

    def to_json(self) -> dict[str, Any]:
        """The mapping of nashbox-audit/1."""
        body = super().to_json()
        return as_penalties(body) if self.pays == "penalty" else body

    def to_frame(self) -> pd.DataFrame:
        """One row per agent; nested keys are joined by dots."""
        import pandas as pd

        rows = [agent.to_json() for agent in self.agents]
        for row in rows:
            row.pop("landscape")
            row["best_deviation"]["parameters"] = json.dumps(row["best_deviation"]["parameters"])
        return pd.json_normalize(rows)

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw each agent's gain with its bounds and the examined deviations behind it."""
        return draw(self.game, "gains_figure", self, ax)
