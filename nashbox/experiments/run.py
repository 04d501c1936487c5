"""`run`: play a problem's profile for some rounds in many worlds, through the Mesa model."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from nashbox.experiments.result import Result
from nashbox.experiments.saving import versions
from nashbox.games.estimation import EstimationGame, prepare
from nashbox.games.estimation.nature import BLOCK, GRID_IN_WORDS, all_equivariant, mu_grid
from nashbox.measure.moments import Moments
from nashbox.measure.seeds import Stage, child
from nashbox.problem.errors import require
from nashbox.problem.estimation import EstimationProblem, check_can_draw

if TYPE_CHECKING:
    import matplotlib.axes
    import pandas as pd

Revision = Literal["sequential", "simultaneous"]


class RunResult(Result):
    """What was played of either game: rows per round and agent in `steps`."""

    FORMAT: ClassVar[str] = "nashbox-run/1"
    steps: Sequence[Mapping[str, Any]]

    @property
    def whole(self) -> Mapping[str, Any]:
        """What is said of all agents after the last round, for the rows of a sweep."""
        return {}

    def to_frame(self) -> pd.DataFrame:
        """One row per round and agent, with the columns Mesa users know."""
        import pandas as pd

        return pd.DataFrame(list(self.steps))


def check_run_options(rounds: int, replications: int, seed: int) -> None:
    """Refuse options of a run that mean nothing. Raises InputError."""
    require("rounds", rounds, low=1, high=1e6, integer=True)
    require("replications", replications, low=1, high=1e9, integer=True)
    require("seed", seed, low=0, integer=True)


@dataclass(frozen=True)
class Run(RunResult):
    """What was played: agents over the last round, steps over all of them.

    agents: one mapping per agent (name, strategy, penalty, se, error, cost). steps: one mapping per
    round and agent (Step, AgentID, strategy, collected, submitted, error, cost, penalty).
    """

    KEYS: ClassVar[str] = "rounds replications mu agents steps seeds versions problem"

    rounds: int
    replications: int
    agents: Sequence[Mapping[str, Any]]
    steps: Sequence[Mapping[str, Any]]
    seeds: Mapping[str, Any]
    problem: Mapping[str, Any]
    mu: str
    versions: Mapping[str, str] = field(default_factory=versions)

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw the data collected round by round."""
        from nashbox.experiments.figures import dynamics

        return dynamics(self, ax)


def run(
    problem: EstimationProblem,
    *,
    rounds: int = 1,
    replications: int = 1000,
    seed: int = 0,
    revision: Revision | None = "sequential",
    progress: Callable[[int, int], None] | None = None,
) -> Run:
    """Play `rounds` rounds in `replications` worlds.

    Strategies that revise do so between rounds. Where something is not translation-equivariant,
    every agent's penalty is the largest over a grid of mu, which the result names.
    """
    check_run_options(rounds, replications, seed)
    check_can_draw(problem)
    game = prepare(problem)
    invariant = all(all_equivariant(game, i, game.strategy(i)) for i in range(problem.m))
    grid = [np.zeros(problem.d)] if invariant else mu_grid(game.terms, 0)
    blocks = math.ceil(replications / BLOCK)
    records: list[_Record] = []
    for g, offset in enumerate(grid):
        record = _Record(game, rounds)
        for block in range(blocks):
            size = min(BLOCK, replications - block * BLOCK)
            record.play(size, child(seed, Stage.RUN, block), offset, revision)
            if progress is not None:
                progress(g * blocks + block + 1, len(grid) * blocks)
        records.append(record)
    steps = [row for t in range(rounds) for row in _worst_rows(game, records, t)]
    last = steps[-problem.m :]
    return Run(
        rounds=rounds,
        replications=replications,
        agents=[_summary(row) for row in last],
        steps=steps,
        seeds={"seed": seed},
        problem=problem.to_json(),
        mu="any (all strategies are translation-equivariant)" if invariant else GRID_IN_WORDS,
    )


def _summary(row: Mapping[str, Any]) -> dict[str, Any]:
    keys = ("strategy", "penalty", "se", "error", "cost", "collected", "submitted")
    return {"name": row["AgentID"], **{key: row[key] for key in keys}}


class _Record:
    """Moments of every round and agent at one value of mu."""

    def __init__(self, game: EstimationGame, rounds: int) -> None:
        self.game = game
        m, d = game.problem.m, game.problem.d
        self.penalty = [[Moments() for _ in range(m)] for _ in range(rounds)]
        self.error = [[Moments() for _ in range(m)] for _ in range(rounds)]
        self.cost = [[Moments() for _ in range(m)] for _ in range(rounds)]
        self.collected = np.zeros((rounds, m, d))
        self.submitted = np.zeros((rounds, m, d))
        self.labels = [[""] * m for _ in range(rounds)]
        self.worlds = 0

    def play(
        self, worlds: int, seed: int, offset: np.ndarray[Any, Any], revision: Revision | None
    ) -> None:
        """Play one block of worlds."""
        game = self.game
        model = game.model(worlds, seed, offset=offset, revision=revision)
        for t, labels in enumerate(self.labels):
            labels[:] = [agent.strategy.label for agent in model.players]
            model.step()
            for i, agent in enumerate(model.players):
                self.penalty[t][i].add(agent.penalty)
                self.error[t][i].add(agent.error)
                self.cost[t][i].add(agent.cost)
                self.collected[t, i] += agent.collected.sum(axis=0)
                self.submitted[t, i] += agent.submitted.sum(axis=0)
        self.worlds += worlds


def _worst_rows(game: EstimationGame, records: list[_Record], t: int) -> list[dict[str, Any]]:
    """Rows of round t, every agent at the mu where her penalty is largest."""
    rows = []
    for i, name in enumerate(game.problem.names):
        worst = max(records, key=lambda record: record.penalty[t][i].mean)
        penalty = worst.penalty[t][i]
        rows.append(
            {
                "Step": t + 1,
                "AgentID": name,
                "strategy": worst.labels[t][i],
                "collected": (worst.collected[t, i] / worst.worlds).tolist(),
                "submitted": (worst.submitted[t, i] / worst.worlds).tolist(),
                "error": worst.error[t][i].mean,
                "cost": worst.cost[t][i].mean,
                "penalty": penalty.mean,
                "se": penalty.se,
            }
        )
    return rows
