"""Drawings of the page alone; results of commands are drawn by their own `plot`."""

from __future__ import annotations

import importlib
import io
import pickle
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from nashbox.app.messages import Figure, Laws, Sketch
from nashbox.experiments.figures import BLUE, ORANGE, RED

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

DPI = 100
HOMES = {  # of what works come to
    "audit": "nashbox.experiments.audit.rows",
    "compare": "nashbox.experiments.compare.menus",
    "design": "nashbox.rules.design",
}


class Artist:
    """Draws in a process of its own: of several sketches of one figure only the last one."""

    def __init__(self) -> None:
        self.waiting: dict[str, Sketch] = {}
        self.last: dict[str, tuple[bytes, Figure]] = {}

    def ready(self, send: Callable[[Any], None], work: str) -> None:
        """Load what drawing a work's results takes, while others still compute them."""
        for module in ("matplotlib.backends.backend_agg", HOMES[work]):
            importlib.import_module(module)

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
        figure = Canvas(figsize=sketch.size, dpi=DPI, layout="constrained")
        canvas = FigureCanvasAgg(figure)
        ax = figure.subplots()
        ax.spines[["top", "right"]].set_visible(False)
        sketch.draw(*sketch.arguments, ax=ax)
        canvas.print_png(stream)  # type: ignore[no-untyped-call]  # savefig draws twice
    return Figure(sketch.name, stream.getvalue(), sketch.text)


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
        ax.text(x, y, f"{name}\n{beliefs[i]:.2f}", ha="center", va="center", fontsize=9.5,
                color="black" if light else "white")  # fmt: skip
    figure = cast("Canvas", ax.figure)
    figure.set_layout_engine("none")  # nothing here asks for room, and to find it takes longest
    ax.set_position((0.02, 0.02, 0.8, 0.88))
    beside = figure.add_axes((0.85, 0.12, 0.04, 0.68))
    bar = figure.colorbar(ScalarMappable(Normalize(0, 1), "cividis"), cax=beside)
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


def _legend(ax: Axes) -> None:
    handles = ax.get_legend_handles_labels()[0]
    ax.figure.legend(
        handles=handles, loc="outside lower center", ncols=3, frameon=False, fontsize="small"
    )
