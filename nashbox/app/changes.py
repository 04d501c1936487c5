"""What a change of strategies does to everybody: played before and after it on the same seeds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nashbox.app import limits
from nashbox.app.messages import PageTable
from nashbox.experiments.digits import TINY
from nashbox.experiments.run import Run, run
from nashbox.games.base import Game
from nashbox.tables.console import errors_told, with_error

COMPARED = 2_000  # worlds in which a change is measured, fewer where points are many
AT_MOST = ", of sums and changes at most: both were played in the same worlds"
SETTLED = 5  # rounds before a change is measured, where somebody revises

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Change:
    """Two runs, and the names of those who play something else in the second."""

    before: Run
    after: Run
    changed: Sequence[str]

    def table(self) -> PageTable:
        """What those who changed are paid, and all others in sum."""
        pays = self.before.pays
        rows = []
        others = np.zeros((2, 2))  # before and after, each with its error at most
        for old, new in zip(self.before.agents, self.after.agents, strict=True):
            pair = np.array([(one[pays], one["se"]) for one in (old, new)])
            if old["name"] in self.changed:
                rows.append((old["name"], old["strategy"], new["strategy"], *_cells(*pair)))
            else:
                others += pair
        rows.append(("all others, in sum", "", "", *_cells(*others)))
        columns = ("agent", "played", "plays", f"{pays} before", "after", "change")
        return PageTable("change", columns, rows, notes=errors_told(rows, AT_MOST))


def measured(old: Game, new: Game, problems: Sequence[Any], seed: int) -> Change:
    """Play both problems, which are those of the games."""
    before, after = (
        _played(game, problem, seed) for game, problem in zip((old, new), problems, strict=True)
    )
    changed = [
        name
        for name, a, b in zip(new.players, before.agents, after.agents, strict=True)
        if a["strategy"] != b["strategy"]
        or problems[0].strategies.get(name) != problems[1].strategies.get(name)
    ]
    return Change(before, after, changed)


def _played(game: Game, problem: Any, seed: int) -> Run:
    """Several rounds where somebody revises."""
    usual = getattr(game.strategy_base, "revise", None)
    played = [game.strategy(i) for i in range(game.m)]
    moving = any(getattr(type(one), "revise", None) is not usual for one in played)
    worlds = int(max(2, min(COMPARED, limits.POINTS / max(1.0, game.drawn))))
    return run(problem, rounds=SETTLED if moving else 1, replications=worlds, seed=seed)


def _cells(old: Array, new: Array) -> tuple[str, str, str]:
    """Before, after and their difference, of numbers with their errors."""
    (before, error), (after, other) = old.tolist(), new.tolist()
    same = before == after
    change = 0.0 if same else after - before
    scale = max((abs(x) for x in (before, after) if math.isfinite(x)), default=1.0)
    if abs(change) < TINY * scale:
        signed = "0"
    else:
        signed = ("+" if change > 0 else "") + with_error(change, error + other)
    return with_error(before, error), with_error(after, other), signed
