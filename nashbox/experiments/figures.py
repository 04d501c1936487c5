"""Figures with one look: colour-blind safe, readable in print, units on axes, error bars."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.experiments.saving import write_whole
from nashbox.problem.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nashbox.experiments.audit import Audit
    from nashbox.experiments.design import Design
    from nashbox.experiments.planning import PlanReport
    from nashbox.experiments.run import Run

# Okabe and Ito's colours, which people with colour blindness can tell apart
BLUE, ORANGE, GREEN, RED, SKY, PURPLE, BLACK = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#56B4E9",
    "#CC79A7",
    "#000000",
)
CYCLE = (BLUE, ORANGE, GREEN, RED, SKY, PURPLE, BLACK)
FORMATS = ("png", "svg", "pdf")


def save_figure(result: Any, path: str | Path) -> None:
    """Draw a result and write it whole. Raises InputError for an unknown format or path."""
    kind = Path(path).suffix.lstrip(".").lower()
    if kind not in FORMATS:
        raise InputError(f"--figure {path}: must end in .png, .svg or .pdf, got {kind!r}")
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    axes = result.plot()
    stream = io.BytesIO()
    figure = axes.figure
    figure.savefig(stream, format=kind, dpi=150, bbox_inches="tight")
    plt.close(figure)
    write_whole(path, stream.getvalue())


def _axes(ax: Axes | None, width: float, height: float = 4.0) -> Axes:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    _, new = plt.subplots(figsize=(width, height), layout="constrained")
    new.spines[["top", "right"]].set_visible(False)
    return new


def _legend(*axes: Axes) -> None:
    """Put one legend for all axes of a figure below them, where it hides nothing."""
    handles = [h for ax in axes for h in ax.get_legend_handles_labels()[0]]
    axes[0].figure.legend(
        handles=handles, loc="outside lower center", ncols=4, frameon=False, fontsize="small"
    )


def plan_bars(plan: PlanReport | Design, ax: Axes | None = None) -> Axes:
    """Counts (left axis) and penalties (right axis) per agent; lines show working alone."""
    m = len(plan.names)
    ax = _axes(ax, max(5.0, min(16.0, 0.7 * m + 3)))
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
    ax.set_ylabel("points collected", color=BLUE)
    ax.set_xticks(x, plan.names, rotation=0 if m <= 8 else 60)
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
    right.set_ylabel("penalty (squared error + cost)", color=RED)
    _legend(ax, right)
    ax.set_title(f"plan {plan.rule}: social penalty {plan.social_penalty:.4g}")
    return ax


def gain_landscape(audit: Audit, ax: Axes | None = None) -> Axes:
    """Gains of the examined deviations per agent, the reported interval over them.

    With one agent's counts behind every candidate (exact methods), gain against points collected.
    """
    counted = [c for a in audit.agents for c in a.landscape if len(c.collected) == 1]
    if counted and len(audit.agents) <= 8:
        return _gain_by_count(audit, ax)
    ax = _axes(ax, max(6.0, 0.55 * len(audit.agents) + 3))
    for i, agent in enumerate(audit.agents):
        gains = np.array([c.gain for c in agent.landscape])
        errors = np.array([c.se for c in agent.landscape])
        # far worse deviations would flatten everything that matters
        near = gains > -2 * abs(agent.penalty)
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
    ax.set_xticks(range(len(audit.agents)), [a.name for a in audit.agents], rotation=60)
    return _finish(audit, ax)


def _interval(ax: Axes, x: float, agent: Any, *, first: bool) -> None:
    g = agent.gain
    if not all(np.isfinite([g.estimate, g.lower, g.upper])):
        return
    low, high = max(0.0, g.estimate - g.lower), max(0.0, g.upper - g.estimate)
    ax.errorbar(
        [x],
        [g.estimate],
        yerr=[[low], [high]],
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


def _finish(audit: Audit, ax: Axes) -> Axes:
    ax.axhline(0.0, color=BLACK, linewidth=0.8)
    ax.set_ylabel("gain (penalty saved by deviating)")
    _legend(ax)
    ax.set_title(f"{audit.mechanism}, {audit.method} audit: {audit.nash}")
    return ax


def _gain_by_count(audit: Audit, ax: Axes | None) -> Axes:
    ax = _axes(ax, 6.5)
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
                low = max(0.0, break_even - agent.gain.lower)
                high = max(0.0, agent.gain.upper - break_even)
                ax.errorbar(
                    [at],
                    [break_even],
                    yerr=[[low], [high]],
                    fmt="o",
                    color=colour,
                    capsize=4,
                    label="best response with its bounds" if first else None,
                )
                first = False
    ax.set_xlabel("points collected by the deviator")
    return _finish(audit, ax)


def dynamics(run: Run, ax: Axes | None = None) -> Axes:
    """Total data round by round with social penalty; for one round, penalties with errors."""
    ax = _axes(ax, 6.5)
    if run.rounds == 1:
        names = [a["name"] for a in run.agents]
        ax.bar(
            range(len(names)), [a["error"] for a in run.agents], color=BLUE, label="squared error"
        )
        ax.bar(
            range(len(names)),
            [a["cost"] for a in run.agents],
            bottom=[a["error"] for a in run.agents],
            color=ORANGE,
            label="cost of data",
        )
        ax.errorbar(
            range(len(names)),
            [a["penalty"] for a in run.agents],
            yerr=[2 * a["se"] for a in run.agents],
            fmt="none",
            ecolor=BLACK,
            capsize=3,
            label="penalty (2 s.e.)",
        )
        ax.set_xticks(range(len(names)), names, rotation=0 if len(names) <= 8 else 60)
        ax.set_ylabel("penalty")
        _legend(ax)
        return ax
    rounds = np.arange(1, run.rounds + 1)
    collected, submitted, social, error = (np.zeros(run.rounds) for _ in range(4))
    for row in run.steps:
        t = row["Step"] - 1
        collected[t] += sum(row["collected"])
        submitted[t] += sum(row["submitted"])
        social[t] += row["penalty"]
        error[t] += row["se"]  # agents share data, so errors add at worst
    ax.plot(rounds, collected, "o-", color=BLUE, label="points collected")
    ax.plot(rounds, submitted, "s--", color=SKY, label="points submitted")
    ax.set_xlabel("round")
    ax.set_ylabel("points, all agents", color=BLUE)
    ax.set_ylim(bottom=0)
    right = ax.twinx()
    right.errorbar(
        rounds, social, yerr=2 * error, fmt="^-", color=RED, capsize=3, label="social penalty"
    )
    right.set_ylabel("social penalty", color=RED)
    right.set_ylim(bottom=0)
    _legend(ax, right)
    ax.set_title("dynamics of the game")
    return ax
