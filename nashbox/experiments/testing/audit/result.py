"""What the audit of a testing game says; payoffs, higher is better."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from nashbox.experiments.audit.base import AgentRow, AuditResult, Candidate, Gain, gain_from_json
from nashbox.experiments.result import list_of
from nashbox.experiments.saving import versions

if TYPE_CHECKING:
    import matplotlib.axes


@dataclass(frozen=True)
class TestingDeviation:
    """A strategy as problem files write it, and the payoff it brings."""

    __test__ = False

    strategy: str
    parameters: Mapping[str, Any]
    payoff: float
    se: float = 0.0


@dataclass(frozen=True)
class TestingAgentAudit(AgentRow):
    """The audit of one agent.

    gain_if_belief_known: of the best response of an agent that is shown the rival's signed belief,
    where the exact method found it.
    """

    __test__ = False
    KEYS: ClassVar[str] = (
        "name strategy payoff payoff_se epsilon verdict gain candidates best_deviation landscape"
    )
    OPTIONAL: ClassVar[str] = "gain_over_recommended gain_if_belief_known budget_needed"
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        **AgentRow.PARTS,
        "best_deviation": lambda body: TestingDeviation(**body),
        "gain_if_belief_known": gain_from_json,
    }

    name: str
    strategy: str
    payoff: float
    payoff_se: float
    epsilon: float
    verdict: str
    gain: Gain
    candidates: int | None
    best_deviation: TestingDeviation
    gain_over_recommended: Gain | None = None
    gain_if_belief_known: Gain | None = None
    budget_needed: int | None = None
    landscape: Sequence[Candidate] = ()

    def to_json(self) -> dict[str, Any]:
        """The keys of nashbox-audit/1, payoff instead of penalty; nobody collects points."""
        body = super().to_json()
        for row in body["landscape"]:
            del row["collected"]
        return body


@dataclass(frozen=True)
class TestingAudit(AuditResult):
    """The whole audit; `class_` says in words which deviations were covered."""

    __test__ = False
    KEYS: ClassVar[str] = (
        "game mechanism plan payoff method class signals epsilon delta seeds versions problem nash "
        "individually_rational social_payoff efficiency_ratio condition_8 notes agents"
    )
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "agents": list_of(TestingAgentAudit.from_json)
    }
    game: ClassVar[str] = "testing"
    plan: ClassVar[None] = None
    individually_rational: ClassVar[None] = None
    efficiency_ratio: ClassVar[None] = None
    condition_8: ClassVar[None] = None

    mechanism: str
    payoff: str
    method: str
    class_: str
    epsilon: float | None
    delta: float
    seeds: Mapping[str, Any]
    problem: Mapping[str, Any]
    agents: Sequence[TestingAgentAudit]
    signals: str = "paper"
    notes: Sequence[str] = ()
    versions: Mapping[str, str] = field(default_factory=versions)

    @property
    def social_payoff(self) -> float:
        """Sum of the agents' payoffs."""
        return float(sum(agent.payoff for agent in self.agents))

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw every agent's gain with its bounds and the examined deviations behind it."""
        from nashbox.experiments.testing.figures import testing_gains

        return testing_gains(self, ax)
