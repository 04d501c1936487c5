"""The drawings of the documentation that no command makes; each takes the path to write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from nashbox.experiments.dynamics import best_response_dynamics
from nashbox.experiments.figures import BLACK, BLUE, ORANGE
from nashbox.games.estimation import prepare
from nashbox.problem.files import from_mapping

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


def honesty(path: Path) -> None:
    """Left: what one lab gains by collecting less. Right: what that does to everybody."""
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
    for mechanism, (colour, label) in LOOK.items():
        game = game_of(mechanism)
        channel = game.view(0).risks().channels[0]
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
    figure.savefig(path, dpi=130)


def cbl_penalty(path: Path) -> None:
    """The penalty of one of twenty labs against her count, for three strengths of corruption."""
    from dataclasses import replace

    channel = game_of("cbl").view(0).risks().channels[0]
    plain = game_of("sample_mean").view(0).risks().channels[0]
    n = np.linspace(0.5, 20, 400)
    lines = [
        (channel, BLUE, "-", "CBL"),
        (replace(channel, alpha=channel.alpha / 2), BLUE, "--", "CBL, half of its alpha"),
        (plain, ORANGE, "-", "sample mean"),
    ]
    figure, axes = plt.subplots(figsize=(6, 3.4), layout="constrained")
    for face, colour, style, label in lines:
        penalty = face.best_risk(n) + COST * n
        axes.plot(n, penalty, style, color=colour, label=label)
        axes.plot(n[penalty.argmin()], penalty.min(), "o", color=colour)
    axes.set_ylim(0.4, 3.2)
    axes.set_xlabel("points collected (10 are owed)")
    axes.set_ylabel("penalty (squared error + cost)")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path)
    plt.close(figure)


def ratio_to_compliance(path: Path) -> None:
    """Social penalty over that of compliance against the number of equal labs."""
    import ratios

    lines = [
        (ratios.published_cbl, BLUE, "-", "CBL as published"),
        (ratios.tuned_cbl, BLUE, "--", "CBL, best n, z, alpha"),
        (ratios.threshold, ORANGE, "-", "threshold, best n, z, t"),
    ]
    _ratios(path, lines, 2.75)


def decoys_to_compliance(path: Path) -> None:
    """The same for rules near the best possible, and what no truthful rule gets below."""
    import ratios

    lines = [
        (ratios.threshold, ORANGE, "-", "threshold, best n, z, t"),
        (ratios.decoy, BLUE, "-", "decoy, best n, t"),
        (ratios.below, BLACK, ":", "no truthful rule gets below"),
    ]
    _ratios(path, lines, 1.4)


def _ratios(path: Path, lines: list[tuple[Any, str, str, str]], top: float) -> None:
    sizes = np.unique(np.rint(np.geomspace(2, 1000, 22)).astype(int))
    figure, axes = plt.subplots(figsize=(6, 3.4), layout="constrained")
    for rule, colour, style, label in lines:
        axes.plot(sizes, [rule(int(m)) for m in sizes], style, color=colour, label=label)
    axes.axhline(1, color=BLACK, linewidth=0.8)
    axes.set_xscale("log")
    axes.set_ylim(0.95, top)
    axes.set_xlabel("equal labs")
    axes.set_ylabel("social penalty / compliance")
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path)
    plt.close(figure)
