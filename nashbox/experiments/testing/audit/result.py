"""What the audit of a testing game says; payoffs, higher is better."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nashbox.experiments.audit.result import Candidate, Gain
from nashbox.experiments.saving import read_json, versions, write_json

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas as pd


@dataclass(frozen=True)
class TestingDeviation:
    """A strategy as problem files write it, and the payoff it brings."""

    __test__ = False

    strategy: str
    parameters: Mapping[str, Any]
    payoff: float
    se: float = 0.0


@dataclass(frozen=True)
class TestingAgentAudit:
    """The audit of one agent.

    gain_if_belief_known: of the best response of an agent that is shown the rival's signed belief,
    where the exact method found it.
    """

    __test__ = False

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
        """The keys of nashbox-audit/1, payoff instead of penalty."""
        body: dict[str, Any] = {
            "name": self.name,
            "strategy": self.strategy,
            "payoff": self.payoff,
            "payoff_se": self.payoff_se,
            "epsilon": self.epsilon,
            "verdict": self.verdict,
            "gain": vars(self.gain),
            "candidates": self.candidates,
            "best_deviation": {
                "strategy": self.best_deviation.strategy,
                "parameters": dict(self.best_deviation.parameters),
                "payoff": self.best_deviation.payoff,
                "se": self.best_deviation.se,
            },
            "landscape": [{"label": c.label, "gain": c.gain, "se": c.se} for c in self.landscape],
        }
        for key in ("gain_over_recommended", "gain_if_belief_known"):
            if getattr(self, key) is not None:
                body[key] = vars(getattr(self, key))
        if self.budget_needed is not None:
            body["budget_needed"] = self.budget_needed
        return body


@dataclass(frozen=True)
class TestingAudit:
    """The whole audit; `class_` says in words which deviations were covered."""

    __test__ = False

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
    def nash(self) -> str:
        """profitable if any verdict is, else undecided if any is, else none_above_epsilon."""
        found = {agent.verdict for agent in self.agents}
        for verdict in ("profitable", "undecided"):
            if verdict in found:
                return verdict
        return "none_above_epsilon"

    def to_json(self) -> dict[str, Any]:
        """The mapping of nashbox-audit/1."""
        return {
            "format": "nashbox-audit/1",
            "game": "testing",
            "mechanism": self.mechanism,
            "plan": None,
            "payoff": self.payoff,
            "method": self.method,
            "class": self.class_,
            "signals": self.signals,
            "epsilon": self.epsilon,
            "delta": self.delta,
            "seeds": dict(self.seeds),
            "versions": dict(self.versions),
            "problem": dict(self.problem),
            "nash": self.nash,
            "individually_rational": None,
            "social_payoff": sum(agent.payoff for agent in self.agents),
            "efficiency_ratio": None,
            "condition_8": None,
            "notes": list(self.notes),
            "agents": [agent.to_json() for agent in self.agents],
        }

    def to_frame(self) -> pd.DataFrame:
        """One row per agent; nested keys are joined by dots."""
        import pandas as pd

        rows = [agent.to_json() for agent in self.agents]
        for row in rows:
            row.pop("landscape")
            row["best_deviation"]["parameters"] = json.dumps(row["best_deviation"]["parameters"])
        return pd.json_normalize(rows)

    def save(self, path: str | Path) -> None:
        """Write the JSON to a file."""
        write_json(self.to_json(), path)

    @classmethod
    def load(cls, path: str | Path) -> TestingAudit:
        """Read what `save` wrote."""
        body = read_json(path, "nashbox-audit/1")
        agents = [_agent(row) for row in body["agents"]]
        kept = [
            "mechanism",
            "payoff",
            "method",
            "epsilon",
            "delta",
            "seeds",
            "problem",
            "signals",
            "notes",
            "versions",
        ]
        return cls(class_=body["class"], agents=agents, **{key: body[key] for key in kept})

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw every agent's gain with its bounds and the examined deviations behind it."""
        from nashbox.experiments.testing.figures import testing_gains

        return testing_gains(self, ax)


def _agent(row: Mapping[str, Any]) -> TestingAgentAudit:
    simple = ("name", "strategy", "payoff", "payoff_se", "epsilon", "verdict", "candidates")
    over, known = row.get("gain_over_recommended"), row.get("gain_if_belief_known")
    return TestingAgentAudit(
        **{key: row[key] for key in simple},
        gain=Gain(**row["gain"]),
        best_deviation=TestingDeviation(**row["best_deviation"]),
        budget_needed=row.get("budget_needed"),
        landscape=[Candidate(**c) for c in row["landscape"]],
        gain_over_recommended=Gain(**over) if over else None,
        gain_if_belief_known=Gain(**known) if known else None,
    )
