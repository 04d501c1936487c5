"""Figures of the claims, from the tables of a finding alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nashbox.experiments.figures import BLACK, BLUE, CYCLE, RED
from nashbox.papers.claim import Finding

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MARKS = "os^Dv"


def _panels(figure: Figure, count: int) -> list[Axes]:
    columns = min(2, count)
    panels = figure.subplots(-(-count // columns), columns, squeeze=False).ravel()
    for panel in panels:
        panel.spines[["top", "right"]].set_visible(False)
    for panel in panels[count:]:
        panel.set_visible(False)
    return list(panels[:count])


def value_of_alpha(finding: Finding, figure: Figure) -> None:
    """Every objective against alpha, a line for each direction."""
    table = finding.tables[0]
    at = [k for k, column in enumerate(table.columns) if column.startswith("alpha ")]
    alphas = [float(table.columns[k].split()[1]) for k in at]
    objectives = list(dict.fromkeys(str(row[2]) for row in table.rows))
    for panel, objective in zip(_panels(figure, len(objectives)), objectives, strict=True):
        rows = [row for row in table.rows if row[2] == objective]
        for k, row in enumerate(rows):
            values = [float(row[j] or 0.0) for j in at]
            panel.plot(alphas, values, f"{MARKS[k % 5]}-", color=CYCLE[k % 7], markersize=4,
                       label=str(row[0]))  # fmt: skip
        panel.axvline(0.5, color=BLACK, linestyle=":", linewidth=0.8)
        unit = " (iterations)" if objective == "E tau" else ""
        panel.set(xlabel="alpha: probability of telling the truth", ylabel=objective + unit)
        if objective == objectives[0]:
            panel.legend(frameon=False, fontsize="x-small")


def stopping_laws(finding: Finding, figure: Figure) -> None:
    """Exact (line) and simulated (markers with error bars) law of the first stop, by case."""
    rows: list[Any] = list(finding.tables[0].rows)
    cases = list(dict.fromkeys(row[0] for row in rows))
    for panel, case in zip(_panels(figure, len(cases)), cases, strict=True):
        _, n, exact, simulated, error = zip(*(r for r in rows if r[0] == case), strict=True)
        panel.plot(n, exact, color=BLUE, label="exact")
        panel.errorbar(n, simulated, yerr=error, fmt="o", color=RED, markersize=3, capsize=2,
                       linewidth=0.8, label="simulated")  # fmt: skip
        panel.set(xlabel="iteration", ylabel="probability of the first stop", title=f"case {case}")
        panel.legend(frameon=False, fontsize="small")


def divergence(finding: Finding, figure: Figure) -> None:
    """Lead in winning of the agent of the higher divergence, against the divergences' ratio."""
    rows: list[Any] = list(finding.tables[0].rows)
    panel = _panels(figure, 1)[0]
    lead = [float(row[4]) - float(row[5]) for row in rows]
    ratio = [float(row[2]) / float(row[3]) for row in rows]
    colours = [BLUE if gap > 0 else RED for gap in lead]
    panel.scatter(ratio, lead, s=12, c=colours, label="random games")
    rare: list[Any] = list(finding.tables[1].rows)
    panel.plot([r[1] / r[2] for r in rare if r[1] > r[2]],
               [r[3] - r[4] for r in rare if r[1] > r[2]],
               "D", color=BLACK, markersize=4, label=finding.tables[1].caption)  # fmt: skip
    panel.legend(frameon=False, fontsize="small")
    panel.axhline(0.0, color=BLACK, linewidth=0.8)
    panel.set(
        xscale="log",
        xlabel="higher divergence / lower divergence",
        ylabel="P(it wins) - P(the other wins)",
    )


def against_cost(finding: Finding, figure: Figure) -> None:
    """First column of the first table against all others that are numbers."""
    table = finding.tables[0]
    panel = _panels(figure, 1)[0]
    x = [float(row[0] or 0.0) for row in table.rows]
    for k, column in enumerate(table.columns[1:], start=1):
        y: list[Any] = [row[k] for row in table.rows]
        if all(isinstance(v, (int, float)) for v in y):
            panel.plot(x, y, f"{MARKS[k % 5]}-", color=CYCLE[k % 7], markersize=4, label=column)
    panel.set(xlabel=table.columns[0], ylabel=table.caption)
    panel.legend(frameon=False, fontsize="small")


def errors(finding: Finding, figure: Figure) -> None:
    """Errors of winner and loser, a point for each winner of a game, with the diagonal."""
    rows: list[Any] = list(finding.tables[1].rows)
    panel = _panels(figure, 1)[0]
    for colour, label in ((BLUE, "prior 1/2"), (RED, "other priors")):
        mine = [row for row in rows if (row[1] == 0.5) == (colour == BLUE)]
        panel.scatter([r[3] for r in mine], [r[4] for r in mine], s=12, color=colour, label=label)
    top = max(max(row[3], row[4]) for row in rows)
    panel.plot([0, top], [0, top], color=BLACK, linestyle=":", linewidth=0.8)
    panel.set(xlabel="error of the agent that stops first", ylabel="error of the other")
    panel.legend(frameon=False, fontsize="small")


def leak(finding: Finding, figure: Figure) -> None:
    """What the signals tell about theta against alpha, one line for each receiver's prior."""
    rows: list[Any] = list(finding.tables[0].rows)
    panel = _panels(figure, 1)[0]
    for k, who in enumerate(dict.fromkeys(row[0] for row in rows)):
        alpha, told = zip(*((r[1], r[2]) for r in rows if r[0] == who), strict=True)
        panel.plot(alpha, told, f"{MARKS[k % 5]}-", color=CYCLE[k % 7], markersize=4, label=who)
    panel.set(
        xlabel="alpha: probability of telling the truth",
        ylabel="mutual information of signals and theta (nats)",
    )
    panel.legend(frameon=False, fontsize="x-small")
