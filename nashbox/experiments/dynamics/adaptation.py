"""The path of an adaptive population: who plays what, what they are paid, round by round."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from nashbox.results.base import Result, list_of
from nashbox.results.saving import versions

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas as pd


@dataclass(frozen=True)
class AdaptRun:
    """One mechanism's path.

    payoffs: in words, where they come from. exact, worlds: formulas, or worlds simulated for each
    answer. rounds: a mapping per round from 0, the start (round, shares by menu entry,
    share_honest, data collected by all, social_penalty and its se; in testing games
    social_payoff). steps: a mapping per round and agent. rest: the first round after which
    nothing changed any more, None if the last one brought a change. doubts: agents who in the
    end saw a gain and left it, as it was within the error of simulated payoffs. settled: whether
    nobody will ever move again if `rest` is a round: chance and memory may move who has rested.
    """

    mechanism: str
    payoffs: str
    exact: bool
    worlds: int
    rounds: Sequence[Mapping[str, Any]]
    steps: Sequence[Mapping[str, Any]]
    rest: int | None
    doubts: int = 0
    settled: bool = True

    @property
    def last(self) -> Mapping[str, Any]:
        """The last round."""
        return self.rounds[-1]


@dataclass(frozen=True)
class Adaptation(Result):
    """What `adapt` found: one path per mechanism, all from the same start on the same graph.

    menu: labels; empty where agents choose among all counts. honest: the entries counted as honest.
    players: how many agents there are.
    """

    FORMAT: ClassVar[str] = "nashbox-adapt/1"
    KEYS: ClassVar[str] = "game rule menu honest order graph runs seeds problem notes versions"
    OPTIONAL: ClassVar[str] = "players"  # which versions before did not write
    PARTS: ClassVar[Mapping[str, Callable[[Any], Any]]] = {
        "runs": list_of(lambda row: AdaptRun(**row))
    }

    game: str
    rule: Mapping[str, Any]
    menu: Sequence[str]
    honest: Sequence[str]
    order: str
    graph: str | None
    runs: Sequence[AdaptRun]
    seeds: Mapping[str, Any]
    problem: Mapping[str, Any]
    notes: Sequence[str] = ()
    players: int | None = None
    versions: Mapping[str, str] = field(default_factory=versions)

    @property
    def agents(self) -> int:
        """Number of agents."""
        return len(self.problem["agents"]) if self.players is None else self.players

    def to_frame(self, *, agents: bool = False) -> pd.DataFrame:
        """One row per mechanism and round, or per mechanism, round and agent."""
        import pandas as pd

        rows = []
        for run in self.runs:
            for row in run.steps if agents else run.rounds:
                flat = {k: v for k, v in row.items() if not isinstance(v, Mapping)}
                shares = row.get("shares") or {}
                flat |= {f"shares.{name}": share for name, share in shares.items()}
                rows.append({"mechanism": run.mechanism, **flat})
        return pd.DataFrame(rows)

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw the shares, or the data collected where agents choose counts."""
        from nashbox.experiments.dynamics.figures import adaptation

        return adaptation(self, ax)
