"""Figures of the claims, from the tables of a finding alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from nashbox.experiments.figures import BLACK, BLUE, CYCLE, ORANGE, RED
from nashbox.papers.claim import ClaimTable, Finding
from nashbox.papers.clinton2025.enforced import BOUND
from nashbox.papers.clinton2025.instances import WORKED, Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Place = Literal["best", "center right"]
PANELS = {
    "alone": "(a) working alone",
    "social": "(b) least social penalty",
    "ir_optimal": "(c) the same, IR",
    "nash": "(d) Nash bargaining",
    "egalitarian": "(e) egalitarian",
    "kalai_smorodinsky": "Kalai-Smorodinsky",
}


def _numbers(table: ClaimTable, name: str) -> Array:
    """A column as numbers, NaN where there is none."""
    return np.array(table.column(name), dtype=float)


def _labelled(ax: Axes, x: str, y: str, scale: str = "linear", legend: Place = "best") -> None:
    """Name the axes; scale: of both."""
    ax.set(xlabel=x, ylabel=y, xscale=scale, yscale=scale)
    ax.legend(frameon=False, loc=legend)


def figure1(finding: Finding, figure: Figure) -> None:
    """Draw a panel for every plan: counts and penalties, with the penalties alone as lines."""
    table = finding.tables[0]
    plans, counts, penalties, alone = (
        np.array(table.column(name)) for name in ("plan", "count", "penalty", "alone")
    )
    figure.set_size_inches(9.0, 5.5)
    panels = figure.subplots(2, 3)
    for ax, (rule, title) in zip(panels.flat, PANELS.items(), strict=True):
        mine = plans == rule
        x = np.arange(int(mine.sum()))
        ax.bar(x - 0.2, counts[mine], 0.38, color=BLUE)
        right = ax.twinx()
        right.bar(x + 0.2, penalties[mine], 0.38, color=RED)
        for level, style in zip(alone[mine], ("-", "--", ":"), strict=True):
            right.axhline(level, color=BLACK, linestyle=style, linewidth=0.8)
        ax.set_ylim(0, 1.1 * counts.max())
        right.set_ylim(0, 1.1 * alone.max())
        ax.set_xticks(x, [f"agent {i + 1}" for i in x])
        ax.set_title(f"{title}: {penalties[mine].sum():.4g} in all", fontsize="medium")
    figure.supylabel("points collected (blue)", color=BLUE)
    figure.text(1.0, 0.5, "penalty (red); lines: alone", color=RED, rotation=270, va="center")


def unravelling(finding: Finding, figure: Figure) -> None:
    """Draw all data against sweeps under both mechanisms."""
    table = finding.tables[0]
    ax = figure.subplots()
    for name, colour, marker in zip(table.columns[1:], CYCLE, "os", strict=False):
        ax.plot(table.column("sweep"), table.column(name), marker + "-", color=colour, label=name)
    _labelled(ax, "sweep of best responses", "points of all agents")
    ax.set_ylim(bottom=0)


def less_noise(finding: Finding, figure: Figure) -> None:
    """Draw the gain against the factor."""
    table = finding.tables[0]
    ax = figure.subplots()
    labels = {"gain": "real counts", "exhaustive": "whole counts, exhaustive"}
    for (name, label), colour, marker in zip(labels.items(), CYCLE, "os", strict=False):
        ax.plot(table.column("factor"), table.column(name), marker + "-", color=colour, label=label)
    ax.axhline(0.0, color=BLACK, linewidth=0.8)
    _labelled(ax, "alpha over eq. 11's", "gain by the best deviation")


def condition8(finding: Finding, figure: Figure) -> None:
    """Draw the share against the spread, a line for every plan and number of distributions."""
    table = finding.tables[0]
    series = table.column("series")
    spreads = sorted(set(table.column("spread of log costs")))
    ax = figure.subplots()
    for j, name in enumerate(dict.fromkeys(series)):
        mine = np.array(
            [row[2:] for row, s in zip(table.rows, series, strict=True) if s == name], dtype=float
        )
        _, share, low, top = mine.T
        x = np.arange(len(spreads)) + 0.06 * j
        error = np.maximum(0, [share - low, top - share])
        ax.errorbar(x, share, error, fmt="o-", capsize=3, color=CYCLE[j], label=name)
    _labelled(ax, "standard deviation of log costs", "share of instances with (8)")
    ax.set_xticks(range(len(spreads)), [f"{s:g}" for s in spreads])


def corruption(finding: Finding, figure: Figure) -> None:
    """Draw the penalty against the count for multiples of alpha, the best counts as dots."""
    table = finding.tables[0]
    n = _numbers(table, "n")
    ax = figure.subplots()
    for name, colour in zip(table.columns[1:], CYCLE, strict=False):
        penalty = _numbers(table, name)
        best = int(np.argmin(penalty))
        ax.plot(n, penalty, color=colour, label=name)
        ax.plot(n[best], penalty[best], "o", color=colour)
    ax.axvline(WORKED[0], color=BLACK, linestyle=":", label="owed n*")
    _labelled(ax, "points collected (dots: the best count)", "penalty")
    ax.set_xscale("log")


def theorem1(finding: Finding, figure: Figure) -> None:
    """Draw the largest ratios against m, with both bounds."""
    table, family = finding.tables
    largest = _numbers(table, "bound sqrt(m)") ** 2
    ax = figure.subplots()
    for name, style in (("with", (BLUE, "o")), ("without", (ORANGE, "s"))):
        label = f"largest ratio, {name} (8)"
        ax.plot(largest, _numbers(table, label), style[1], color=style[0], label=label)
    m, ratio = _numbers(family, "m"), _numbers(family, "social penalty over the best")
    ax.plot(m, ratio, "^", color=RED, label="one agent cheaper, with (8)")
    m = np.linspace(2, largest[-1], 200)
    ax.plot(m, np.sqrt(m), "-", color=BLACK, label="sqrt(m)")
    ax.axhline(BOUND, color=BLACK, linestyle="--", label="8")
    _labelled(ax, "agents m", "social penalty of CBL over the best", legend="center right")


def equal_agents(finding: Finding, figure: Figure) -> None:
    """Draw penalties per agent against m."""
    table = finding.tables[0]
    m = _numbers(table, "m")
    ax = figure.subplots()
    for name, colour, marker in (("optimum", BLUE, "o"), ("CBL", RED, "s"), ("alone", ORANGE, "^")):
        ax.plot(m, _numbers(table, name) / m, marker + "-", color=colour, label=name)
    best = 8 * _numbers(table, "optimum")
    ax.plot(m, best / m, "--", color=BLACK, label="8 times the optimum")
    _labelled(ax, "agents m", "penalty per agent", "log")


def theorem4(finding: Finding, figure: Figure) -> None:
    """Draw the ratios of all equilibria against m."""
    table = finding.tables[0]
    ax = figure.subplots()
    mechanisms = dict.fromkeys(table.column("mechanism"))
    for mechanism, colour, marker in zip(mechanisms, (BLUE, RED), "os", strict=False):
        mine = [row for row in table.rows if row[1] == mechanism]
        x, y = np.array([(row[0], row[4]) for row in mine], dtype=float).reshape(-1, 2).T
        ax.plot(x, y, marker, color=colour, label=f"equilibria of {mechanism}", alpha=0.7)
    m = np.array(sorted(set(table.column("m"))), dtype=float)
    ax.plot(m, np.sqrt(m) / 4, color=BLACK, label="bound sqrt(m)/4")
    ax.plot(m, np.sqrt(m), "--", color=ORANGE, label="sqrt(m)")
    _labelled(ax, "agents m", "social penalty over the best", "log")
