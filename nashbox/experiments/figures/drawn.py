"""What a figure shows, read off the figure itself: the table that lies beside its file.

Every bar, point, error bar, line, segment, band and cell of a map is a row, so that the table
cannot say anything else than the picture.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from nashbox.results.saving import harmless

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = (
    "panel",
    "axis",
    "series",
    "kind",
    "x",
    "x_label",
    "y",
    "y_label",
    "low",
    "high",
    "x_low",
    "x_high",
    "base",
    "value",
)
Row = dict[str, Any]


def drawn(figure: Figure) -> list[Row]:
    """Return the rows of a figure; keys are COLUMNS, what does not apply is left out.

    panel, axis: title and label of the vertical axis. kind: bar (y is its length above base),
    error (low, high: the ends of the bar around y), line, point, segment (two rows), reference
    (a line across the panel), band (its outline), cell (value, at column x and row y).
    """
    rows: list[Row] = []
    title = ""
    for ax in figure.axes:
        if hasattr(ax, "_colorbar"):
            continue
        title = ax.get_title() or title  # a second vertical axis has none of its own
        head = {"panel": title, "axis": ax.get_ylabel()}
        rows += [{**head, **row} for row in _rows(ax)]
    return rows


def to_csv(rows: list[Row]) -> str:
    """Write rows as CSV with the header COLUMNS; floats in full."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: harmless(cell) for key, cell in row.items()} for row in rows)
    return stream.getvalue()


def _rows(ax: Axes) -> Iterator[Row]:
    used: set[int] = set()
    name_x, name_y = _names(ax.xaxis), _names(ax.yaxis)
    for row in (*_containers(ax, used), *_lines(ax, used), *_collections(ax, used), *_cells(ax)):
        labels = {"x_label": name_x(row.get("x")), "y_label": name_y(row.get("y"))}
        keep = {"y_label": ""} if row["kind"] != "cell" else {}
        yield {**row, **labels, **keep}


def _names(axis: Any) -> Any:
    """A function from places to the texts written there, where ticks were named."""
    from matplotlib.ticker import FixedLocator, ScalarFormatter

    locator = axis.get_major_locator()
    formatter = axis.get_major_formatter()
    if not isinstance(locator, FixedLocator) or isinstance(formatter, ScalarFormatter):
        return lambda place: ""
    places: Any = np.asarray(axis.get_majorticklocs(), dtype=float)
    texts = formatter.format_ticks(places)

    def name(place: Any) -> str:
        if place is None or not places.size:
            return ""
        nearest = int(np.abs(places - place).argmin())
        near = abs(places[nearest] - place) <= 0.5 and nearest < len(texts)
        return str(texts[nearest]) if near else ""

    return name


def _series(artist: Any) -> str:
    label = str(artist.get_label())
    return "" if label.startswith("_") else label


def _containers(ax: Axes, used: set[int]) -> Iterator[Row]:
    from matplotlib.container import BarContainer, ErrorbarContainer

    for container in ax.containers:
        if isinstance(container, BarContainer):
            for bar in container.patches:
                x, base = bar.get_x() + bar.get_width() / 2, bar.get_y()
                yield {"series": _series(container), "kind": "bar", "x": float(x),
                       "y": float(bar.get_height()), "base": float(base)}  # fmt: skip
        if isinstance(container, ErrorbarContainer):
            line, caps, bars = container.lines
            used.update(id(artist) for artist in (line, *caps, *bars))
            ends = [[np.asarray(s) for s in group.get_segments()] for group in bars]
            across = ends.pop(0) if container.has_xerr and ends else []
            upright = ends.pop(0) if container.has_yerr and ends else []
            middle = [s.mean(axis=0) for s in upright or across if s.size]
            points = middle if line is None else list(np.column_stack(line.get_data()))
            for i, (x, y) in enumerate(points):
                row = {"series": _series(container), "kind": "error", "x": float(x), "y": float(y)}
                if upright and upright[i].size:
                    row |= {"low": float(upright[i][0, 1]), "high": float(upright[i][1, 1])}
                if across and across[i].size:
                    row |= {"x_low": float(across[i][0, 0]), "x_high": float(across[i][1, 0])}
                yield row


def _lines(ax: Axes, used: set[int]) -> Iterator[Row]:
    for line in ax.get_lines():
        if id(line) in used:
            continue
        xs, ys = (np.asarray(v, dtype=float) for v in line.get_data())
        if line.get_transform() != ax.transData:  # it goes across the panel
            level = line.get_transform() == ax.get_yaxis_transform()
            yield {"series": _series(line), "kind": "reference",
                   **({"y": float(ys[0])} if level else {"x": float(xs[0])})}  # fmt: skip
            continue
        dots = line.get_linestyle() in ("None", "none", "", " ")
        for x, y in zip(xs, ys, strict=True):
            kind = "point" if dots else "line"
            yield {"series": _series(line), "kind": kind, "x": float(x), "y": float(y)}


def _collections(ax: Axes, used: set[int]) -> Iterator[Row]:
    from matplotlib.collections import LineCollection, PathCollection, PolyCollection

    for found in ax.collections:
        head = {"series": _series(found)}
        if id(found) in used:
            continue
        if isinstance(found, LineCollection):
            for x, y in (end for segment in found.get_segments() for end in segment):
                yield {**head, "kind": "segment", "x": float(x), "y": float(y)}
        elif isinstance(found, PathCollection):
            for x, y in np.asarray(found.get_offsets(), dtype=float):
                yield {**head, "kind": "point", "x": float(x), "y": float(y)}
        elif isinstance(found, PolyCollection):
            for x, y in (v for path in found.get_paths() for v in np.asarray(path.vertices)):
                yield {**head, "kind": "band", "x": float(x), "y": float(y)}


def _cells(ax: Axes) -> Iterator[Row]:
    for image in ax.images:
        table: Any = np.ma.filled(np.ma.asarray(image.get_array(), dtype=float), np.nan)
        errors = getattr(image, "errors", None)  # half-widths, left there by who wrote them out
        left, right, bottom, top = image.get_extent()
        if image.origin == "upper":
            bottom, top = top, bottom
        rows, columns = table.shape[:2]
        for i, j in np.ndindex(rows, columns):
            value = float(table[i, j])
            row = {
                "series": _series(image),
                "kind": "cell",
                "x": float(left + (j + 0.5) * (right - left) / columns),
                "y": float(bottom + (i + 0.5) * (top - bottom) / rows),
                "value": value,
            }
            if errors is not None:
                row |= {"low": value - float(errors[i, j]), "high": value + float(errors[i, j])}
            yield row
