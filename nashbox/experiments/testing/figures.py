"""Figures of testing games: payoff surfaces of audits, and the value of alpha."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.experiments.figures.style import (
    BLACK,
    CYCLE,
    MARKS,
    PAYOFF,
    PAYOFF_GAIN,
    RED,
    bounds,
    name_ticks,
    panels,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nashbox.experiments.audit import GameAudit
    from nashbox.experiments.testing.receivers import ReceiverReport


def testing_gains(audit: GameAudit, ax: Axes | None = None) -> Axes:
    """Payoff surface over (alpha, w) of every agent where a grid was examined, else the gains."""
    shown = [a for a in audit.agents if a.landscape][:4]
    if not shown or ax is not None:
        return _gain_intervals(audit, ax)
    panes = panels(None, 2, len(shown), 5.5)
    for k, agent in enumerate(shown):
        for column, anticipate in enumerate((True, False)):
            _surface(panes[2 * k + column], agent, anticipate)
    more = sum(bool(a.landscape) for a in audit.agents) - len(shown)
    if more:
        panes[0].figure.suptitle(f"{more} more agents are in the answer and not shown")
    return panes[0]


def _surface(ax: Axes, agent: Any, anticipate: bool) -> None:
    """Gain over (alpha, w) for one agent."""
    from nashbox.games.testing.candidates import ALPHAS, WEIGHTS

    found = {c.label: (c.gain, c.se) for c in agent.landscape}
    played = (0.0, 0.0)  # the audited strategy is no candidate
    labels = [
        [f"signaller(alpha={a}, weight={w}, anticipate={anticipate})" for a in ALPHAS]
        for w in WEIGHTS
    ]
    both = np.array([[found.get(label, played) for label in row] for row in labels])
    table, errors = both[..., 0], both[..., 1]
    size = max(1e-9, float(np.abs(table).max()))
    image = ax.imshow(table + agent.payoff, cmap="cividis", aspect="auto",
                      vmin=agent.payoff - size, vmax=agent.payoff + size)  # fmt: skip
    ax.set_xticks(range(len(ALPHAS)), [f"{a:g}" for a in ALPHAS])
    ax.set_yticks(range(len(WEIGHTS)), [f"{w:g}" for w in WEIGHTS])
    for i in range(len(WEIGHTS)):
        for j in range(len(ALPHAS)):
            text = f"{table[i, j] + agent.payoff:.3f}\n\u00b1{2 * errors[i, j]:.3f}"
            text = text if labels[i][j] in found else f"{agent.payoff:.3f}\nplayed"
            ax.text(j, i, text, ha="center", va="center",
                    fontsize="x-small", color="white" if table[i, j] < 0 else "black")  # fmt: skip
    ax.set(xlabel="alpha (probability of revealing the belief)", ylabel="w (on the own belief)")
    how = "anticipating" if anticipate else "not anticipating"
    ax.set_title(f"{agent.name}: payoff \u00b1 2 s.e., {how}")
    image.errors = 2 * errors  # type: ignore[attr-defined]  # for the data beside the figure
    ax.figure.colorbar(image, ax=ax, label=PAYOFF)


def _gain_intervals(audit: GameAudit, ax: Axes | None) -> Axes:
    panel = panels(ax, 1)[0]
    for i, a in enumerate(audit.agents):
        g = a.gain
        panel.errorbar([i], [g.estimate], yerr=bounds(g.estimate, g.lower, g.upper), fmt="o",
                       color=RED, capsize=4,
                       label="gain with its bounds" if i == 0 else None)  # fmt: skip
        panel.hlines(a.epsilon, i - 0.3, i + 0.3, color=BLACK, linestyle=":",
                     label="epsilon" if i == 0 else "")  # fmt: skip
    panel.axhline(0.0, color=BLACK, linewidth=0.8)
    name_ticks(panel, [a.name for a in audit.agents])
    panel.set(xlabel="agent", ylabel=PAYOFF_GAIN)
    panel.set_title(f"{audit.payoff}, {audit.method} audit: {audit.nash}")
    panel.legend(frameon=False, fontsize="small")
    return panel


def receivers_figure(report: ReceiverReport, ax: Axes | None = None) -> Axes:
    """Every objective against alpha, one line per receiver, with 2 s.e."""
    objectives = list(dict.fromkeys(row.objective for row in report.rows))
    panes = panels(ax, 2, (len(objectives) + 1) // 2, 5.5)
    for panel, objective in zip(panes, objectives, strict=False):
        rows = [row for row in report.rows if row.objective == objective]
        for k, row in enumerate(rows):
            panel.errorbar(report.alphas, row.values, yerr=2 * np.array(row.errors),
                           fmt=f"{MARKS[k % 7]}-", color=CYCLE[k % 7], capsize=3, markersize=4,
                           label=row.receiver)  # fmt: skip
        panel.set(xlabel="alpha (probability of telling the truth)", ylabel=f"{objective} (2 s.e.)")
    panes[0].legend(frameon=False, fontsize="x-small")
    return panes[0]
