"""Gains over an interval of costs or sigmas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nashbox.experiments.figures import BLACK, CYCLE, legend_below, one_panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nashbox.rules.robust.robustness import Robust


def gains_over_interval(result: Robust, ax: Axes | None = None) -> Axes:
    """The largest gain of any agent, in % of her penalty (or absolute where epsilon is)."""
    ax = one_panel(ax, 6.5)
    relative = result.epsilon is None
    percent = 100 * (result.factors - 1)
    styles = ("-", "--", "-.", ":")
    for j, rules in enumerate(result.rules):
        penalties = np.array([a.penalty for a in rules.agents])
        with np.errstate(invalid="ignore"):
            share = 100 * rules.curve / penalties if relative else rules.curve
        ax.plot(
            percent,
            np.maximum(np.nan_to_num(share), 0.0).max(axis=1),
            styles[j % 4],
            color=CYCLE[j % len(CYCLE)],
            label=rules.name,
        )
    line = 0.1 if result.epsilon is None else result.epsilon
    ax.axhline(line, color=BLACK, linestyle=":", label="epsilon")
    what = "all costs" if result.along == "costs" else "all sigmas"
    ax.set_xlabel(f"{what}, % above what the rules were made for")
    ax.set_ylabel("largest gain, % of the penalty" if relative else "largest gain")
    ax.set_title("what the best deviation brings where " + what + " are not as said")
    ax.set_ylim(bottom=0)
    legend_below(ax)
    return ax
