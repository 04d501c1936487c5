"""`run` for testing games: play the profile many times through the Mesa model."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from nashbox.agents.testing import REASONS
from nashbox.experiments.run import RunResult, check_run_options
from nashbox.experiments.saving import versions
from nashbox.games.testing import TestingGame, prepare_testing
from nashbox.measure.moments import Moments
from nashbox.measure.seeds import Stage, child
from nashbox.model.testing import TestingModel
from nashbox.problem.testing import TestingProblem
from nashbox.strategies.testing import TestingStrategy

if TYPE_CHECKING:
    import matplotlib.axes

BLOCK = 1 << 17  # games played at once
RECORDED, FEW = 6, 100  # games of which every step is kept; all of them up to a few


@dataclass(frozen=True)
class TestingRun(RunResult):
    """What was played: agents over the last round, steps over all rounds.

    agents: a mapping per agent (name, strategy, payoff, se, error, cost, tau, won, reasons).
    steps: a mapping per round and agent. system: first and last stop, mean error, with s.e.
    laws: {agent, "first" or "last": games by stopping time 0, 1, 2, ...}. records: the tables
    "steps" and "games" of a few games (of all, if they are at most 100). unfinished: games that
    reached the cap in the last round.
    """

    __test__ = False
    KEYS: ClassVar[str] = (
        "game rounds replications agents steps system unfinished laws records seeds versions "
        "problem"
    )
    game: ClassVar[str] = "testing"

    rounds: int
    replications: int
    agents: Sequence[Mapping[str, Any]]
    steps: Sequence[Mapping[str, Any]]
    system: Mapping[str, Any]
    unfinished: int
    laws: Mapping[str, Sequence[int]]
    records: Mapping[str, Sequence[Mapping[str, Any]]]
    seeds: Mapping[str, Any]
    problem: Mapping[str, Any]
    versions: Mapping[str, str] = field(default_factory=versions)

    @property
    def whole(self) -> Mapping[str, Any]:
        """First and last stop, mean error, games at the cap."""
        return {"system": self.system, "unfinished": self.unfinished}

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw belief paths with thresholds and signals, and the stopping-time laws."""
        from nashbox.experiments.testing.figures import run_figure

        return run_figure(self, ax)


def run_testing(
    problem: TestingProblem,
    *,
    rounds: int = 1,
    replications: int = 10_000,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> TestingRun:
    """Play `rounds` games one after another in `replications` worlds; strategies revise between."""
    check_run_options(rounds, replications, seed)
    game = prepare_testing(problem)
    strategies = dict(game.strategies)
    blocks = math.ceil(replications / BLOCK)
    steps: list[dict[str, Any]] = []
    for t in range(rounds):
        tally = _Tally(problem.names)
        played = TestingGame(problem, game.exchange, strategies)
        for b in range(blocks):
            size = min(BLOCK, replications - b * BLOCK)
            shown = replications if replications <= FEW else RECORDED
            shown = shown if b == 0 and t == rounds - 1 else 0
            tally.add(play_block(played, size, child(seed, Stage.RUN, t, b), shown))
            if progress is not None:
                progress(t * blocks + b + 1, rounds * blocks)
        rows = tally.rows(strategies)
        steps += [{"Step": t + 1, "AgentID": row.pop("name"), **row} for row in rows]
        strategies = {
            row["AgentID"]: strategies[row["AgentID"]].revise(row) for row in steps[-problem.m :]
        }
    last = steps[-problem.m :]
    named = [{"name": r["AgentID"], **{k: r[k] for k in r if k not in _KEYS}} for r in last]
    return TestingRun(
        rounds=rounds,
        replications=replications,
        agents=named,
        steps=steps,
        system=tally.system(),
        unfinished=tally.unfinished,
        laws={key: law.tolist() for key, law in tally.laws.items()},
        records=tally.records,
        seeds={"seed": seed},
        problem=problem.to_json(),
    )


_KEYS = ("Step", "AgentID")


def play_block(game: TestingGame, games: int, seed: int, record: int = 0) -> TestingModel:
    """Play `games` games at once."""
    return TestingModel(
        game.problem, game.exchange, game.strategies, replications=games, rng=seed, record=record
    ).play()


class _Tally:
    """Moments of one round, block by block."""

    def __init__(self, names: Sequence[str]) -> None:
        self.names = names
        keys = ("payoff", "error", "cost", "tau", "won", *REASONS)
        self.moments = [{key: Moments() for key in keys} for _ in names]
        self.whole = {key: Moments() for key in ("first_stop", "last_stop", "mean_error")}
        self.laws: dict[str, NDArray[np.int64]] = {}
        self.records: dict[str, list[dict[str, Any]]] = {"steps": [], "games": []}
        self.unfinished = 0

    def add(self, model: TestingModel) -> None:
        """Take a finished block in."""
        outcomes, pays = model.outcomes(), model.payoffs()
        tau = np.stack([o.tau for o in outcomes])
        wrong = np.stack([o.wrong for o in outcomes]).mean(axis=0)
        for i, (outcome, pay, sums) in enumerate(zip(outcomes, pays, self.moments, strict=True)):
            sums["payoff"].add(pay)
            sums["error"].add(outcome.wrong.astype(float))
            sums["cost"].add(model.problem.payoff.costs(outcome))
            sums["tau"].add(outcome.tau.astype(float))
            sums["won"].add(outcome.share)
            for r, reason in enumerate(REASONS):
                sums[reason].add((model.players[i].reason == r).astype(float))
            self._law(self.names[i], outcome.tau)
        first, last = tau.min(axis=0), tau.max(axis=0)
        self._law("first", first)
        self._law("last", last)
        for key, values in zip(self.whole, (first, last, wrong), strict=True):
            self.whole[key].add(values.astype(float))
        self.unfinished += int((~np.stack([o.finished for o in outcomes]).all(axis=0)).sum())
        steps = model.datacollector.tables["steps"]
        if steps["game"]:
            self._keep_records(model, steps)

    def _law(self, key: str, tau: NDArray[np.int64]) -> None:
        counts = np.bincount(tau)
        old = self.laws.get(key, np.zeros(0, dtype=np.int64))
        size = max(old.size, counts.size)
        self.laws[key] = np.pad(old, (0, size - old.size)) + np.pad(counts, (0, size - counts.size))

    def _keep_records(self, model: TestingModel, steps: Mapping[str, list[Any]]) -> None:
        self.records["steps"] = [
            dict(zip(steps, row, strict=True)) for row in zip(*steps.values(), strict=True)
        ]
        games = model.datacollector.tables["games"]
        rows = np.flatnonzero(np.isin(games["game"], np.unique(steps["game"])))
        self.records["games"] = [{k: v[r].item() for k, v in games.items()} for r in rows]

    def rows(self, strategies: Mapping[str, TestingStrategy]) -> list[dict[str, Any]]:
        """One row per agent."""
        return [
            {
                "name": name,
                "strategy": strategies[name].label,
                "payoff": sums["payoff"].mean,
                "se": sums["payoff"].se,
                "error": sums["error"].mean,
                "cost": sums["cost"].mean,
                "tau": sums["tau"].mean,
                "tau_se": sums["tau"].se,
                "won": sums["won"].mean,
                "reasons": {reason: sums[reason].mean for reason in REASONS},
            }
            for name, sums in zip(self.names, self.moments, strict=True)
        ]

    def system(self) -> dict[str, float]:
        """First and last stop of a game, in iterations, and the agents' mean error."""
        out = {}
        for key, moments in self.whole.items():
            out[key], out[f"{key}_se"] = moments.mean, moments.se
        return out
