"""How every agent stands now, alone, and with the best deviation found for her."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.experiments.figures.style import (
    BLACK,
    BLUE,
    ORANGE,
    PAYOFF,
    PENALTY,
    legend_below,
    name_ticks,
    one_panel,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True)
class StandingChart:
    """An audit of either game, to be drawn by what the agents pay or earn."""

    audit: Any

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw penalties or payoffs with 2 s.e.; infinite ones are left out and named."""
        agents = self.audit.agents
        pay = self.audit.pays
        ax = one_panel(ax, max(5.5, min(16.0, 0.6 * len(agents) + 3)))
        left_out = []
        for label, place, colour, mark, values in (
            ("as played (2 s.e.)", -0.12, BLUE, "o",
             [(getattr(a, pay), getattr(a, f"{pay}_se")) for a in agents]),
            ("with the best deviation found (2 s.e.)", 0.12, ORANGE, "s",
             [(getattr(a.best_deviation, pay), a.best_deviation.se) for a in agents]),
        ):  # fmt: skip
            y, errors = (np.array(v, dtype=float) for v in zip(*values, strict=True))
            good = np.isfinite(y)
            left_out += [a.name for a, kept in zip(agents, good, strict=True) if not kept]
            ax.errorbar(np.arange(len(agents))[good] + place, y[good], yerr=2 * errors[good],
                        fmt=mark, color=colour, capsize=3, label=label)  # fmt: skip
        if self.audit.plan is not None:
            alone = np.array([a.penalty_alone for a in agents], dtype=float)
            x = np.flatnonzero(np.isfinite(alone))
            ax.hlines(alone[x], x - 0.4, x + 0.4, color=BLACK, linestyle="--", label="alone")
        name_ticks(ax, [a.name for a in agents])
        ax.set(xlabel="agent", ylabel=PENALTY if pay == "penalty" else PAYOFF)
        more = f" (not finite: {', '.join(dict.fromkeys(left_out))})" if left_out else ""
        ax.set_title(f"{pay} of every agent{more}")
        legend_below(ax)
        return ax
