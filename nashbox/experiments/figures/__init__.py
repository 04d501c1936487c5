"""Figures with one look: colour-blind safe, readable in print, units on axes, error bars.

A result's `plot` draws one of these; `save_figure` writes it with its data beside it.
"""

from nashbox.experiments.figures.drawn import drawn
from nashbox.experiments.figures.files import figure_paths, rendered, save_figure
from nashbox.experiments.figures.gains import gain_landscape
from nashbox.experiments.figures.plans import plan_bars
from nashbox.experiments.figures.rounds import dynamics
from nashbox.experiments.figures.style import (
    BLACK,
    BLUE,
    CYCLE,
    FORMATS,
    GREEN,
    MARKS,
    ORANGE,
    PURPLE,
    RED,
    SKY,
    legend_below,
    one_panel,
)
from nashbox.experiments.figures.sweeps import sweep_summary

__all__ = [
    "BLACK",
    "BLUE",
    "CYCLE",
    "FORMATS",
    "GREEN",
    "MARKS",
    "ORANGE",
    "PURPLE",
    "RED",
    "SKY",
    "drawn",
    "dynamics",
    "figure_paths",
    "gain_landscape",
    "legend_below",
    "one_panel",
    "plan_bars",
    "rendered",
    "save_figure",
    "sweep_summary",
]
