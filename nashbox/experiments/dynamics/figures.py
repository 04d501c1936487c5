"""Pictures of adaptive populations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.experiments.digits import places_of
from nashbox.experiments.figures import CYCLE, legend_below, one_panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from nashbox.experiments.dynamics.adaptation import Adaptation
    from nashbox.experiments.dynamics.empirical import EmpiricalGame
    from nashbox.experiments.dynamics.survival import Survival

MARKS = ("o-", "s--", "^-.", "d:", "v-", "P--", "X-.")


def adaptation(result: Adaptation, ax: Axes | None = None) -> Axes:
    """Shares of the menu of one mechanism, share of honest agents of several, or data collected."""
    ax = one_panel(ax, 6.5)
    for r, run in enumerate(result.runs):
        rounds = [row["round"] for row in run.rounds]
        style, colour = MARKS[r % len(MARKS)], CYCLE[r % len(CYCLE)]
        every: dict[str, Any] = {"markevery": max(1, len(rounds) // 12), "markersize": 5}
        if not result.menu:
            data = [row["data"] for row in run.rounds]
            ax.plot(rounds, data, style, color=colour, label=run.mechanism, **every)
        elif len(result.runs) > 1 and result.honest:
            share = [row["share_honest"] for row in run.rounds]
            ax.plot(rounds, share, style, color=colour, label=run.mechanism, **every)
        else:
            for k, label in enumerate(result.menu):
                share = [row["shares"][label] for row in run.rounds]
                name = label if len(result.runs) == 1 else f"{run.mechanism}: {label}"
                ax.plot(rounds, share, style, color=CYCLE[k % len(CYCLE)], label=name, **every)
    ax.set_xlabel("round")
    ax.locator_params(axis="x", integer=True)
    if not result.menu:
        ax.set_ylabel("points collected by all")
        ax.set_ylim(bottom=0)
    else:
        several = len(result.runs) > 1 and result.honest
        ax.set_ylabel("share of honest agents" if several else "share of agents")
        ax.set_ylim(-0.03, 1.03)
    legend_below(ax)
    ax.set_title(f"{result.rule['name'].replace('_', ' ')} dynamics")
    return ax


def survival(result: Survival, ax: Axes | None = None) -> Axes:
    """Share honest in the end, with errors over seeds: a group of bars per size and graph."""
    groups = list(dict.fromkeys((row["agents"], row["graph"]) for row in result.rows))
    mechanisms = list(dict.fromkeys(row["mechanism"] for row in result.rows))
    ax = one_panel(ax, max(6.5, 0.9 * len(groups) + 2))
    width = 0.8 / len(mechanisms)
    for r, mechanism in enumerate(mechanisms):
        rows = {(w["agents"], w["graph"]): w for w in result.rows if w["mechanism"] == mechanism}
        x = np.arange(len(groups)) + (r - (len(mechanisms) - 1) / 2) * width
        heights = [rows[g]["share_honest"] for g in groups]
        errors = [2 * rows[g]["se"] for g in groups]
        colour = CYCLE[r % len(CYCLE)]
        ax.bar(x, heights, width * 0.9, color=colour, label=mechanism)
        ax.plot(x, heights, "_", color=colour, markersize=6)  # bars of height 0 show too
        ax.errorbar(x, heights, yerr=errors, fmt="none", ecolor="black", capsize=2, linewidth=0.8)
    names = [f"{m}\n{graph.partition('(')[0]}" for m, graph in groups]
    ax.set_xticks(range(len(groups)), names, fontsize="small")
    ax.set_xlabel("agents and graph")
    ax.set_ylabel("share of honest agents in the end (2 s.e.)")
    ax.set_ylim(-0.03, 1.08)
    legend_below(ax)
    ax.set_title(f"does honesty survive {result.rule['name'].replace('_', ' ')}?")
    return ax


def empirical(game: EmpiricalGame, ax: Axes | None = None) -> Axes:
    """NashConv by colour; in the cells what row and column agent are paid, with 2 s.e."""
    mine, theirs = game.told
    K, L = mine.shape
    ax = one_panel(ax, 2.0 + 1.7 * L, 1.5 + 0.9 * K)
    conv = np.array([[game.pure(k, l).nash_conv.estimate for l in range(L)] for k in range(K)])
    shown = np.where(np.isfinite(conv), conv, np.nan)
    image = ax.imshow(shown, cmap="viridis_r", aspect="auto", vmin=0)
    ax.figure.colorbar(image, ax=ax, label="NashConv (0: equilibrium)")
    middle = np.nanmax(shown) / 2 if np.isfinite(shown).any() else 0.0
    for k, l in np.ndindex(K, L):
        cells = ((mine, game.row_se), (theirs, game.column_se))
        text = "\n".join(_paid(float(u[k, l]), float(se[k, l])) for u, se in cells)
        colour = "white" if shown[k, l] > middle else "black"
        ax.text(l, k, text, ha="center", va="center", fontsize="small", color=colour)
    ax.set_xticks(range(L), game.column_menu, fontsize="small")
    ax.set_yticks(range(K), game.row_menu, fontsize="small")
    ax.set_xlabel(f"{game.column} plays ({game.pays} below)")
    ax.set_ylabel(f"{game.row} plays ({game.pays} above)")
    return ax


def _paid(value: float, error: float) -> str:
    """With 2 s.e., unless these are rounding."""
    return f"{value:.4g}" + ("" if places_of(error, value) is None else f" ± {2 * error:.2g}")
