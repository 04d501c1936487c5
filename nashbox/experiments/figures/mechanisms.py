"""Social penalties by mechanism and profile, and how the agents fare beside them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from nashbox.experiments.figures.style import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    RED,
    SKY,
    legend_below,
    panels,
    titled,
)
from nashbox.games.compared import FROM_HONEST, HONEST, PROFILES

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nashbox.experiments.compare import Comparison

LOOKS = (
    (BLUE, "honest"),
    (ORANGE, "equilibrium reached from honesty"),
    (GREEN, "equilibrium reached from free riding"),
    (RED, "worst equilibrium found"),
    (SKY, "best equilibrium found"),
)
LOOK = dict(zip(PROFILES, LOOKS, strict=True))


def mechanism_bars(result: Comparison, ax: Axes | None = None) -> Axes:
    """Bars of the social penalty; without `ax` a second panel shows every agent's favour.

    Left, per mechanism one bar a profile; lines mark the best rational plan under compliance and
    everybody alone. Right, penalties over those of working alone, honest and at the equilibrium
    reached from honesty: below 1 an agent is better off. Infinite values are written out.
    """
    names = [c.mechanism for c in result.contenders]
    right = None
    if ax is None:
        width = max(8.0, 1.9 * len(names) + 3)
        ax, right = panels(None, 2, width=width / 2, height=4.6)
    _bars(result, ax)
    if right is not None:
        _dots(result, right)
    for each in (ax, right):
        if each is not None:
            each.set_xticks(range(len(names)), names, rotation=0 if len(names) <= 2 else 30)
            each.set_xlim(-0.6, len(names) - 0.4)
    legend_below(ax, columns=3)
    return ax


def _bars(result: Comparison, ax: Axes) -> None:
    place = {c.mechanism: j for j, c in enumerate(result.contenders)}
    for number, profile in enumerate(PROFILES):
        colour, label = LOOK[profile]
        shown = [row for row in result.rows if row.profile == profile]
        x = np.array([place[row.mechanism] + 0.16 * (number - 2) for row in shown])
        y = np.array([math.nan if r.social_penalty is None else r.social_penalty for r in shown])
        finite = np.isfinite(y)
        ax.bar(x[finite], y[finite], 0.15, color=colour, label=label)
        for at, value, row in zip(x, y, shown, strict=True):
            if not math.isfinite(value):
                text = "inf" if math.isinf(value) else "not found"
                ax.text(at, 0, f" {text}", rotation=90, ha="center", va="bottom", fontsize="small")
            elif not row.converged:
                ax.text(at, value, "~", ha="center", va="bottom")
    alone = float(sum(result.penalties_alone))
    if math.isfinite(alone):
        ax.axhline(alone, color=BLACK, linestyle="--", linewidth=1, label="everybody alone")
    if result.best_rational is not None:
        ax.axhline(
            result.best_rational,
            color=BLACK,
            linestyle=":",
            linewidth=1,
            label="best rational plan, complied with",
        )
    ax.set_ylim(bottom=0)
    ax.set_ylabel("social penalty (squared error + cost)")
    titled(ax, f"plan {result.plan}")


def _dots(result: Comparison, ax: Axes) -> None:
    for j, contender in enumerate(result.contenders):
        for shift, profile in ((-0.15, HONEST), (0.15, FROM_HONEST)):
            row = result.row(contender.mechanism, profile)
            values = [x for x in row.relative or () if x is not None and math.isfinite(x)]
            spread = np.linspace(-0.1, 0.1, len(values)) if len(values) > 1 else np.zeros(1)
            x = j + shift + spread[: len(values)]
            ax.plot(x, values, "o", markersize=4, color=LOOK[profile][0], alpha=0.8)
            left_out = len(result.names) - len(values)
            if left_out and row.relative is not None:
                text = f" {left_out} agents: inf"
                ax.text(j + shift, 0, text, rotation=90, fontsize="small", ha="center", va="bottom")
    ax.axhline(1.0, color=BLACK, linestyle="--", linewidth=1)
    ax.set_ylim(bottom=0)
    ax.set_ylabel("penalty over that of working alone")
    ax.set_title("every agent")
