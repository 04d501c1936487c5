"""A plan as in the first paper's Figure 1: counts, and penalties beside working alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nashbox.experiments.figures.style import (
    BLACK,
    BLUE,
    PENALTY,
    POINTS,
    RED,
    legend_below,
    name_ticks,
    one_panel,
    titled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nashbox.rules.design import Design
    from nashbox.rules.planning import PlanReport


def plan_bars(plan: PlanReport | Design, ax: Axes | None = None) -> Axes:
    """Counts (left axis) and penalties (right axis) per agent; lines show working alone."""
    m = len(plan.names)
    ax = one_panel(ax, max(5.0, min(16.0, 0.7 * m + 3)))
    x = np.arange(m)
    bottom = np.zeros(m)
    shades = np.linspace(1.0, 0.35, len(plan.distributions))
    for k, name in enumerate(plan.distributions):
        label = f"points of {name}" if len(plan.distributions) > 1 else "points collected"
        ax.bar(
            x - 0.2,
            plan.counts[:, k],
            0.38,
            bottom=bottom,
            color=BLUE,
            alpha=shades[k],
            label=label,
        )
        bottom += plan.counts[:, k]
    ax.set_ylabel(POINTS, color=BLUE)
    name_ticks(ax, list(plan.names))
    ax.set_xlabel("agent")
    right = ax.twinx()
    right.spines["top"].set_visible(False)
    right.bar(x + 0.2, plan.penalties, 0.38, color=RED, label="penalty")
    finite = np.isfinite(plan.penalties_alone)
    right.hlines(
        plan.penalties_alone[finite],
        x[finite] - 0.45,
        x[finite] + 0.45,
        color=BLACK,
        linestyle="--",
        label="penalty alone",
    )
    right.set_ylabel(PENALTY, color=RED)
    legend_below(ax, right)
    titled(ax, f"plan {plan.rule}: social penalty {plan.social_penalty:.4g}")
    return ax
