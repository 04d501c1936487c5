"""Drawings of the page alone; results of commands are drawn by their own `plot`."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from nashbox.app.messages import Figure, Laws, Sketch
from nashbox.experiments.figures import BLACK, BLUE, GREEN, ORANGE, RED, SKY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]
DPI = 100
MANY = 12  # agents from which on names are written slanted and small


class Artist:
    """Draws in a process of its own: of several sketches of one figure only the last one."""

    def __init__(self) -> None:
        self.waiting: dict[str, Sketch] = {}
        self.last: dict[str, tuple[bytes, Figure]] = {}

    def sketch(self, send: Callable[[Any], None], sketch: Sketch) -> None:
        """Take a sketch, in place of an older one of the same figure."""
        self.waiting[sketch.name] = sketch

    def spare(self, send: Callable[[Any], None]) -> bool:
        """Draw the sketch that has waited longest; return whether there are more."""
        if self.waiting:
            sketch = self.waiting.pop(next(iter(self.waiting)))
            key = pickle.dumps(replace(sketch, number=0))
            if sketch.name not in self.last or self.last[sketch.name][0] != key:
                self.last[sketch.name] = key, drawn(sketch)
            send(replace(self.last[sketch.name][1], number=sketch.number))
        return bool(self.waiting)


def drawn(sketch: Sketch) -> Figure:
    """Draw into a new figure and return it as PNG; pyplot's global state is left alone."""
    import matplotlib
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure as Canvas

    stream = io.BytesIO()
    with matplotlib.rc_context({"text.parse_math": False}):  # names may hold a dollar
        figure = Canvas(figsize=sketch.size, layout="constrained")
        FigureCanvasAgg(figure)
        ax = figure.subplots()
        ax.spines[["top", "right"]].set_visible(False)
        sketch.draw(*sketch.arguments, ax=ax)
        figure.savefig(stream, format="png", dpi=DPI)
    return Figure(sketch.name, stream.getvalue(), sketch.text)


def agents_and_distributions(
    names: Sequence[str],
    distributions: Sequence[str],
    counts: Array,
    rational: NDArray[np.bool_],
    ax: Axes,
) -> None:
    """Who collects how much of what: edge widths are counts (m, d), in points.

    Agents that are not worse off than alone (rational, (m,)) are green, the others red.
    """
    import networkx as nx

    graph = nx.Graph()
    place = {}
    for side, labels in enumerate((names, distributions)):
        for i, label in enumerate(labels):
            place[side, label] = (side, -(i + 0.5) / len(labels))
            graph.add_node((side, label))
    largest = max(1.0, float(counts.max()))
    widths = []
    for (i, k), n in np.ndenumerate(counts):
        if n > 0:
            graph.add_edge((0, names[i]), (1, distributions[k]))
            widths.append(0.4 + 7.6 * float(n) / largest)
    colours = [GREEN if good else RED for good in rational]
    size = 300 if len(names) <= MANY else 90
    nx.draw_networkx_edges(graph, place, ax=ax, width=widths, edge_color=SKY)
    nx.draw_networkx_nodes(
        graph, place, [(0, n) for n in names], ax=ax, node_color=colours, node_size=size
    )
    nx.draw_networkx_nodes(
        graph, place, [(1, x) for x in distributions], ax=ax, node_color=BLUE, node_shape="s"
    )
    small = 10 if len(names) <= MANY else 7
    for (side, label), (x, y) in place.items():
        at = {"ha": "left", "x": x + 0.05} if side else {"ha": "right", "x": x - 0.05}
        total = counts.sum(axis=0)[distributions.index(label)] if side else None
        text = f"{label}: {total:g} points" if side else label
        ax.text(y=y, s=text, va="center", fontsize=10 if side else small, **at)  # type: ignore[arg-type]
    ax.set(xlim=(-0.35, 1.55), ylim=(-1, 0))
    ax.set_axis_off()
    ax.set_title("points collected (widest line: " + f"{largest:g})")


def penalties_and_alone(
    names: Sequence[str], error: Array, cost: Array, se: Array, alone: Array, ax: Axes
) -> None:
    """Penalties of the last round, squared error and cost, against working alone (all (m,))."""
    x = np.arange(len(names))
    shown = np.isfinite(error)
    ax.bar(x[shown], error[shown], color=BLUE, label="squared error")
    ax.bar(x[shown], cost[shown], bottom=error[shown], color=ORANGE, label="cost of data")
    ax.errorbar(
        x[shown], (error + cost)[shown], yerr=2 * se[shown], fmt="none", ecolor=BLACK, capsize=3,
        label="penalty (2 s.e.)",
    )  # fmt: skip
    known = np.isfinite(alone)
    ax.hlines(
        alone[known], x[known] - 0.45, x[known] + 0.45, color=BLACK, linestyle="--",
        label="working alone",
    )  # fmt: skip
    for i in x[~shown]:
        ax.text(i, 0, "inf", ha="center", va="bottom", color=RED)
    _name(ax, names)
    ax.set_ylabel("penalty (squared error + cost)")
    _legend(ax)


