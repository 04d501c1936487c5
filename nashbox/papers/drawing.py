"""Figures of a reproduction: those the claims draw, and the chart of all verdicts."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from nashbox.experiments.figures import BLUE, GREEN, RED
from nashbox.papers.cells import claims_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nashbox.papers.reproduction import Checked, Reproduction

COLOURS = {"holds": GREEN, "holds if": BLUE, "fails": RED}


def claim_figure(claim: Checked) -> bytes | None:
    """Return the claim's figure as SVG, drawn from its finding alone; None if it has none.

    The same finding gives the same bytes.
    """
    draw = {c.id: c.draw for c in claims_of(claim.paper)}.get(claim.id)
    if draw is None:
        return None
    import matplotlib
    from matplotlib.figure import Figure

    stream = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": claim.id, "font.size": 9.0}):
        figure = Figure(figsize=(7.0, 4.0), layout="constrained")
        draw(claim.finding, figure)
        for axes in figure.axes:
            axes.spines["top"].set_visible(False)
        figure.savefig(stream, format="svg", metadata={"Date": None})
    return stream.getvalue()


def verdict_chart(reproduction: Reproduction, ax: Axes | None = None) -> Axes:
    """Draw a row for every claim with its verdict in colour."""
    claims = reproduction.claims
    if ax is None:
        from matplotlib import pyplot as plt

        _, ax = plt.subplots(figsize=(7.0, 0.8 + 0.25 * len(claims)), layout="constrained")
    for y, claim in enumerate(claims):
        verdict = claim.finding.verdict
        ax.barh(y, 1.0, color=COLOURS[verdict])
        ax.text(0.02, y, verdict, va="center", color="white", fontsize="small")
    ax.set_yticks(range(len(claims)), [f"{claim.paper}: {claim.id}" for claim in claims])
    ax.set_xticks([])
    ax.invert_yaxis()
    return ax
