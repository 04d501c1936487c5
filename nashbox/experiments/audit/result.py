"""What an audit says: a verdict per agent with a number, an error bar and what it rests on."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nashbox.experiments.saving import read_json, versions, write_json

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas as pd

VERDICTS = ("profitable", "none_above_epsilon", "undecided")


@dataclass(frozen=True)
class Gain:
    """Penalty saved by a deviation, with a lower and an upper bound."""

    estimate: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Deviation:
    """A strategy as problem files write it, and the penalty it brings."""

    strategy: str
    parameters: Mapping[str, Any]
    penalty: float
    se: float = 0.0


@dataclass(frozen=True)
class Candidate:
    """One examined deviation: its gain with standard error, for the gain landscape."""

    label: str
    gain: float
    se: float
    collected: Sequence[float] = ()


@dataclass(frozen=True)
class AgentAudit:
    """The audit of one agent. Penalties: lower is better; `damage` is what the others lose."""

    name: str
    strategy: str
    recommended: Sequence[float]
    penalty: float
    penalty_se: float
    penalty_alone: float
    outside: float
    epsilon: float
    verdict: str
    gain: Gain
    candidates: int | None
    best_deviation: Deviation
    damage: float | None = None
    damage_se: float = 0.0
    gain_over_recommended: Gain | None = None
    budget_needed: int | None = None
    landscape: Sequence[Candidate] = ()
    normal_theory: Mapping[str, float] | None = None

    def to_json(self) -> dict[str, Any]:
        """The keys of nashbox-audit/1."""
        best = self.best_deviation
        body: dict[str, Any] = {
            "name": self.name,
            "strategy": self.strategy,
            "recommended": list(self.recommended),
            "penalty": self.penalty,
            "penalty_se": self.penalty_se,
            "penalty_alone": self.penalty_alone,
            "outside": self.outside,
            "epsilon": self.epsilon,
            "verdict": self.verdict,
            "gain": vars(self.gain),
            "candidates": self.candidates,
            "best_deviation": {
                "strategy": best.strategy,
                "parameters": dict(best.parameters),
                "penalty": best.penalty,
                "se": best.se,
            },
            "damage_to_others": self.damage,
            "damage_se": self.damage_se,
            "landscape": [{**vars(c), "collected": list(c.collected)} for c in self.landscape],
        }
        if self.gain_over_recommended is not None:
            body["gain_over_recommended"] = vars(self.gain_over_recommended)
        if self.budget_needed is not None:
            body["budget_needed"] = self.budget_needed
        if self.normal_theory is not None:
            body["normal_theory"] = dict(self.normal_theory)
        return body


@dataclass(frozen=True)
class Audit:
    """The whole audit; `class_` says in words which deviations were covered."""

    mechanism: str
    plan: str
    method: str
    class_: str
    epsilon: float | None
    delta: float
    seeds: Mapping[str, Any]
    problem: Mapping[str, Any]
    agents: Sequence[AgentAudit]
    efficiency_ratio: float | None
    condition_8: bool
    notes: Sequence[str] = ()
    game: str = "estimation"
    versions: Mapping[str, str] = field(default_factory=versions)

    @property
    def nash(self) -> str:
        """profitable if any verdict is, else undecided if any is, else none_above_epsilon."""
        found = {agent.verdict for agent in self.agents}
        for verdict in ("profitable", "undecided"):
            if verdict in found:
                return verdict
        return "none_above_epsilon"

    @property
    def individually_rational(self) -> bool:
        """No agent is worse off than outside; simulated penalties by their upper bound."""
        from scipy.stats import norm

        z = float(norm.isf(self.delta / len(self.agents)))
        return all(
            a.penalty + z * a.penalty_se <= (1 + 1e-9) * a.outside or math.isinf(a.outside)
            for a in self.agents
        )

    @property
    def social_penalty(self) -> float:
        """Sum of the agents' penalties."""
        return sum(agent.penalty for agent in self.agents)

    def to_json(self) -> dict[str, Any]:
        """The mapping of nashbox-audit/1; infinite numbers are written "inf"."""
        return {
            "format": "nashbox-audit/1",
            "game": self.game,
            "mechanism": self.mechanism,
            "plan": self.plan,
            "method": self.method,
            "class": self.class_,
            "epsilon": self.epsilon,
            "delta": self.delta,
            "seeds": dict(self.seeds),
            "versions": dict(self.versions),
            "problem": dict(self.problem),
            "nash": self.nash,
            "individually_rational": self.individually_rational,
            "social_penalty": self.social_penalty,
            "efficiency_ratio": self.efficiency_ratio,
            "condition_8": self.condition_8,
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
    def load(cls, path: str | Path) -> Audit:
        """Read what `save` wrote."""
        return audit_from_json(read_json(path, "nashbox-audit/1"))

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw each agent's gain with its bounds and the examined deviations behind it."""
        from nashbox.experiments.figures import gain_landscape

        return gain_landscape(self, ax)


def audit_from_json(body: Mapping[str, Any]) -> Audit:
    """Rebuild an audit of the mapping `Audit.to_json` returns."""
    agents = []
    for row in body["agents"]:
        best = row["best_deviation"]
        over = row.get("gain_over_recommended")
        agents.append(
            AgentAudit(
                name=row["name"],
                strategy=row["strategy"],
                recommended=row["recommended"],
                penalty=row["penalty"],
                penalty_se=row["penalty_se"],
                penalty_alone=row["penalty_alone"],
                outside=row["outside"],
                epsilon=row["epsilon"],
                verdict=row["verdict"],
                gain=Gain(**row["gain"]),
                candidates=row["candidates"],
                best_deviation=Deviation(
                    best["strategy"], best["parameters"], best["penalty"], best["se"]
                ),
                damage=row["damage_to_others"],
                damage_se=row["damage_se"],
                gain_over_recommended=Gain(**over) if over else None,
                budget_needed=row.get("budget_needed"),
                landscape=[Candidate(**c) for c in row["landscape"]],
                normal_theory=row.get("normal_theory"),
            )
        )
    names = "mechanism plan method epsilon delta seeds problem efficiency_ratio condition_8 notes"
    kept = {key: body[key] for key in (*names.split(), "game", "versions")}
    return Audit(class_=body["class"], agents=agents, **kept)
