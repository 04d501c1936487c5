"""`run`: play a problem's profile for some rounds in many worlds, through the game's Mesa model."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self

from nashbox.experiments.tally import RoundTally, rows_of, social_of
from nashbox.games.base import Game
from nashbox.games.registry import blaming, draw, own_options_read, prepare_game
from nashbox.measure.seeds import Stage, child
from nashbox.problem.options import Seed, Whole, held
from nashbox.problem.ticker import Ticker
from nashbox.results.base import Result
from nashbox.results.saving import versions

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas as pd

RECORDED, FEW = 6, 100  # worlds kept in every detail; all of them up to a few
DETAILS = 1000  # worlds times players that are kept, or one world


@dataclass(frozen=True)
class Run(Result):
    """What was played: agents over the last round, steps over all of them.

    agents: a mapping per agent (name, strategy, penalty or payoff, se, error, cost, and columns
    that only the game has, each mean with its standard error, NAME_se). steps: a mapping per round
    and agent. extra: what else there is to say, by key of the JSON; social, a mapping per round,
    has the sum of all penalties or payoffs with its error.
    """

    FORMAT: ClassVar[str] = "nashbox-run/1"
    KEYS: ClassVar[str] = "game rounds replications agents steps seeds versions problem"

    game: str
    rounds: int
    replications: int
    agents: Sequence[Mapping[str, Any]]
    steps: Sequence[Mapping[str, Any]]
    seeds: Mapping[str, Any]
    problem: Mapping[str, Any]
    extra: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=versions)

    @property
    def pays(self) -> str:
        """What players are paid: payoff or penalty."""
        return "penalty" if "penalty" in self.agents[0] else "payoff"

    @property
    def whole(self) -> Mapping[str, Any]:
        """Numbers about all agents after the last round, for the rows of a sweep."""
        return {key: value for key, value in self.extra.items() if _numeric(value)}

    def to_json(self) -> dict[str, Any]:
        """The mapping of the format, with what only this game has."""
        return {**super().to_json(), **self.extra}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Rebuild what `to_json` wrote."""
        known = {"format", *(f.name for f in fields(cls))}
        extra = {key: value for key, value in body.items() if key not in known}
        return super().from_json({"game": body["problem"].get("game"), **body, "extra": extra})

    def to_frame(self) -> pd.DataFrame:
        """One row per round and agent, with the columns Mesa users know."""
        import pandas as pd

        return pd.DataFrame(list(self.steps))

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw what there is to see of such a game, round by round if there were several."""
        return draw(self.game, "run_figure", self, ax)


def _numeric(value: Any) -> bool:
    """Whether this is a number, or a mapping of numbers."""
    inside = value.values() if isinstance(value, Mapping) else [value]
    return all(isinstance(one, (int, float)) for one in inside)


@blaming
@held
def run(
    problem: Any,
    *,
    rounds: Annotated[int, Whole("one after another", "N", low=1, high=1e6)] = 1,
    replications: Annotated[int, Whole("parallel worlds", "R", low=1, high=1e9)] = 10_000,
    seed: Seed = 0,
    progress: Ticker | None = None,
    **own: Any,
) -> Run:
    """Play `rounds` rounds in `replications` worlds; strategies that revise do so between rounds.

    Where nature is unknown, every agent is shown at the state that pays her worst; the result says
    which states were tried. own: options that only this game has. Raises InputError.
    """
    own = own_options_read(problem, "run", own)
    game = prepare_game(problem)
    game.check_playable()
    states, said = game.unknowns()
    played = _Session(game, rounds, replications, seed, states, own, progress)
    steps: list[dict[str, Any]] = []
    social: list[dict[str, Any]] = []
    tallies: list[RoundTally] = []
    for t, tallies in enumerate(played.rounds(), start=1):
        steps += rows_of(tallies, t)
        social.append(social_of(tallies, t))
        played.game = game = game if t == rounds else game.revised(steps[-game.m :])
    return Run(
        game=problem.game,
        rounds=rounds,
        replications=replications,
        agents=[_agent(row) for row in steps[-game.m :]],
        steps=steps,
        seeds={"seed": seed},
        problem=problem.to_json(),
        extra={**said, "social": social, **tallies[0].whole()},
    )


def _agent(row: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in row.items() if key not in ("Step", "AgentID")}
    return {"name": row["AgentID"], **kept, **{k: kept.get(k) for k in ("error", "cost")}}


@dataclass
class _Session:
    """All worlds of a run, played block by block."""

    game: Game
    number: int
    replications: int
    seed: int
    states: Sequence[Any]
    own: Mapping[str, Any]
    progress: Ticker | None
    done: int = 0

    @property
    def blocks(self) -> int:
        """How often worlds are played at once."""
        return math.ceil(self.replications / self.game.block)

    def rounds(self) -> Iterator[list[RoundTally]]:
        """What every round brought, state by state."""
        if self.game.lasting:
            yield from zip(*(self._played(at, (), self.number) for at in self.states), strict=True)
            return
        for t in range(self.number):
            yield [self._played(at, (t,), 1)[0] for at in self.states]

    def _played(self, at: Any, path: tuple[int, ...], rounds: int) -> list[RoundTally]:
        """Rounds that one model plays, in all worlds."""
        tallies: list[RoundTally] = []
        for b in range(self.blocks):
            size = min(self.game.block, self.replications - b * self.game.block)
            model = self.game.opened(
                size, child(self.seed, Stage.RUN, *path, b), at, self._shown(path, b), **self.own
            )
            for t in range(rounds):
                if b == 0:
                    tallies.append(RoundTally(self.game, self.game.labels(model)))
                tallies[t].add(model.play())
                self._tick()
        return tallies

    def _shown(self, path: tuple[int, ...], block: int) -> int:
        """Worlds that are kept in every detail: a few of the last round."""
        if block or (path and path[-1] < self.number - 1):
            return 0
        wanted = self.replications if self.replications <= FEW else RECORDED
        return min(wanted, max(1, DETAILS // self.game.m))

    def _tick(self) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, len(self.states) * self.blocks * self.number)
