"""What deviations gain in an audit, with bounds and epsilon."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.experiments.audit.words import ALL
from nashbox.experiments.figures.style import (
    BLACK,
    CYCLE,
    GAIN,
    PAYOFF_GAIN,
    PENALTY_GAIN,
    RED,
    SKY,
    bounds,
    legend_below,
    name_ticks,
    one_panel,
    titled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nashbox.experiments.audit import Audit, GameAudit
    from nashbox.experiments.audit.base import AuditResult


def gain_landscape(audit: Audit, ax: Axes | None = None) -> Axes:
    """Gains of the examined deviations per agent, the reported interval over them.

    With one agent's counts behind every candidate (exact methods), gain against points collected.
    """
    counted = [c for a in audit.agents for c in a.landscape if len(c.collected) == 1]
    if counted and len(audit.agents) <= 8:
        return _gain_by_count(audit, ax)
    ax = _examined(audit, ax, [a.penalty for a in audit.agents])
    return _finish(audit, ax)


def _examined(audit: AuditResult, ax: Axes | None, paid: Sequence[float]) -> Axes:
    """Gains of the examined deviations per agent, her interval over them. paid: as she plays."""
    ax = one_panel(ax, max(6.0, 0.55 * len(audit.agents) + 3))
    for i, agent in enumerate(audit.agents):
        gains = np.array([c.gain for c in agent.landscape])
        errors = np.array([c.se for c in agent.landscape])
        # far worse deviations would flatten everything that matters
        near = gains > -2 * abs(paid[i])
        spread = i + np.linspace(-0.3, 0.3, max(2, near.sum()))[: near.sum()]
        ax.errorbar(
            spread,
            gains[near],
            yerr=2 * errors[near],
            fmt=".",
            color=SKY,
            ecolor=SKY,
            markersize=4,
            elinewidth=0.8,
            label="deviations examined (2 s.e.)" if i == 0 else None,
        )
        _interval(ax, i, agent, first=i == 0)
    name_ticks(ax, [a.name for a in audit.agents])
    ax.set_xlabel("agent")
    return ax


def _interval(ax: Axes, x: float, agent: Any, *, first: bool) -> None:
    g = agent.gain
    if not all(np.isfinite([g.estimate, g.lower, g.upper])):
        return
    ax.errorbar(
        [x],
        [g.estimate],
        yerr=bounds(g.estimate, g.lower, g.upper),
        fmt="o",
        color=RED,
        capsize=4,
        label="gain with its bounds" if first else None,
    )
    ax.hlines(
        agent.epsilon,
        x - 0.4,
        x + 0.4,
        color=BLACK,
        linestyle=":",
        label="epsilon" if first else "",
    )


def _finish(audit: AuditResult, ax: Axes, rules: str = "", label: str = GAIN) -> Axes:
    ax.axhline(0.0, color=BLACK, linewidth=0.8)
    ax.set_ylabel(label)
    legend_below(ax)
    titled(ax, f"{rules or audit.mechanism}, {audit.method} audit: {ALL[audit.nash]}")
    return ax


def _gain_by_count(audit: Audit, ax: Axes | None) -> Axes:
    ax = one_panel(ax, 6.5)
    first = True
    for agent, colour in zip(audit.agents, CYCLE * 2, strict=False):
        labels = dict.fromkeys(c.label for c in agent.landscape)
        for label in labels:
            rows = sorted(
                (c.collected[0], c.gain, c.se) for c in agent.landscape if c.label == label
            )
            x, gains, errors = (np.array(v) for v in zip(*rows, strict=True))
            if len(labels) > 3 and x.size < 5:
                continue
            name = agent.name if len(labels) == 1 else f"{agent.name}, {label}"
            near = gains > -1.5 * abs(agent.penalty)
            ax.errorbar(x[near], gains[near], yerr=2 * errors[near], color=colour, label=name)
            break_even = agent.gain.estimate
            if len(labels) == 1 and np.isfinite(break_even):
                at = float(np.sum(agent.best_deviation.parameters["collect"]))
                ax.errorbar(
                    [at],
                    [break_even],
                    yerr=bounds(break_even, agent.gain.lower, agent.gain.upper),
                    fmt="o",
                    color=colour,
                    capsize=4,
                    label="best response with its bounds" if first else None,
                )
                first = False
    ax.set_xlabel("points collected by the deviator (number)")
    return _finish(audit, ax)


def payoff_gains(audit: GameAudit, ax: Axes | None = None) -> Axes:
    """Gains of the examined deviations per player, the reported interval over them."""
    # where nothing is paid, nothing says what is far worse
    ax = _examined(audit, ax, [a.payoff or np.inf for a in audit.agents])
    won = PAYOFF_GAIN if audit.pays == "payoff" else PENALTY_GAIN
    return _finish(audit, ax, audit.rules, won)
