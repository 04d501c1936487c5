"""What players are paid, in a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.experiments.figures.style import (
    BLACK,
    BLUE,
    CYCLE,
    MARKS,
    name_ticks,
    one_panel,
    titled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nashbox.experiments.run import Run


def paid_figure(run: Run, ax: Axes | None = None) -> Axes:
    """Mean of what every player is paid, with 2 s.e., round by round if there were several."""
    panel = one_panel(ax)
    names = [agent["name"] for agent in run.agents]
    if run.rounds == 1:
        means = [agent[run.pays] for agent in run.agents]
        errors = [2 * (agent["se"] or 0.0) for agent in run.agents]
        panel.errorbar(range(len(names)), means, yerr=errors, fmt="o", color=BLUE, capsize=4)
        name_ticks(panel, names)
        panel.set(xlabel="agent")
    else:
        for k, name in enumerate(names):
            rows: list[Any] = [row for row in run.steps if row["AgentID"] == name]
            panel.errorbar(
                [row["Step"] for row in rows], [row[run.pays] for row in rows],
                yerr=2 * np.array([row["se"] or 0.0 for row in rows]),
                fmt=f"{MARKS[k % 7]}-", color=CYCLE[k % 7], capsize=3, markersize=4, label=name,
            )  # fmt: skip
        panel.set(xlabel="round (number)")
        panel.locator_params(axis="x", integer=True)
        if len(names) <= 12:
            panel.legend(frameon=False, fontsize="small")
    panel.axhline(0.0, color=BLACK, linewidth=0.8)
    panel.set(ylabel=f"{run.pays} (units of the game)")
    titled(panel, f"{run.game}: {run.replications} worlds, 2 s.e.")
    return panel
