"""What the audit of a game without a plan says beside what all audits do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar, Self

from nashbox.experiments.audit.base import AuditedAgent, AuditResult, Gain, gain_from_json
from nashbox.experiments.audit.payments import as_penalties
from nashbox.results.base import list_of


@dataclass(frozen=True, kw_only=True)
class PlayerAudit(AuditedAgent):
    """The audit of one player.

    gain_if_belief_known: of testing games, the gain of an agent that is shown the rival's signed
    belief, where the exact method found it.
    """

    OPTIONAL: ClassVar[str] = (
        "damage_to_others damage_se gain_over_recommended gain_if_belief_known"
    )
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        **AuditedAgent.PARTS,
        "gain_if_belief_known": gain_from_json,
    }

    gain_if_belief_known: Gain | None = None

    def to_json(self) -> dict[str, Any]:
        """The keys of nashbox-audit/1; nobody collects points."""
        body = super().to_json()
        for row in body["landscape"]:
            del row["collected"]
        return body


@dataclass(frozen=True, kw_only=True)
class GameAudit(AuditResult):
    """The whole audit.

    payoff, signals: of testing games. nash_conv: of payoff tables. extra: what else the game says
    of its audit, by key of the JSON.
    """

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

    def to_json(self) -> dict[str, Any]:
        """The mapping of nashbox-audit/1."""
        return {**super().to_json(), **self.extra}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Rebuild what `to_json` wrote."""
        known = {*cls.ruled(), *cls.OPTIONAL.split()}
        extra = {key: value for key, value in body.items() if key not in known}
        return super().from_json({**body, "extra": extra})
