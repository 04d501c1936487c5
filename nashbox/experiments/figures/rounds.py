"""What was played in an estimation game, round by round."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nashbox.experiments.figures.style import (
    BLACK,
    BLUE,
    ORANGE,
    PENALTY,
    RED,
    SKY,
    legend_below,
    name_ticks,
    one_panel,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nashbox.experiments.run import Run


def dynamics(run: Run, ax: Axes | None = None) -> Axes:
    """Total data round by round with social penalty; for one round, penalties with errors."""
    ax = one_panel(ax, 6.5)
    if run.rounds == 1:
        names = [a["name"] for a in run.agents]
        ax.bar(
            range(len(names)), [a["error"] for a in run.agents], color=BLUE, label="squared error"
        )
        ax.bar(
            range(len(names)),
            [a["cost"] for a in run.agents],
            bottom=[a["error"] for a in run.agents],
            color=ORANGE,
            label="cost of data",
        )
        ax.errorbar(
            range(len(names)),
            [a["penalty"] for a in run.agents],
            yerr=[2 * (a["se"] or 0.0) for a in run.agents],
            fmt="none",
            color=BLACK,
            capsize=3,
            label="penalty (2 s.e.)",
        )
        name_ticks(ax, names)
        ax.set(xlabel="agent", ylabel=PENALTY)
        legend_below(ax)
        return ax
    rounds = np.arange(1, run.rounds + 1)
    collected, submitted, social, error = (np.zeros(run.rounds) for _ in range(4))
    for row in run.steps:
        t = row["Step"] - 1
        collected[t] += sum(row["collected"])
        submitted[t] += sum(row["submitted"])
        social[t] += row["penalty"]
        error[t] += row["se"] or 0.0  # agents share data, so errors add at worst
    ax.plot(rounds, collected, "o-", color=BLUE, label="points collected")
    ax.plot(rounds, submitted, "s--", color=SKY, label="points submitted")
    ax.set_xlabel("round (number)")
    ax.locator_params(axis="x", integer=True)
    ax.set_ylabel("points of all agents (number)", color=BLUE)
    ax.set_ylim(bottom=0)
    right = ax.twinx()
    right.errorbar(
        rounds,
        social,
        yerr=2 * error,
        fmt="^-",
        color=RED,
        capsize=3,
        label="social penalty (2 s.e.)",
    )
    right.set_ylabel("social penalty (units²)", color=RED)
    right.set_ylim(bottom=0)
    legend_below(ax, right)
    ax.set_title("dynamics of the game")
    return ax
