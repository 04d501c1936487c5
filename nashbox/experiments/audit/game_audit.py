"""What the audit of any game says; payoffs, higher is better, told as penalties where they are."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self

from nashbox.experiments.audit.base import AuditedAgent, AuditResult, Gain, gain_from_json
from nashbox.measure.sums import summed
from nashbox.results.base import list_of

SIGNED = ("payoff", "social_payoff")  # keys that penalties have by names of their own
NAMES = {key: key.replace("payoff", "penalty") for name in SIGNED for key in (name, f"{name}_se")}


def as_penalties(body: Mapping[str, Any]) -> dict[str, Any]:
    """The same mapping with penalties: payoffs with the other sign, and errors."""
    return _told(body, NAMES, SIGNED)


def as_payoffs(body: Mapping[str, Any]) -> dict[str, Any]:
    """What `as_penalties` was made of."""
    names = {name: key for key, name in NAMES.items()}
    return _told(body, names, [NAMES[key] for key in SIGNED])


def _told(
    body: Mapping[str, Any], names: Mapping[str, str], signed: Collection[str]
) -> dict[str, Any]:
    """A mapping, and that of its best deviation, with keys by other names, some with a sign."""
    found: dict[str, Any] = {}
    for key, value in body.items():
        inside: Any = _told(value, names, signed) if key == "best_deviation" else value
        found[names.get(key, key)] = 0.0 - inside if key in signed else inside
    return found


@dataclass(frozen=True)
class PaidDeviation:
    """A strategy as problem files write it, and what it is paid."""

    strategy: str
    parameters: Mapping[str, Any]
    payoff: float
    se: float = 0.0
    how: str | None = None

    @property
    def penalty(self) -> float:
        """The payoff, where less is better."""
        return 0.0 - self.payoff


@dataclass(frozen=True, kw_only=True)
class PlayerAudit(AuditedAgent):
    """The audit of one player; payoffs, higher is better.

    pays: "payoff", or "penalty" for games that say so: their JSON holds penalties, lower is better.
    gain_if_belief_known: of testing games, the gain of an agent that is shown the rival's signed
    belief, where the exact method found it.
    """

    KEYS: ClassVar[str] = (
        "name strategy payoff payoff_se epsilon verdict gain candidates budget_needed reason "
        "individually_rational best_deviation landscape"
    )
    OPTIONAL: ClassVar[str] = (
        "damage_to_others damage_se gain_over_recommended gain_if_belief_known"
    )
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        **AuditedAgent.PARTS,
        "best_deviation": lambda body: PaidDeviation(**body),
        "gain_if_belief_known": gain_from_json,
    }

    payoff: float
    payoff_se: float
    pays: str = "payoff"
    gain_if_belief_known: Gain | None = None

    @property
    def penalty(self) -> float:
        """The payoff, where less is better."""
        return 0.0 - self.payoff

    @property
    def penalty_se(self) -> float:
        """Its standard error."""
        return self.payoff_se

    def to_json(self) -> dict[str, Any]:
        """The keys of nashbox-audit/1, payoffs where the game pays them; nobody collects points."""
        body = super().to_json()
        for row in body["landscape"]:
            del row["collected"]
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
class GameAudit(AuditResult):
    """The whole audit.

    payoff, signals: of testing games. nash_conv: of payoff tables. extra: what else the game says
    of its audit, by key of the JSON.
    """

    KEYS: ClassVar[str] = (
        "game mechanism plan method class epsilon delta seeds versions problem nash "
        "individually_rational social_payoff social_payoff_se efficiency_ratio condition_8 "
        "resolution notes agents"
    )
    OPTIONAL: ClassVar[str] = "payoff signals nash_conv"
    WHOLE: ClassVar[str] = (
        "nash method social_payoff social_payoff_se social_penalty social_penalty_se"
    )
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {"agents": list_of(PlayerAudit.from_json)}
    plan: ClassVar[None] = None
    efficiency_ratio: ClassVar[None] = None
    condition_8: ClassVar[None] = None

    agents: Sequence[PlayerAudit]
    payoff: str | None = None
    signals: str | None = None
    nash_conv: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def ruled(cls) -> set[str]:
        """Keys that no game may use for what it adds, those of its own kind apart."""
        written = cls.KEYS.split()
        held = {"format", *written, *as_penalties(dict.fromkeys(written, 0.0))}
        return (held | {one.name for one in fields(cls)}) - {*cls.OPTIONAL.split()}

    @property
    def rules(self) -> str:
        """Game or mechanism, and the payoff where the game has several."""
        named = self.game if self.mechanism is None else self.mechanism
        return named if self.payoff is None else f"{named}, payoff {self.payoff}"

    @property
    def pays(self) -> str:
        """What the game pays: payoffs or penalties."""
        return self.agents[0].pays

    def to_json(self) -> dict[str, Any]:
        """The mapping of nashbox-audit/1."""
        body = super().to_json()
        return {**(as_penalties(body) if self.pays == "penalty" else body), **self.extra}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Rebuild what `to_json` wrote."""
        known = {*cls.ruled(), *cls.OPTIONAL.split()}
        extra = {key: value for key, value in body.items() if key not in known}
        return super().from_json({**body, "extra": extra})

    @property
    def social_penalty(self) -> float:
        """Minus the sum of the players' payoffs."""
        return 0.0 - self.social_payoff

    @property
    def social_payoff(self) -> float:
        """Sum of the players' payoffs."""
        return summed(agent.payoff for agent in self.agents)

    @property
    def social_payoff_se(self) -> float:
        """Standard error of the sum: each payoff is of worlds of its own."""
        return math.hypot(*(agent.payoff_se for agent in self.agents))
