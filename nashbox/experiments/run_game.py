"""`run` for games of one step: play the profile in many worlds through the game's Mesa model."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from nashbox.experiments.run import RunResult, check_run_options
from nashbox.experiments.saving import versions
from nashbox.games.registry import blaming, prepare_game
from nashbox.measure.moments import Moments
from nashbox.measure.seeds import Stage, child

if TYPE_CHECKING:
    import matplotlib.axes

BLOCK = 1 << 15  # games played at once


@dataclass(frozen=True)
class GameRun(RunResult):
    """What was played: agents over the last round, steps over all of them.

    agents: a mapping per player (name, strategy, payoff or penalty, se; error and cost are of
    estimation and testing games, and None here). steps: a mapping per round and player.
    """

    KEYS: ClassVar[str] = "game rounds replications agents steps seeds versions problem"

    game: str
    rounds: int
    replications: int
    agents: Sequence[Mapping[str, Any]]
    steps: Sequence[Mapping[str, Any]]
    seeds: Mapping[str, Any]
    problem: Mapping[str, Any]
    versions: Mapping[str, str] = field(default_factory=versions)

    @property
    def pays(self) -> str:
        """What players are paid: payoff or penalty."""
        return "penalty" if "penalty" in self.agents[0] else "payoff"

    def plot(self, ax: matplotlib.axes.Axes | None = None) -> matplotlib.axes.Axes:
        """Draw what every player is paid, with 2 s.e."""
        from nashbox.experiments.figures.payoffs import paid_figure

        return paid_figure(self, ax)


@blaming
def run_game(
    problem: Any,
    *,
    rounds: int = 1,
    replications: int = 10_000,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> GameRun:
    """Play `rounds` games one after another in `replications` worlds."""
    check_run_options(rounds, replications, seed)
    game = prepare_game(problem)
    blocks = math.ceil(replications / BLOCK)
    paid = [[Moments() for _ in range(game.m)] for _ in range(rounds)]
    for b in range(blocks):
        size = min(BLOCK, replications - b * BLOCK)
        model = game.model(size, child(seed, Stage.RUN, b))
        for t in range(rounds):
            model.step()
            for moments, player in zip(paid[t], model.players, strict=True):
                moments.add(player.paid)
            if progress is not None:
                progress(b * rounds + t + 1, blocks * rounds)
    steps = [
        {
            "Step": t + 1,
            "AgentID": name,
            "strategy": game.strategy(i).label,
            game.pays.name: moments.mean,
            "se": moments.se if replications > 1 else None,
        }
        for t, row in enumerate(paid)
        for i, (name, moments) in enumerate(zip(game.players, row, strict=True))
    ]
    last = [
        {"name": row["AgentID"], **{k: row[k] for k in ("strategy", game.pays.name, "se")}}
        for row in steps[-game.m :]
    ]
    return GameRun(
        game=problem.game,
        rounds=rounds,
        replications=replications,
        agents=[{**row, "error": None, "cost": None} for row in last],
        steps=steps,
        seeds={"seed": seed},
        problem=problem.to_json(),
    )
