"""Two agents' penalties over what both collect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nashbox.experiments.figures.style import (
    BLACK,
    ORANGE,
    PENALTY,
    RED,
    legend_below,
    panels,
    titled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nashbox.games.estimation.surface import CountSurface


def count_maps(surface: CountSurface, ax: Axes | None = None) -> Axes:
    """Draw a map per agent (one, on a given `ax`): dark is cheap; lines are best responses.

    Colours end at the 90 % quantile, so that hardly any data, which costs most, hides nothing.
    """
    shown = panels(ax, 2, width=6.0)
    first, second = surface.counts
    half = [(side[-1] - side[0]) / (side.size - 1) / 2 for side in (first, second)]
    extent = (first[0] - half[0], first[-1] + half[0], second[0] - half[1], second[-1] + half[1])
    best = surface.best_responses
    for i, panel in enumerate(shown):
        table = surface.penalties[i].T  # rows: the second agent's counts
        top = float(np.quantile(table[np.isfinite(table)], 0.9))
        image = panel.imshow(table, origin="lower", extent=extent, aspect="auto", cmap="cividis",
                             vmax=top)  # fmt: skip
        panel.figure.colorbar(image, ax=panel, label=PENALTY, extend="max")
        names = [f"best response of {name}" if i == 0 else None for name in surface.agents]
        panel.plot(best[0], second, "-", color=ORANGE, linewidth=2, label=names[0])
        panel.plot(first, best[1], "--", color=RED, linewidth=2, label=names[1])
        panel.plot(*surface.recommended, "o", color=BLACK, markerfacecolor="white",
                   label="recommended" if i == 0 else None)  # fmt: skip
        panel.set(
            xlabel=f"points collected by {surface.agents[0]} (number)",
            ylabel=f"points collected by {surface.agents[1]} (number)",
        )
        titled(panel, f"{surface.mechanism}: penalty of {surface.agents[i]}")
    legend_below(shown[0])
    return shown[0]