def before_and_after(
    names: Sequence[str],
    before: tuple[Array, Array],
    after: tuple[Array, Array],
    changed: Sequence[str],
    ax: Axes,
) -> None:
    """Penalties (mean, s.e.), each (m,), before and after a change; who changed is in bold."""
    x = np.arange(len(names))
    for shift, colour, label, (mean, se) in (
        (-0.2, SKY, "before", before),
        (0.2, RED, "after", after),
    ):
        shown = np.isfinite(mean)
        ax.bar(
            x[shown] + shift, mean[shown], 0.38, yerr=2 * se[shown], color=colour, capsize=2,
            label=f"{label} (2 s.e.)",
        )  # fmt: skip
        for i in x[~shown]:
            ax.text(i + shift, 0, "inf", ha="center", va="bottom", color=colour)
    _name(ax, names)
    for tick, name in zip(ax.get_xticklabels(), names, strict=True):
        if name in changed:
            tick.set_fontweight("bold")
    ax.set_ylabel("penalty (squared error + cost)")
    ax.set_title("what the last change does")
    _legend(ax)


def beliefs(run: Any, ax: Axes) -> None:
    """A testing run's own figure of one game, its legend beside it where it hides nothing."""
    run.plot(ax)
    legend = ax.get_legend()
    if legend is None:
        return
    handles, labels = ax.get_legend_handles_labels()
    legend.remove()
    ax.figure.legend(handles, labels, loc="outside right upper", frameon=False, fontsize="x-small")


def beliefs_on_graph(
    names: Sequence[str],
    edges: Sequence[tuple[int, int]],
    rows: Sequence[Mapping[str, Any]],
    ax: Axes,
) -> None:
    """The graph of who hears whom, agents coloured by their belief that theta = 1.

    rows: one per agent: belief, stopped. Who has stopped has a thick border.
    """
    import networkx as nx
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    graph = nx.Graph()
    graph.add_nodes_from(range(len(names)))
    graph.add_edges_from(edges)
    hub = max(graph.degree, key=lambda pair: pair[1], default=(0, 0))
    star = len(names) > 3 and hub[1] == len(names) - 1 and len(edges) == len(names) - 1
    around = [n for n in graph if not star or n != hub[0]]
    place = {hub[0]: np.zeros(2), **nx.circular_layout(around)}
    beliefs = [row["belief"] for row in rows]
    nx.draw_networkx_edges(graph, place, ax=ax, edge_color="0.6")
    nx.draw_networkx_nodes(
        graph, place, ax=ax, node_color=beliefs, cmap="cividis", vmin=0, vmax=1, node_size=900,
        edgecolors=RED, linewidths=[4 if row["stopped"] else 0 for row in rows],
    )  # fmt: skip
    for i, name in enumerate(names):
        light = beliefs[i] > 0.55
        x, y = place[i]
        ax.text(x, y, f"{name}\n{beliefs[i]:.2f}", ha="center", va="center", fontsize=8,
                color="black" if light else "white")  # fmt: skip
    bar = ax.figure.colorbar(ScalarMappable(Normalize(0, 1), "cividis"), ax=ax, shrink=0.8)
    bar.set_label("belief that theta = 1")
    ax.margins(0.2)
    ax.set_axis_off()
    ax.set_title("who hears whom (red border: has stopped)")


def stopping_law(first: Sequence[int], games: int, laws: Laws | None, ax: Axes) -> None:
    """First stops of the games played so far, with 2 s.e., against the exact law.

    first: games by iteration of the first stop, 0, 1, 2, ...
    """
    end = 10
    if games:
        share = np.array(first, dtype=float) / games
        se = np.sqrt(share * (1 - share) / games)
        ax.bar(
            range(share.size), share, yerr=2 * se, color=ORANGE, alpha=0.6, ecolor="0.4",
            label=f"first stop, {games:,} games (2 s.e.)",
        )  # fmt: skip
        end = max(end, int(np.searchsorted(np.cumsum(share), 0.995)) + 1)
    if laws is not None:
        exact = np.array(laws.first)
        ax.plot(
            range(1, exact.size + 1), exact, "D", color=RED, markersize=4,
            label="first stop, exact (w = 1)",
        )  # fmt: skip
        end = max(end, int(np.searchsorted(np.cumsum(exact), 0.995)) + 1)
        for (name, law), mark in zip(laws.alone.items(), ("x", "+", "1"), strict=False):
            ax.plot(
                range(1, len(law) + 1), law, mark, color=BLUE, markersize=5,
                label=f"{name} alone, exact",
            )  # fmt: skip
    else:
        ax.plot([], [], color=RED, label="exact law: not computed (yet)")
    ax.set(xlim=(0, end), ylim=(0, None), xlabel="iteration", ylabel="probability of stopping")
    ax.set_title("when the race is decided")
    _legend(ax)


def thresholds(beta: float, prior: float, ax: Axes) -> None:
    """Where a game starts, and where it will end."""
    for y, label in ((beta, "beta"), (1 - beta, "1 - beta")):
        ax.axhline(y, color=BLACK, linestyle="--", linewidth=0.9)
        ax.text(0.1, y, label, va="bottom", fontsize="small")
    ax.plot([0], [prior], "o", color=BLUE)
    ax.set(xlim=(0, 10), ylim=(-0.03, 1.03))
    ax.set(xlabel="iteration", ylabel="probability of theta = 1")
    ax.set_title("Step plays one iteration")


def waiting(text: str, ax: Axes) -> None:
    """Say what would be seen here."""
    ax.set_axis_off()
    ax.text(0.5, 0.5, text, ha="center", va="center", color="0.35", transform=ax.transAxes)


def _name(ax: Axes, names: Sequence[str]) -> None:
    many = len(names) > MANY
    ax.set_xticks(
        range(len(names)), names, rotation=60 if many else 0, fontsize="x-small" if many else None
    )


def _legend(ax: Axes) -> None:
    handles = ax.get_legend_handles_labels()[0]
    ax.figure.legend(
        handles=handles, loc="outside lower center", ncols=3, frameon=False, fontsize="small"
    )
