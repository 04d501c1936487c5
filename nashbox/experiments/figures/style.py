"""One look for all figures: colour-blind safe, readable in print, units on axes."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

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
MARKS = ("o", "s", "^", "D", "v", "P", "X")  # lines are told apart without colours, too
LETTERS = 55  # of a line of a title, for which the narrowest figure has room
FORMATS = ("png", "svg", "pdf")
LOOK: Any = {  # of files: text stays text, the same figure gives the same bytes
    "pdf.fonttype": 42,
    "svg.hashsalt": "nashbox",
    "axes.spines.top": False,
    "axes.axisbelow": True,
    "text.parse_math": False,  # names come from files: a dollar in them means nothing
}
PENALTY = "penalty: squared error + cost (units²)"  # units of the measurements
GAIN = "gain: penalty saved (units²)"
PENALTY_GAIN = "gain: penalty saved (units of the penalty)"
PAYOFF_GAIN = "gain: payoff won (units of the payoff)"
POINTS = "points collected (number)"
ITERATION = "iteration (observations of each agent)"
BELIEF = "belief (probability of theta = 1)"
PAYOFF = "payoff (in units of the prize or of the loss)"
UNITS = {  # of columns of frames
    "penalty": PENALTY,
    "penalty_alone": "penalty alone (units²)",
    "gain.estimate": GAIN,
    "error": "squared error, or error probability",
    "cost": "cost of data or of observations (units of the penalty or payoff)",
    "payoff": PAYOFF,
    "tau": "stopping time (iterations)",
    "sigma": "sigma (units of the measurements)",
    "beta": "beta (error probability)",
    "Step": "step (rounds)",
    "collected": POINTS,
}


def panels(
    ax: Axes | None, columns: int = 1, rows: int = 1, width: float = 6.0, height: float = 4.0
) -> list[Axes]:
    """Make new axes, or return the given one and nothing else."""
    if ax is not None:
        return [ax]
    import matplotlib.pyplot as plt

    size = (width * columns, height * rows)
    _, axes = plt.subplots(rows, columns, figsize=size, layout="constrained", squeeze=False)
    for panel in axes.ravel():
        panel.spines[["top", "right"]].set_visible(False)
    return list(axes.ravel())


def one_panel(ax: Axes | None, width: float = 6.0, height: float = 4.0) -> Axes:
    """Make new axes, or return the given ones."""
    return panels(ax, width=width, height=height)[0]


def legend_below(*axes: Axes, columns: int = 4) -> None:
    """Put one legend for all axes of a figure below them, where it hides nothing."""
    handles = [h for ax in axes for h in ax.get_legend_handles_labels()[0]]
    axes[0].figure.legend(
        handles=handles, loc="outside lower center", ncols=columns, frameon=False, fontsize="small"
    )


def titled(ax: Axes, title: str) -> None:
    """Write a title that holds names of files, in as many lines as it takes."""
    ax.set_title(textwrap.fill(title, LETTERS))


def name_ticks(ax: Axes, names: list[str]) -> None:
    """Write agents' names below the axis, aslant where there are many."""
    ax.set_xticks(range(len(names)), names, rotation=0 if len(names) <= 8 else 60)


def bounds(estimate: float, lower: float, upper: float) -> list[list[float]]:
    """The two lengths of an error bar."""
    return [[max(0.0, estimate - lower)], [max(0.0, upper - estimate)]]
