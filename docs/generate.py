"""Generate what the documentation shows: `python docs/generate.py`.

The README's picture is drawn again, and every block behind a line `<!-- output: COMMAND -->` is
replaced by what the command prints.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from nashbox.experiments.dynamics import best_response_dynamics
from nashbox.experiments.figures import BLACK, BLUE, ORANGE
from nashbox.experiments.game import prepare
from nashbox.problem.files import from_mapping

PAGES = ("README.md", "examples/testing/README.md")
AGENTS, COST, SIGMA = 20, 0.05, 10.0
LOOK = {"sample_mean": (ORANGE, "plain pooling (sample mean)"), "cbl": (BLUE, "CBL")}


def game_of(mechanism: str):
    """Twenty equal labs, 10 points each planned."""
    return prepare(
        from_mapping(
            {
                "game": "estimation",
                "sigma": SIGMA,
                "costs": [[COST]] * AGENTS,
                "mechanism": mechanism,
                "counts": "real",
            }
        )
    )


def refreshed(text: str) -> str:
    """Return the text with every marked block replaced by its command's output."""
    block = r"(<!-- output: nashbox (.*?) -->\n```text\n)(.*?)(```\n)"
    return re.sub(block, lambda m: m[1] + printed(m[2]) + m[4], text, flags=re.DOTALL)


def printed(command: str) -> str:
    """What a nashbox command prints in a pipe."""
    from nashbox.cli import main as command_line

    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        command_line(shlex.split(command))
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def main() -> None:
    """Draw the picture, then refresh the pages with outputs."""
    draw()
    for name in PAGES:
        page = Path(__file__).parent.parent / name
        page.write_text(refreshed(page.read_text(encoding="utf-8")), encoding="utf-8")


def draw() -> None:
    """Left: what one lab gains by collecting less. Right: what that does to everybody."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for mechanism, (colour, label) in LOOK.items():
        game = game_of(mechanism)
        channel = game.view(0).channels()[0]
        n = np.linspace(0.05, 20, 400)
        owed = game.terms.counts[0, 0]
        here = float(channel.best_risk(np.float64(owed))) + COST * owed
        left.plot(n, here - (channel.best_risk(n) + COST * n), color=colour, label=label)
        totals = best_response_dynamics(game, sweeps=6).totals[:, 0]
        totals = np.append(totals, np.repeat(totals[-1], 7 - totals.size))
        right.plot(totals, "o-", color=colour, label=label)
    left.axhline(0, color=BLACK, linewidth=0.8)
    left.axvline(10, color=BLACK, linewidth=0.8, linestyle=":")
    left.set_ylim(-1.2, 0.6)
    left.set_xlabel("points one lab collects (10 were agreed)")
    left.set_ylabel("her gain (penalty saved)")
    left.set_title("Does it pay to collect less?")
    right.set_xlabel("rounds of best responses")
    right.set_ylabel("points collected by all")
    right.set_ylim(bottom=0)
    right.set_title("What is left when everybody asks that")
    right.legend(frameon=False)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(Path(__file__).parent / "honesty.png", dpi=130)


if __name__ == "__main__":
    main()
