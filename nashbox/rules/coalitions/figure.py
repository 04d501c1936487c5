"""A figure of what coalitions gain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nashbox.experiments.figures import BLACK, BLUE, RED, legend_below, one_panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nashbox.rules.coalitions.coalition import Coalitions

SHOWN = 24  # coalitions with the largest gains


def gains(result: Coalitions, ax: Axes | None = None) -> Axes:
    """Gains with 2 s.e. in per cent of the honest joint penalty, and what full information allows.

    Coalitions whose honest penalty is infinite are left out, and counted in the title.
    """
    finite = [c for c in result.coalitions if np.isfinite(sum(c.penalties))]
    rows = sorted(finite, key=lambda c: -c.gain / sum(c.penalties))[:SHOWN]
    ax = one_panel(ax, max(5.0, 0.6 * len(rows) + 3))
    x = np.arange(len(rows))
    scale = np.array([100 / sum(c.penalties) for c in rows])
    ax.bar(x, scale * [c.gain for c in rows], 0.6, color=BLUE, label="gain found (2 s.e.)")
    ax.errorbar(
        x,
        scale * [c.gain for c in rows],
        yerr=scale * [2 * c.se for c in rows],
        fmt="none",
        ecolor=BLACK,
        capsize=3,
    )
    above = [(j, scale[j] * c.upper) for j, c in enumerate(rows) if c.upper is not None]
    if above:
        at, values = zip(*above, strict=True)
        ax.hlines(
            values,
            np.array(at) - 0.4,
            np.array(at) + 0.4,
            color=RED,
            linestyle="--",
            label="nobody can gain more (full information)",
        )
    labels = [" + ".join(c.members) for c in rows]
    ax.set_xticks(x, labels, rotation=0 if len(rows) <= 6 else 60)
    ax.axhline(0.0, color=BLACK, linewidth=0.8)
    ax.set_ylabel("joint gain, % of honest")
    ax.set_title(f"{result.mechanism}: coalitions of {result.size}")
    legend_below(ax)
    return ax
