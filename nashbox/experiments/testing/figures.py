"""The value of alpha, in a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nashbox.experiments.figures.style import CYCLE, MARKS, panels

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nashbox.experiments.testing.receivers import ReceiverReport


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
