"""Mechanisms of games of one step side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nashbox.experiments.figures.style import CYCLE, MARKS, name_ticks, one_panel, titled
from nashbox.games.compared import SHOWN
from nashbox.games.pay import keys_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nashbox.experiments.compare import GameComparison


def compared_figure(comparison: GameComparison, ax: Axes | None = None) -> Axes:
    """Sum of payoffs or penalties of every mechanism, profile by profile."""
    paid, _, social = keys_of(comparison.pays)
    panel = one_panel(ax)
    names = list(dict.fromkeys(row["mechanism"] for row in comparison.rows))
    for k, name in enumerate(names):
        rows = [row for row in comparison.rows if row["mechanism"] == name]
        shown = [np.nan if row[social] is None else row[social] for row in rows]
        panel.plot(range(len(rows)), shown, MARKS[k % 7], color=CYCLE[k % 7], label=name)
        name_ticks(panel, [SHOWN[row["profile"]] for row in rows])
    panel.set(xlabel="profile", ylabel=f"sum of {paid} (units of the game)")
    titled(panel, f"{comparison.game}: honesty and what best responses make of it")
    panel.legend(frameon=False, fontsize="small")
    return panel
