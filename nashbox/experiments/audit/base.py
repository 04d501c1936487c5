"""What the audits of all games share: gains, examined deviations, the summary of the verdicts."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from nashbox.games.registry import draw
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


@dataclass(frozen=True, kw_only=True)
class AuditedAgent(Body):
    """The audit of one agent of any game.

    best_deviation: a strategy as problem files write it, with what it brings. damage: what it
    costs the others together, where that is known, and damage_se its standard error; in JSON
    damage_to_others. individually_rational: whether she is no worse
    off than outside, None where that is open.
    """

    NAMES: ClassVar[Mapping[str, str]] = {"damage_to_others": "damage"}
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "gain": gain_from_json,
        "gain_over_recommended": gain_from_json,
        "landscape": list_of(lambda row: Candidate(**row)),
    }

    name: str
    strategy: str
    epsilon: float
    verdict: str
    gain: Gain
    candidates: int | None
    best_deviation: Any
    individually_rational: bool | None = None
    damage: float | None = None
    damage_se: float | None = None
    gain_over_recommended: Gain | None = None
    budget_needed: int | None = None
    reason: str | None = None
    landscape: Sequence[Candidate] = ()


@dataclass(frozen=True, kw_only=True)
class AuditResult(Result, ABC):
    """The audit of any game, one row per agent; `class_` says which deviations were covered."""

    FORMAT: ClassVar[str] = "nashbox-audit/1"
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
    @abstractmethod
    def pays(self) -> str:
        """What the game pays: payoff or penalty."""

    @property
    def nash(self) -> str:
        """profitable if any verdict is, else undecided if any is, else none_above_epsilon."""
        return of_all(agent.verdict for agent in self.agents)

    @property
    def individually_rational(self) -> bool | None:
        """Whether nobody would rather stay away; None where that is open."""
        return everybody([agent.individually_rational for agent in self.agents])

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
